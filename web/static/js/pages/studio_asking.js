/** The studio's side of asking: what to follow up, visitors, hours, the roster and the block list. */

import "../elements/follow_up.js";
import "../elements/visitors.js";
import { _ } from "../i18n.js";
import { askJson, postJson } from "../lib/request.js";
import { element } from "./element.js";
import { RosterForms } from "./studio_roster.js";

/** @typedef {import("../transport/conversation.js").Conversation} Conversation */

export class StudioAsking {
  /**
   * @param {Record<string, any>} page
   * @param {Conversation} conversation
   * @param {import("./studio_desk.js").Desk} desk
   * @param {import("../elements/notices.js").FairNotices} notices
   */
  constructor(page, conversation, desk, notices) {
    this._page = page;
    this._conversation = conversation;
    this._desk = desk;
    this._notices = notices;
    this._left = /** @type {import("../elements/follow_up.js").FairFollowUp} */ (element("follow-up"));
    this._visitors = /** @type {import("../elements/visitors.js").FairVisitors} */ (element("visitors"));
  }

  begin() {
    const { _left: left, _visitors: visitors, _page: page } = this;
    left.mayAnswer = visitors.mayInvite = page.may_answer;
    left.appointmentUrl = page.appointment_url;
    left.onCallBack = (subject) => this._desk.follow(this._conversation.ask("call_back", { subject, request_key: fresh(subject) }));
    left.onDone = (subject, done) => this._tried(async () => {
      await postJson(`/api/rooms/${page.room}/follow-up/${subject}`, { done });
      await this._load();
    });
    const requests = /** @type {import("../elements/requests.js").FairRequests} */ (element("requests"));
    left.onBlock = visitors.onBlock = requests.onBlock = (account) => this._tried(() => this._block(account, true));
    visitors.onInvite = ({ id }) => this._desk.follow(this._conversation.ask("invite", { visitor: id, request_key: fresh(id) }));
    this._conversation.on("follow_up", () => this._load().catch(() => undefined));
    this._conversation.on("visitors", (message) => this.show(message.visitors));
    this._load().catch(() => undefined);
    if (!page.may_answer) return;
    new RosterForms(page, this._notices).begin();
    this._tried(async () => this._showBlocks(await read(`/api/rooms/${page.room}/blocks`)));
  }

  /** @param {import("../transport/protocol.js").Visitor[]} visitors */
  show(visitors) {
    this._visitors.visitors = visitors;
    element("visitors-count").textContent = String(visitors.length);
    element("visitors-count").hidden = visitors.length === 0;
  }

  async _load() {
    const { missed, messages } = await read(`/api/rooms/${this._page.room}/follow-up`);
    const list = [...missed, ...messages].sort((one, other) => other.at - one.at);
    this._left.list = list;
    const open = list.filter((one) => !one.is_done).length;
    element("follow-up-count").textContent = String(open);
    element("follow-up-count").hidden = open === 0;
  }

  /** @param {string} account @param {boolean} blocked */
  async _block(account, blocked) {
    this._showBlocks(await askJson("POST", `/api/rooms/${this._page.room}/blocks`, { account, blocked }));
    this._notices.say(blocked ? _("You take no more calls, messages, appointments or offers from this buyer. What they asked for is declined or cancelled.") : _("This buyer can ask you for calls and appointments again."), { kind: "ok" });
  }

  /** @param {{blocks: Array<{account: string, name: string, company: string}>}} answer */
  _showBlocks({ blocks }) {
    const list = element("blocks");
    list.replaceChildren(...blocks.map(({ account, name, company }) => {
      const line = document.createElement("li");
      const who = document.createElement("bdi");
      const button = document.createElement("button");
      who.textContent = [name, company].filter(Boolean).join(", ");
      button.type = "button";
      button.className = "button";
      button.textContent = _("Take calls again");
      button.addEventListener("click", () => this._tried(() => this._block(account, false)));
      line.append(who, button);
      return line;
    }));
    element("blocks-none").hidden = blocks.length > 0;
  }

  /** @param {() => Promise<unknown>} work */
  async _tried(work) {
    try {
      await work();
    } catch (error) {
      const words = error instanceof Error && error.message;
      this._notices.say(words || _("There is no connection right now. Try again in a moment."), { kind: "danger" });
    }
  }
}

/** @param {string} url */
async function read(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error("");
  return response.json();
}

/** One key for each press: a call that was not answered can be made again. @param {string} subject */
function fresh(subject) {
  return `${subject}-${Date.now()}`;
}
