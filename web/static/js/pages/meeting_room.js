/** The room of a call: everybody in it, the way their pictures take, consent, files, and the picture to point at. */

import "../elements/board.js";
import "../elements/gathering.js";
import { _ } from "../i18n.js";
import { newKey } from "../lib/new_key.js";
import { askJson } from "../lib/request.js";
import { CallRelay } from "../transport/call_relay.js";
import { onNetworkChange } from "../transport/network.js";
import { element } from "./element.js";
import { tellOfTable } from "./meeting_news.js";
import { MeetingRecordings } from "./meeting_recordings.js";
import { isolated } from "./news.js";
import { Tiles } from "./meeting_tiles.js";

/** @typedef {import("../transport/booth_protocol.js").Gathering} Gathering */
/** @typedef {import("../transport/booth_protocol.js").MeetingSnapshot} MeetingSnapshot */
/** @typedef {import("./meeting_link.js").Link} Link */
/**
 * @typedef {{
 *   ask: (event: string, payload?: object) => Promise<any>,
 *   link: () => Link | null,
 *   screen: import("./meeting_screen.js").Screen,
 *   onChange: () => void,
 *   onRemoved: () => void,
 * }} RoomPartsOfPage
 */

/** The old way stays open so long after the new one carries the picture: the other side may need a moment more. */
const OVERLAP_MS = 4000;
/** Back from the relay, the two try this often until they have found each other. */
const MEET_MS = 3000;
/** Why a call that all want recorded is not any more.  @type {() => Record<string, string>} */
const STOPPED = () => ({
  disk_full: _("Not recorded any more: the disk is full"),
  quota: _("Not recorded any more: the exhibitor's room for recordings is used up"),
  limit: _("Not recorded any more: the longest length is reached"),
  failed: _("Not recorded any more: writing failed"),
});

export class CallRoom {
  /** @param {Record<string, any>} page @param {RoomPartsOfPage} parts */
  constructor(page, parts) {
    this._page = page;
    this._parts = parts;
    this.seat = String(page.seat);
    /** Who is shown large: the other of the two, or the buyer for a third person. */
    this.main = this.seat === "buyer" ? "staff" : "buyer";
    /** @type {Gathering | null} */
    this.gathering = null;
    this.flows = false;
    this._ticket = "";
    this._relay = new CallRelay(page.call, {
      ticket: () => this._ticket,
      onFlow: (seat, stream) => this._flow(seat, stream),
      onLost: (seat) => this._lose(seat),
    });
    onNetworkChange(() => this._relay.changeNetwork());
    this._tiles = new Tiles(this.main);
    this._list = /** @type {import("../elements/gathering.js").FairGathering} */ (element("gathering"));
    this._board = /** @type {import("../elements/board.js").FairBoard} */ (element("board"));
    this._recordings = new MeetingRecordings(page.call, this._list);
    this._bind();
  }

  /** @returns {boolean} whether the call goes through the relay, as far as this page is concerned */
  get isRelayed() {
    return this._relay.isOn && (this.flows || this._isThird);
  }

  /** @returns {import("../transport/call_line.js").Way} how the call goes through the relay */
  get way() {
    return this._relay.wayOf(this.main);
  }

  /** @returns {boolean} whether this page sends to the relay, or is about to */
  get sendsToRelay() {
    return this._relay.isOn;
  }

  /** @returns {boolean} */
  get isMainHere() {
    return this.gathering?.seats.some(({ id, is_here }) => id === this.main && is_here) ?? false;
  }

  /** @param {MeetingSnapshot} snapshot */
  take(snapshot) {
    this._ticket = snapshot.media_ticket;
    this._show(snapshot.gathering);
  }

  /** @param {string} event @param {any} message @returns {boolean} whether this was for the room */
  hear(event, message) {
    if (event === "gathering") {
      if (this._ticket) this._show(message.gathering); // else the snapshot is on its way, with the ticket for the doors
    }
    else if (event === "pointed") this._board.mark(message.seat, this._nameOf(message.seat), message);
    else if (event === "wiped") this._board.wipe();
    else if (event === "removed" && message.seat === this.seat) this._parts.onRemoved();
    else return event === "removed";
    return true;
  }

  /** @param {"video" | "audio"} kind @param {MediaStreamTrack | null} track */
  use(kind, track) {
    this._relay.use(kind, track);
  }

  /** What was handed over stays to be read and loaded. */
  close() {
    clearInterval(this._meeting);
    clearTimeout(this._leaving);
    this._relay.close();
    this._tiles.clear();
    this._list.isOpen = false;
    this._list.gathering = this.gathering ?? this._page.gathering;
    this._board.show(null);
    element("consent-ask").hidden = element("recorded").hidden = element("recording-stopped").hidden = true;
    if (!this._isThird) this._list.attempt(() => this._recordings.load());
  }

  get _isThird() {
    return this._page.is_third === true;
  }

