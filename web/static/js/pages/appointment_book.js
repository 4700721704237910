/** The booking page: times on the reader's own clock, and news while one chooses. */

import { pageData } from "../page_data.js";
import { tellZone } from "../lib/zone.js";
import { keepReminding } from "./reminders.js";

const page = pageData();

tellZone(page.zone);
keepReminding(page.me);
document.querySelector(".day[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
for (const select of document.querySelectorAll("#how select")) {
  select.addEventListener("change", () => /** @type {HTMLSelectElement} */ (select).form?.requestSubmit());
}
