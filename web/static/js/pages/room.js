/** The room's first module: the picture starts before anything else of the page is loaded. */

import { sayQuality } from "../elements/stage.js";
import { pageData } from "../page_data.js";
import { Playback } from "./room_playback.js";

const page = pageData();
const stage = /** @type {import("../elements/stage.js").FairStage} */ (document.getElementById("stage"));
const quality = /** @type {HTMLElement} */ (document.getElementById("quality"));

const playback = new Playback(stage, page.whep_url, { onQuality: (figures) => sayQuality(quality, figures) });
playback.begin(page.show);
window.addEventListener("pagehide", () => playback.leave());
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

const { join } = await import("./room_live.js");
join(page, playback);
