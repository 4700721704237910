/** The replay's first module: the recording starts before anything else of the page is loaded. */

import "../elements/stage.js";
import { pageData } from "../page_data.js";
import { ReplayPlayback } from "./replay_playback.js";

const page = pageData();
const stage = /** @type {import("../elements/stage.js").FairStage} */ (document.getElementById("stage"));

const playback = new ReplayPlayback(stage, page.gaps);
playback.begin(page.source, page.at);
window.addEventListener("pagehide", () => playback.leave());
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

const { bindReplay } = await import("./replay_bind.js");
bindReplay(page, playback);
