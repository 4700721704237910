/** What lies over the room's picture beside its messages: rewinding, sizes, the badge of the slower way, the film's note. */

import { keepQuiet } from "../elements/quiet.js";
import { BehindBadge } from "./room_behind.js";
import { Rewind } from "./room_rewind.js";
import { RoomSizes } from "./room_sizes.js";

const LOOK_MS = 500;

/**
 * @param {Record<string, any>} page
 * @param {import("./room_playback.js").Playback} playback
 * @param {import("../transport/clock.js").ServerClock} clock
 */
export function bindStage(page, playback, clock) {
  const stage = /** @type {import("../elements/stage.js").FairStage} */ (document.getElementById("stage"));
  const behind = new BehindBadge(playback);
  const rewind = new Rewind(playback, clock, page.whole_url ?? "");
  const sizes = new RoomSizes(playback, stage);
  const look = () => {
    behind.look();
    rewind.look();
    sizes.look();
    stage.dataset.way = playback.way;
  };
  playback.onWay = look;
  setInterval(look, LOOK_MS);
  look();
  keepQuiet(stage);
}
