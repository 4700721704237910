/** Rehearsing: the same picture over the same way, which only the team sees, until somebody opens it to all. */

import { _ } from "../i18n.js";
import { postJson } from "../lib/request.js";
import { WhepPlayer } from "../transport/whep.js";
import { element } from "./element.js";

/** @typedef {import("../transport/booth_protocol.js").Rehearsal} Rehearsal */

export class Rehearse {
  /**
   * @param {Record<string, any>} page
   * @param {import("./studio_air.js").Air} air
   * @param {(event: string) => Promise<boolean>} ask whether it worked; if not, the person is told
   */
  constructor(page, air, ask) {
    this._page = page;
    this._air = air;
    this._ask = ask;
    this._isWatching = false;
    this._monitor = new WhepPlayer({ ticket: () => this._ticket() });
    element("rehearse").addEventListener("click", () => this._begin());
    document.getElementById("rehearse-outside")?.addEventListener("click", () => this._ask("begin_rehearsal"));
    element("rehearsal-end").addEventListener("click", () => this._end());
    element("rehearsal-live").addEventListener("click", () => this._goLive());
    addEventListener("pagehide", () => this._monitor.stop());
  }

  /** @param {Rehearsal | null} rehearsal what the server says */
  take(rehearsal) {
    this._air.rehearse(rehearsal);
    element("rehearsal").hidden = rehearsal === null;
    const live = /** @type {HTMLButtonElement} */ (element("rehearsal-live"));
    live.disabled = !rehearsal?.has_picture;
    element("rehearsal-advice").textContent = rehearsal ? this._advice(rehearsal) : "";
    this._watch(rehearsal?.has_picture === true);
  }

  async _begin() {
    if (await this._ask("begin_rehearsal")) this._air.begin({ toRehearse: true });
  }

  async _end() {
    this._air.end();
    await this._ask("end_rehearsal");
  }

  async _goLive() {
    const live = /** @type {HTMLButtonElement} */ (element("rehearsal-live"));
    live.disabled = true;
    if (!(await this._ask("go_live"))) live.disabled = false;
  }

  /** @param {Rehearsal} rehearsal */
  _advice({ by, has_picture: hasPicture }) {
    if (hasPicture) return _("The hall and the room show nothing, and nothing is recorded. Check picture and sound here.");
    if (this._air.publisher.isOn) return _("The picture is on its way.");
    return by === this._page.me.name
      ? _("Start the stream in OBS or FFmpeg: only your team will see it.")
      : _("{name} rehearses. The picture has not come yet.", { name: by });
  }

  /** @param {boolean} isWanted */
  _watch(isWanted) {
    if (isWanted === this._isWatching) return;
    this._isWatching = isWanted;
    const video = /** @type {HTMLVideoElement} */ (element("rehearsal-picture"));
    if (!isWanted) this._monitor.stop();
    video.srcObject = isWanted ? this._monitor.play(this._page.whep_url) : null;
    if (isWanted) video.play().catch(() => undefined); // muted: where even that waits for a press, controls show
  }

  async _ticket() {
    return (await postJson("/api/tickets", { purpose: "rehearsal", room: this._page.room })).ticket;
  }
}
