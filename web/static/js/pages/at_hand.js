/** Pages that do not talk to the hall themselves: reminders and calls reach a buyer on them too. */

import { pageData } from "../page_data.js";
import { keepReminding } from "./reminders.js";

keepReminding(pageData().me);
