/** `<fair-gathering>`: who is in the call and how loud, what was handed over, and whether it is recorded. */

import { LitElement, html, live, nothing } from "../../vendor/lit.js";
import { _ } from "../i18n.js";
import { icon } from "../lib/icons.js";
import { files, notes, recordings } from "./call_papers.js";

/** @typedef {import("../transport/booth_protocol.js").Gathering} Gathering */
/** @typedef {import("../transport/booth_protocol.js").Seat} Seat */
/**
 * @typedef {{
 *   invite: (fields: {kind: string, name: string, company: string}) => Promise<string>,
 *   remove: (seat: string) => void, speakTo: (listener: string) => Promise<void>, mix: (seat: string, volume: number) => void,
 *   consent: (agree: boolean) => void, freezeFile: (file: string) => void, freezePicture: () => void,
 *   send: (file: File) => Promise<void>, recordingWords: string,
 *   deleteRecording: (recording: import("./call_papers.js").CallRecording) => void,
 * }} GatheringActions
 */

export class FairGathering extends LitElement {
  static properties = {
    gathering: { attribute: false }, seat: { attribute: false }, isOpen: { attribute: false }, problem: { attribute: false },
    recordings: { attribute: false },
    link: { state: true }, isBusy: { state: true }, isInviting: { state: true },
  };

  constructor() {
    super();
    /** @type {Gathering | null} */
    this.gathering = null;
    this.seat = "";
    this.isOpen = true;
    this.problem = "";
    /** @type {import("./call_papers.js").CallRecording[]} of a call that is over */
    this.recordings = [];
    this.link = "";
    this.isBusy = false;
    this.isInviting = false;
    /** @type {GatheringActions | null} */
    this.actions = null;
    /** @type {Record<string, number>} */
    this.volumes = {};
  }

  createRenderRoot() {
    return this;
  }

  render() {
    const it = this.gathering;
    if (!it) return nothing;
    return html`
      ${this._people(it)}
      ${files(this, it)}
      ${notes(it)}
      ${recordings(this)}
      ${this.problem ? html`<p class="field-error gathering-problem" role="alert">${this.problem}</p>` : nothing}`;
  }

  get isThird() {
    return this.seat !== "buyer" && this.seat !== "staff";
  }

  /** @param {Gathering} it */
  _people(it) {
    const count = it.seats.filter(({ is_here }) => is_here).length;
    return html`
      <details class="gathering-part" ?open=${it.seats.length > 2}>
        <summary>${icon("users")}<span>${_("People")}</span>${this.isOpen ? html`<span class="small soft">${_("{n} here", { n: count })}</span>` : nothing}</summary>
        <ul class="gathering-people">${it.seats.map((seat) => this._person(seat))}</ul>
        ${this._mine(it)}
        ${this.isOpen && !this.isThird ? this._inviting() : nothing}
        ${this._recording(it)}
      </details>`;
  }

  /** @param {Seat} seat */
  _person(seat) {
    const isMe = seat.id === this.seat;
    const canRemove = this.isOpen && !this.isThird && seat.kind !== "buyer" && seat.kind !== "staff";
    return html`
      <li>
        <p><b><bdi>${seat.name}</bdi></b> <span class="small soft">${kindWords(seat, this.isOpen)}</span></p>
        ${canRemove ? html`<button type="button" class="button button-quiet" @click=${() => this.actions?.remove(seat.id)} aria-label=${_("Let {name} go", { name: seat.name })}>${icon("x")}</button>` : nothing}
        ${isMe || !seat.is_here || !this.isOpen ? nothing : html`
          <label class="gathering-mix">${icon("volume-2", "icon-small")}<span class="visually-hidden">${_("How loud you hear {name}", { name: seat.name })}</span>
            <input type="range" min="0" max="100" .value=${String(Math.round((this.volumes[seat.id] ?? 1) * 100))} @input=${(/** @type {Event} */ event) => this._mix(seat.id, event)}></label>`}
      </li>`;
  }

  /** @param {string} seat @param {Event} event */
  _mix(seat, event) {
    this.volumes[seat] = Number(/** @type {HTMLInputElement} */ (event.target).value) / 100;
    this.actions?.mix(seat, this.volumes[seat] ?? 1);
  }

