/** `<fair-chat>`: posts as they come, the line to write in, and what is said when writing is not possible. */

import { LitElement, html, nothing } from "../../vendor/lit.js";
import { _, formatDuration, formatTime, plural } from "../i18n.js";
import { icon } from "../lib/icons.js";

/** @typedef {import("../transport/protocol.js").Post} Post */

const KEPT_POSTS = 300;
const MAX_LENGTH = 500;
/** So near the end of the list a reader follows it; further up, new posts are only counted. */
const AT_END_PX = 60;

/**
 * Used in the room, the replay, the studio and the meeting. `onSend` gets the text and resolves when the server has it; when
 * it rejects the text stays in the line and the refusal's message is shown. Typed text survives a reload.
 */
export class FairChat extends LitElement {
  static properties = {
    posts: { attribute: false },
    canPost: { attribute: false },
    onSend: { attribute: false },
    signInUrl: { attribute: "sign-in-url" },
    startedAt: { attribute: false },
    emptyText: { attribute: false },
    _problem: { state: true },
    _unread: { state: true },
    _sending: { state: true },
  };

  constructor() {
    super();
    /** @type {Post[]} */
    this.posts = [];
    this.canPost = false;
    /** @type {(text: string) => Promise<unknown>} */
    this.onSend = async () => undefined;
    this.signInUrl = "";
    /** Of a show that is over: posts then carry their second of it, which leads there. @type {number | null} */
    this.startedAt = null;
    this.emptyText = _("Nobody has written yet. Ask the first question.");
    /** @type {(second: number) => void} */
    this.onJump = () => {};
    this._problem = "";
    this._unread = 0;
    this._sending = false;
    this._follows = true;
  }

  createRenderRoot() {
    this.replaceChildren(); // what the server wrote for readers without scripts
    return this;
  }

  /**
   * Show what a snapshot holds. A post that came while the snapshot was on its way is newer than all in it, and stays.
   * @param {Post[]} posts
   */
  replace(posts) {
    const newest = posts.at(-1)?.at ?? 0;
    const known = new Set(posts.map(({ id }) => id));
    this.posts = [...posts, ...this.posts.filter(({ id, at }) => at > newest && !known.has(id))].slice(-KEPT_POSTS);
  }

  /** Show these and no others; who reads further up stays there. @param {Post[]} posts */
  replaceAll(posts) {
    this.posts = posts.slice(-KEPT_POSTS);
    this._unread = 0;
  }

  /** @param {Post} post */
  add(post) {
    if (this.posts.some((other) => other.id === post.id)) {
      this.posts = this.posts.map((other) => (other.id === post.id ? { ...other, mine: other.mine || post.mine } : other));
      return;
    }
    this.posts = [...this.posts, post].slice(-KEPT_POSTS);
    if (!this._follows && !post.mine) this._unread += 1;
    if (post.mine) this._follows = true;
  }

  render() {
    return html`
      <div class="chat-posts" role="log" aria-label=${_("Chat")} tabindex="0" @scroll=${this._scrolled}>
        ${this.posts.length
          ? html`<ol class="chat-list">${this.posts.map((one) => post(one, this._when(one.at)))}</ol>`
          : html`<p class="chat-empty">${this.emptyText}</p>`}
      </div>
      ${this._unread ? this._more() : nothing}
      ${this.canPost ? this._line() : this._invitation()}
    `;
  }

  updated() {
    const list = this._list();
    if (list && this._follows) list.scrollTop = list.scrollHeight;
  }

  /** @param {number} at */
  _when(at) {
    if (this.startedAt === null) return html`<time datetime=${new Date(at * 1000).toISOString()}>${formatTime(at)}</time>`;
    const second = Math.max(0, at - this.startedAt);
    const time = formatDuration(second);
    return html`<button type="button" class="chat-jump" dir="ltr" aria-label=${_("Jump to {time}", { time })}
      @click=${() => this.onJump(second)}>${time}</button>`;
  }

  _more() {
    const text = plural("{n} new message", "{n} new messages", this._unread);
    return html`<button type="button" class="button chat-more" @click=${this._toEnd}>${icon("chevron-down")} ${text}</button>`;
  }

  _line() {
    return html`
      <form class="chat-line" @submit=${this._submit}>
        <label class="visually-hidden" for="chat-input">${_("Your message")}</label>
        <input id="chat-input" name="text" class="input" autocomplete="off" enterkeyhint="send" maxlength=${MAX_LENGTH}
          placeholder=${_("Write a message")} .value=${this._draft()} @input=${this._typed}
          aria-describedby="chat-problem">
        <button class="button button-icon" ?disabled=${this._sending} aria-label=${_("Send")}>${icon("send")}</button>
        <p id="chat-problem" class="chat-problem" role="alert">${this._problem}</p>
      </form>`;
  }

  _invitation() {
    if (!this.signInUrl) return nothing;
    return html`
      <p class="chat-invitation">
        <a class="button" id="chat-sign-in" href=${this.signInUrl}>${_("Sign in to write")}</a>
      </p>`;
  }

  /** @param {SubmitEvent} event */
  async _submit(event) {
    event.preventDefault();
    const text = this._input()?.value.trim();
    if (!text || this._sending) return;
    this._sending = true;
    this._problem = "";
    try {
      await this.onSend(text);
      this._clear();
    } catch (error) {
      this._problem = (error instanceof Error && error.message) || _("Not sent: there is no connection right now. Your text is still here.");
    } finally {
      this._sending = false;
    }
  }

  _clear() {
    const input = this._input();
    if (input) input.value = "";
    this._typed();
    this._toEnd();
    input?.focus();
  }

  _typed() {
    sessionStorage.setItem(this._key(), this._input()?.value ?? "");
  }

  _draft() {
    return sessionStorage.getItem(this._key()) ?? "";
  }

  _key() {
    return `chat:${location.pathname}`;
  }

  _scrolled() {
    const list = this._list();
    if (!list) return;
    this._follows = list.scrollHeight - list.scrollTop - list.clientHeight < AT_END_PX;
    if (this._follows) this._unread = 0;
  }

  _toEnd() {
    this._follows = true;
    this._unread = 0;
    this.requestUpdate();
  }

  /** @returns {HTMLElement | null} */
  _list() {
    return this.querySelector(".chat-posts");
  }

  /** @returns {HTMLInputElement | null} */
  _input() {
    return this.querySelector("#chat-input");
  }
}

/** @param {Post} post @param {unknown} when */
function post({ author, company, role, text, mine }, when) {
  return html`
    <li class="chat-post chat-${role} ${mine ? "chat-mine" : ""}">
      <span class="chat-who"><b dir="auto">${author}</b>${company ? html` <span class="chat-company" dir="auto">${company}</span>` : nothing}</span>
      ${role === "buyer" ? nothing : html`<span class="badge chat-role">${role === "staff" ? _("Exhibitor") : _("Organiser")}</span>`}
      ${when}
      <span class="chat-text" dir="auto">${text}</span>
    </li>`;
}

customElements.define("fair-chat", FairChat);
