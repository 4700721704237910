/** The room's first module: the picture starts before anything else of the page is loaded. */

import { sayQuality } from "../elements/stage.js";
import { pageData } from "../page_data.js";
import { ServerClock } from "../transport/clock.js";
import { keptQuality } from "./quality_kept.js";
import { Playback } from "./room_playback.js";

const page = pageData();
const stage = /** @type {import("../elements/stage.js").FairStage} */ (document.getElementById("stage"));
const quality = /** @type {HTMLElement} */ (document.getElementById("quality"));
const clock = new ServerClock(page.now);

const sources = { whep: page.whep_url, hls: page.hls_url ?? "", whole: page.whole_url ?? "", loop: page.loop ?? null };
const playback = new Playback(stage, sources, clock, { onQuality: (figures) => sayQuality(quality, figures) });
playback.begin(page.show, keptQuality());
window.addEventListener("pagehide", () => playback.leave());
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

const [{ join }, { bindStage }] = await Promise.all([import("./room_live.js"), import("./room_stage.js")]);
join(page, playback, clock);
bindStage(page, playback, clock);