  /** An interpreter chooses who hears them.  @param {Gathering} it */
  _mine(it) {
    const mine = it.seats.find(({ id }) => id === this.seat);
    if (mine?.kind !== "interpreter" || !this.isOpen) return nothing;
    const names = Object.fromEntries(it.seats.map(({ id, name }) => [id, name]));
    const choices = [["buyer", names.buyer ?? ""], ["staff", names.staff ?? ""], ["both", _("Both")]];
    return html`
      <fieldset class="gathering-channels"><legend>${_("You speak to")}</legend>
        ${choices.map(([to, words]) => html`<label><input type="radio" name="speak-to" value=${to} .checked=${live(mine.speaks_to === to)} @change=${() => this._speakTo(to ?? "both")}><bdi>${words}</bdi></label>`)}
      </fieldset>`;
  }

  /** Show what holds: a choice that was refused is none.  @param {string} listener */
  async _speakTo(listener) {
    await this.actions?.speakTo(listener);
    this.requestUpdate();
  }

  _inviting() {
    if (this.link) {
      return html`
        <div class="gathering-link">
          <p class="small">${_("Send this link to one person. It works once, for half an hour.")}</p>
          <input readonly dir="ltr" id="third-link" aria-label=${_("Link")} .value=${this.link}>
          <div class="gathering-buttons">
            <button type="button" class="button button-primary" @click=${() => navigator.clipboard?.writeText(this.link).catch(() => undefined)}>${icon("copy")}${_("Copy the link")}</button>
            <button type="button" class="button" @click=${() => (this.link = "")}>${_("Done")}</button>
          </div>
        </div>`;
    }
    if (!this.isInviting) return html`<button type="button" class="button button-wide" id="invite-third" @click=${() => (this.isInviting = true)}>${icon("user-plus")}${_("Invite a colleague or an interpreter")}</button>`;
    return html`
      <form class="gathering-invite" @submit=${(/** @type {SubmitEvent} */ event) => this._invite(event)}>
        <div class="field"><label for="third-name">${_("Name")}</label><input id="third-name" name="name" required maxlength="80" autocomplete="off"></div>
        <div class="field"><label for="third-company">${_("Company")}</label><input id="third-company" name="company" maxlength="80" autocomplete="off"></div>
        <div class="field"><label for="third-kind">${_("Comes as")}</label>
          <select id="third-kind" name="kind"><option value="colleague">${_("Colleague")}</option><option value="interpreter">${_("Interpreter")}</option></select></div>
        <div class="gathering-buttons">
          <button class="button button-primary" ?disabled=${this.isBusy}>${icon("link")}${_("Make a link")}</button>
          <button type="button" class="button" @click=${() => (this.isInviting = false)}>${_("Cancel")}</button>
        </div>
      </form>`;
  }

  /** @param {SubmitEvent} event */
  async _invite(event) {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const field = (/** @type {string} */ name) => String(given.get(name) ?? "");
    this.isBusy = true;
    await this.attempt(async () => {
      this.link = (await this.actions?.invite({ kind: field("kind"), name: field("name"), company: field("company") })) ?? "";
      this.isInviting = false;
    });
    this.isBusy = false;
  }

  /** @param {Gathering} it */
  _recording({ consent }) {
    if (!consent.can_record || !this.isOpen) return nothing;
    const hasAgreed = consent.agreed.includes(this.seat);
    if (hasAgreed) {
      const words = consent.state === "agreed" ? _("Everybody has agreed to the recording.") : _("You agreed to a recording; the others have not answered yet.");
      return html`<div class="gathering-record"><p class="small">${words}</p>
        <button type="button" class="button button-wide" id="withdraw" @click=${() => this.actions?.consent(false)}>${icon("square")}${_("Withdraw and stop recording")}</button></div>`;
    }
    if (consent.state !== "off") return nothing; // the question stands over the picture
    return html`<button type="button" class="button button-wide" id="ask-recording" @click=${() => this.actions?.consent(true)}>${icon("circle-dot")}${_("Ask to record this call")}</button>
      <p class="small soft">${this.actions?.recordingWords}</p>`;
  }

  /** Do something that may be refused, and say why if it is.  @param {() => Promise<unknown>} work */
  async attempt(work) {
    this.problem = "";
    try {
      await work();
    } catch (error) {
      this.problem = (error instanceof Error && error.message) || _("There is no connection right now. Try again in a moment.");
    }
  }
}

/** @param {Seat} seat @param {boolean} isOpen whether it matters who is here */
function kindWords({ kind, company, is_here, is_invited }, isOpen) {
  const kinds = { buyer: _("Buyer"), staff: _("Exhibitor"), colleague: _("Colleague"), interpreter: _("Interpreter") };
  const state = is_invited ? _("invited") : is_here ? _("here") : _("not here");
  return [kinds[kind], company, isOpen && state].filter(Boolean).join(" · ");
}

customElements.define("fair-gathering", FairGathering);
