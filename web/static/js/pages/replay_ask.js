/** From a recording to a private call: who is on duty now, and a request that carries the second and the product. */

import "../elements/call.js";
import { _ } from "../i18n.js";
import { CallRequest } from "../transport/call_request.js";
import { ServerClock } from "../transport/clock.js";
import { followLeaving, isFinal, openConversation } from "../transport/conversation.js";
import { CallWish } from "./call_wish.js";
import { hearCalls } from "./calls_here.js";
import { element } from "./element.js";
import { hearReminders } from "./reminders.js";

/** @typedef {import("../transport/call_request.js").Watched} Watched */

/** How long "is ready" can be read before the page follows the call. */
const READ_MS = 1800;

export class ReplayAsk {
  /** @param {Record<string, any>} page @param {() => Watched} moment that is seen now */
  constructor(page, moment) {
    this._page = page;
    this._moment = moment;
    this._wish = new CallWish(page.show.id);
    this._clock = new ServerClock(page.now);
    /** Absent for those who cannot ask: staff and the organiser. */
    this._call = /** @type {import("../elements/call.js").FairCall | null} */ (document.getElementById("call"));
    this._conversation = openConversation("/hall", { purpose: "hall", room: page.room });
    this._request = new CallRequest(page.room, this._conversation, {
      onChange: () => this._show(),
      onAccepted: (call) => setTimeout(() => location.assign(call.meeting ?? "/"), READ_MS),
    });
  }

  begin() {
    const talk = this._conversation;
    talk.on("snapshot", (snapshot) => this._take(snapshot));
    talk.on("show", ({ show }) => (element("live-now").hidden = show === null));
    hearReminders(talk);
    if (this._page.me.role === "buyer") hearCalls(talk, (entered) => this._call && (this._call.entered = entered));
    talk.on("line", ({ line }) => {
      if (this._call && line.room === this._page.room) this._call.line = line;
    });
    talk.on("duty", ({ duty }) => this._showDuty(duty));
    talk.on("call", ({ call }) => {
      this._clock.set(call.now);
      this._request.changed(call);
    });
    followLeaving(talk);
    talk.onState((state, why) => {
      if (this._call) this._call.isOnline = state === "open";
      element("offline").hidden = state !== "lost" || isFinal(why);
      element("outdated").hidden = !isFinal(why);
    });
    if (!this._call) return;
    this._call.absentText = _("Nobody is on duty right now. You can ask for a call when somebody is back.");
    this._call.now = () => this._clock.now();
    this._call.onAsk = () => this._ask();
    this._call.onCancel = () => this._request.cancel();
    this._showDuty(this._page.duty);
  }

  /** @param {import("../transport/protocol.js").HallSnapshot} snapshot */
  _take(snapshot) {
    this._clock.set(snapshot.now);
    element("live-now").hidden = snapshot.show === null;
    this._showDuty(snapshot.duty);
    if (this._call) this._call.line = snapshot.line;
    this._request.restore(snapshot.call, this._moment);
    if (this._page.ask) this._continueAsking();
  }

  /** A guest is asked for a name first, and comes back to the same second with the request still wanted. */
  _ask() {
    if (this._page.me.role !== "guest") {
      this._request.ask(this._moment());
      return;
    }
    const moment = this._moment();
    this._wish.keep(moment);
    const back = `${location.pathname}?ask=1&t=${Math.floor(moment.second ?? 0)}`;
    location.assign(`/sign-in?${new URLSearchParams({ next: back })}`);
  }

  _continueAsking() {
    this._page.ask = false;
    history.replaceState(history.state, "", `${location.pathname}?t=${Math.floor(this._page.at)}`);
    const moment = this._wish.take(this._page.me.role);
    if (moment) this._request.ask(moment);
  }

  _show() {
    const { call, asking, problem, lostSight, isOpen } = this._request;
    if (this._call) Object.assign(this._call, { call, asking, problem, lostSight });
    document.body.classList.toggle("is-calling", isOpen);
  }

  /** @param {import("../transport/protocol.js").Attendant[]} duty */
  _showDuty(duty) {
    if (this._call) this._call.duty = duty;
  }
}