  _bind() {
    const { ask } = this._parts;
    const doing = (/** @type {Promise<unknown>} */ work) => this._list.attempt(() => work);
    const answer = (/** @type {boolean} */ agree) => doing(ask("consent", { agree, language: this._page.consent.language, request_key: newKey() }));
    this._list.seat = this.seat;
    this._list.actions = {
      invite: async (fields) => new URL((await ask("invite", fields)).link, location.href).href,
      remove: (seat) => doing(ask("remove", { seat })),
      speakTo: (listener) => doing(ask("speak_to", { listener })),
      mix: (seat, volume) => this._tiles.setVolume(seat, volume),
      consent: answer,
      freezeFile: (file) => doing(ask("freeze", { file })),
      freezePicture: () => this._list.attempt(() => this._freeze()),
      send: async (file) => void (await this._send(file)),
      recordingWords: this._page.consent.text,
      deleteRecording: (recording) => this._recordings.confirm(recording),
    };
    element("agree").addEventListener("click", () => answer(true));
    element("refuse").addEventListener("click", () => answer(false));
    this._board.onPoint = (point) => ask("point", point).catch(() => undefined); // a moment later there is another
    this._board.onWipe = () => doing(ask("wipe"));
    this._board.onClose = () => doing(ask("freeze", { file: null }));
  }

  /** @param {Gathering} gathering */
  _show(gathering) {
    this._tellOfFiles(gathering);
    this.gathering = gathering;
    this._list.gathering = gathering;
    this._tiles.arrange(gathering, this.seat);
    this._showConsent(gathering);
    const frozen = gathering.files.find(({ id }) => id === gathering.frozen);
    this._board.show(frozen?.url ?? null);
    this._follow(gathering);
    this._parts.onChange();
  }

  /** Say what others have handed over since.  @param {Gathering} gathering */
  _tellOfFiles({ files, notes }) {
    const known = this.gathering;
    if (!known) return; // the page has just come: all of it lies there
    const fresh = files.slice(known.files.length).filter(({ sent_by }) => sent_by !== this._nameOf(this.seat));
    const last = fresh.at(-1);
    if (last) tellOfTable(_("{name} has handed over a file: {file}", { name: isolated(last.sent_by), file: isolated(last.name) }));
    else if (notes.length > known.notes.length) tellOfTable();
  }

  /** @param {Gathering} gathering */
  _showConsent({ consent }) {
    element("recorded").hidden = !consent.is_recording;
    element("recording-stopped").hidden = !consent.stopped;
    if (consent.stopped) element("recording-stopped-words").textContent = STOPPED()[consent.stopped] ?? _("Not recorded any more");
    const asks = consent.state === "asked" && !consent.agreed.includes(this.seat);
    element("consent-ask").hidden = !asks;
    element("consent-who").textContent = _("{name} asks to record this call", { name: consent.asked_by });
  }

  /** Take the way the server says, and keep the other until this one carries a picture.  @param {Gathering} gathering */
  _follow({ way, seats }) {
    const link = this._parts.link();
    if (way === "relay") {
      clearInterval(this._meeting);
      this._meeting = undefined;
      this._relay.follow(seats.filter(({ id, is_here }) => is_here && id !== this.seat).map(({ id }) => id));
      if (this._isThird && link) link.isDirect = false;
    } else if (this._relay.isOn && !this._meeting && link) {
      clearTimeout(this._leaving);
      link.isDirect = true;
      this._meet(link);
      this._meeting = setInterval(() => this._meet(link), MEET_MS);
    }
  }

  /** Find the other again without the relay; it is let go once the two have.  @param {Link} link */
  _meet(link) {
    if (link.negotiation.state !== "connected" || !link.negotiation.connection) {
      link.negotiation.meet();
      return;
    }
    clearInterval(this._meeting);
    this._meeting = undefined;
    this.flows = false;
    this._parts.screen.showOther(link.negotiation.stream);
    this._relay.close();
    this._parts.onChange();
  }

  /** @param {string} seat @param {MediaStream} stream */
  _flow(seat, stream) {
    if (seat !== this.main) {
      this._tiles.put(seat, stream);
      return;
    }
    this._parts.screen.showOther(stream);
    this.flows = true;
    const link = this._parts.link();
    clearTimeout(this._leaving);
    this._leaving = setTimeout(() => {
      if (!link || this._meeting) return;
      link.isDirect = false;
      link.negotiation.close();
    }, OVERLAP_MS);
    this._parts.onChange();
  }

  /** @param {string} seat */
  _lose(seat) {
    if (seat === this.main) this.flows = false;
    else this._tiles.put(seat, null);
    this._parts.onChange();
  }

  /** Freeze what the other shows now, and put it in front of everybody. */
  async _freeze() {
    const video = /** @type {HTMLVideoElement} */ (element("other-video"));
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    if (!canvas.width) throw new Error(_("There is no picture to freeze right now."));
    canvas.getContext("2d")?.drawImage(video, 0, 0);
    const picture = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
    const name = `${_("Frozen picture")} ${new Date().toTimeString().slice(0, 8).replaceAll(":", "-")}.jpg`;
    const { file } = await this._send(new File([/** @type {Blob} */ (picture)], name, { type: "image/jpeg" }));
    await this._parts.ask("freeze", { file: file.id });
  }

  /** @param {File} file @returns {Promise<{file: import("../transport/booth_protocol.js").CallFile}>} */
  async _send(file) {
    const url = `/api/calls/${this._page.call}/files?name=${encodeURIComponent(file.name)}`;
    return askJson("POST", url, file, "application/octet-stream");
  }

  /** @param {string} seat */
  _nameOf(seat) {
    return this.gathering?.seats.find(({ id }) => id === seat)?.name ?? "";
  }
}
