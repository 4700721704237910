/** The list of threads: times on the reader's clock. */

import { keepTimes } from "../elements/when.js";

keepTimes();
