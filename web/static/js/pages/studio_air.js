/** On the air or not: publishing from this page, what the buttons and the bar say, and coming back after a reload. */

import { _, formatDuration, formatNumber, plural } from "../i18n.js";
import { postJson } from "../lib/request.js";
import { onNetworkChange } from "../transport/network.js";
import { SendingMeter } from "../transport/sending.js";
import { WhipPublisher } from "../transport/whip.js";
import { element } from "./element.js";
import { airAdvice, airWords, sendingWords } from "./studio_words.js";

/** @typedef {import("../transport/protocol.js").Show} Show */
/** @typedef {import("../transport/booth_protocol.js").Sending} Sending */
/** @typedef {import("./studio_words.js").Situation} Situation */

const MEASURE_MS = 2000;

export class Air {
  /**
   * @param {Record<string, any>} page
   * @param {import("./sources.js").Sources} sources
   * @param {{isConnected: () => boolean, now: () => number, onChange: () => void}} parts
   */
  constructor(page, sources, parts) {
    this._page = page;
    this._sources = sources;
    this._parts = parts;
    this._slot = `on-air:${page.room}`;
    /** @type {Show | null} */
    this.show = page.show;
    /** @type {import("../lib/refusal.js").Refusal | null} */
    this.refusal = null;
    this.wasTakenOver = false;
    /** @type {import("../transport/booth_protocol.js").Rehearsal | null} */
    this.rehearsal = null;
    this._meter = new SendingMeter();
    this.publisher = new WhipPublisher({
      ticket: async () => (await postJson("/api/tickets", { purpose: "publish", room: page.room })).ticket,
      mayReturn: () => !this._parts.isConnected() || this.show?.state === "away",
      onState: (state, why) => this._changed(state, why ?? null),
    });
    element("go-live").addEventListener("click", () => this.begin());
    onNetworkChange(() => this.publisher.changeNetwork());
    setInterval(() => this._measure(), MEASURE_MS);
    setInterval(() => this._showTime(), 500);
  }

  /** @returns {boolean} whether this page was on the air before it was reloaded */
  get wasOnAir() {
    return sessionStorage.getItem(this._slot) !== null;
  }

  /** @returns {boolean} whether somebody else holds the picture now */
  get isOthers() {
    const isComingBack = this.wasOnAir && this.show?.anchor === this._page.me.name;
    return !this.publisher.isOn && this.show?.state === "live" && !isComingBack;
  }

  /** @param {{toRehearse?: boolean}} [how] what is rehearsed comes back as a rehearsal, and never as a show by itself */
  begin({ toRehearse = false } = {}) {
    this.refusal = null;
    this.wasTakenOver = false;
    this._useTracks();
    this.publisher.start(this._page.publish_url + (toRehearse ? "?rehearsal" : ""));
    this.draw();
  }

  /** @param {Show | null} show what the server says is on the air */
  take(show) {
    const wasOurs = this.wasOnAir && this.show?.anchor === this._page.me.name;
    this.show = show;
    if (show?.anchor === this._page.me.name) this.publisher.moveTo(this._page.publish_url);
    const { isOn, state } = this.publisher;
    // Whoever still seems to send would come back by itself after a sleep, and begin another show in public.
    if (show === null && !this.rehearsal && (state === "lost" || (wasOurs && isOn))) this.end();
    this.draw();
    this._parts.onChange();
  }

  /** The show is over: let go without being asked to return. */
  end() {
    sessionStorage.removeItem(this._slot);
    this.publisher.stop();
    this.draw();
  }

  /** @param {import("../transport/booth_protocol.js").Rehearsal | null} rehearsal that what is sent now is for the team only */
  rehearse(rehearsal) {
    this.rehearsal = rehearsal;
    this.draw();
    this._parts.onChange();
  }

  /** The tracks of camera, microphone or screen are others now. */
  changeTracks() {
    this._useTracks();
    this.draw();
  }

  /** @param {Sending | null} sending what the server sees arriving */
  hear(sending) {
    this._sayQuality(sending);
  }

  draw() {
    const situation = this._situation();
    const { publisher, show } = this;
    element("air").dataset.air = situation.isRehearsal && publisher.isOn ? "rehearsal" : situation.air;
    element("air-words").textContent = airWords(situation);
    element("air-advice").textContent = airAdvice(situation);
    const button = /** @type {HTMLButtonElement} */ (element("go-live"));
    button.hidden = !this._page.may_publish || publisher.isOn || situation.isRehearsal || (this.isOthers && !situation.isMine);
    button.disabled = !this._sources.video;
    const rehearse = /** @type {HTMLButtonElement} */ (element("rehearse"));
    rehearse.hidden = button.hidden || show !== null;
    rehearse.disabled = button.disabled;
    element("go-live-words").textContent = goLiveWords(situation);
    element("end-show").hidden = situation.isRehearsal || (!publisher.isOn && show === null);
    if (!publisher.isOn && !this.isOthers) this._sayQuality(null);
    this._showTime();
  }

  _useTracks() {
    this.publisher.use("video", this._sources.video);
    this.publisher.use("audio", this._sources.tracks.microphone);
  }

  /** @returns {Situation} */
  _situation() {
    const { publisher, show } = this;
    return {
      air: publisher.isOn ? publisher.state : (show?.state ?? "off"),
      isOn: publisher.isOn,
      isRehearsal: this.rehearsal !== null && show === null,
      anchor: show?.anchor ?? "",
      isMine: show?.anchor === this._page.me.name,
      hasPicture: this._sources.video !== null,
      hasSound: this._sources.tracks.microphone !== null,
      isMuted: this._sources.tracks.microphone?.enabled === false,
      mayPublish: this._page.may_publish,
      refusal: this.refusal,
      wasTakenOver: this.wasTakenOver,
    };
  }

  /** @param {import("../transport/whip.js").WhipState} state @param {import("../lib/refusal.js").Refusal | null} why */
  _changed(state, why) {
    if (state === "sending") sessionStorage.setItem(this._slot, "1");
    if (state === "refused" || state === "ended") sessionStorage.removeItem(this._slot);
    this.refusal = state === "refused" ? why : null;
    this.wasTakenOver = state === "ended" && this.show?.state === "live";
    this.draw();
    this._parts.onChange();
  }

  async _measure() {
    const { connection, state } = this.publisher;
    if (!connection || state !== "sending") return;
    const sent = await this._meter.read(connection);
    if (sent) this._sayQuality(sent);
  }

  /** @param {{kbps: number, width: number | null, height: number | null, quality: string, limit?: string} | null} sending */
  _sayQuality(sending) {
    const box = element("sending");
    box.dataset.quality = sending ? sending.quality : "none";
    element("sending-words").textContent = sending ? sendingWords(sending) : _("Not sending");
    box.title = sending
      ? _("{width} × {height}, {kbps} kbit/s", { width: sending.width ?? "?", height: sending.height ?? "?", kbps: formatNumber(Math.round(sending.kbps)) })
      : "";
  }

  _showTime() {
    const since = this.show?.started_at;
    element("on-air").textContent = since === undefined ? "" : formatDuration(this._parts.now() - since);
  }
}

/** @param {Situation} situation */
function goLiveWords({ air, isMine }) {
  if (air === "live" && isMine) return _("Send from here instead");
  return air === "away" ? _("Go on with the show") : _("Go live");
}

/** @param {number} viewers */
export function showViewers(viewers) {
  element("viewers").textContent = formatNumber(viewers);
  element("viewers-words").textContent = plural("viewer", "viewers", viewers);
}
