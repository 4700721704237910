/** A draft that is saved while one types: one save at a time, each on top of the one before. */

import { Refusal } from "../lib/refusal.js";
import { saveDraft } from "./offers.js";

/** @typedef {import("./offers.js").Wish} Wish */
/** @typedef {import("./offers.js").Draft} Draft */
/** @typedef {"untouched" | "saved" | "saving" | "failed" | "stale"} SaveState */

const QUIET_MS = 700;
const AGAIN_MS = 4000;

export class DraftKeeper {
  /**
   * @param {import("./offers.js").Thread} thread
   * @param {string | null} offer that it counters; null for a new one
   * @param {Wish} wish what one begins with
   * @param {number} revision that it goes on from
   * @param {() => void} onChange
   */
  constructor(thread, offer, wish, revision, onChange) {
    this._thread = thread;
    this.offer = offer;
    this.wish = wish;
    this._revision = revision;
    this._onChange = onChange;
    /** @type {SaveState} */
    this.state = revision ? "saved" : "untouched";
    /** @type {Draft | null} what somebody else has saved meanwhile */
    this.theirs = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this._timer = undefined;
    this._isDirty = false;
    this._isClosed = false;
    /** @type {Promise<void>} the save that is on its way */
    this._saving = Promise.resolve();
  }

  /** @param {Wish} wish */
  change(wish) {
    this.wish = wish;
    this._isDirty = true;
    if (this.state !== "stale") this._become("saving");
    this._plan(QUIET_MS);
  }

  /** Save now what is not saved yet. */
  async flush() {
    clearTimeout(this._timer);
    this._saving = this._saving.then(() => this._save());
    await this._saving;
  }

  /** Go on with what somebody else has typed. */
  takeTheirs() {
    if (!this.theirs) return;
    this.wish = this.theirs.wish;
    this._isDirty = false;
    this._settle("saved");
  }

  /** Go on with what one has typed oneself. */
  async keepMine() {
    this._isDirty = true;
    this._settle("saving");
    await this.flush();
  }

  /** The newest revision that is known here, which what is sent goes on from. */
  get revision() {
    return this._revision;
  }

  /** Show what somebody else has saved, because it would be lost by what one sends. @param {Draft} draft */
  meet(draft) {
    this.theirs = draft;
    this._isDirty = true;
    this._become("stale");
  }

  /** No more saves: it was sent, or is left. */
  close() {
    this._isClosed = true;
    clearTimeout(this._timer);
  }

  /** @param {SaveState} state */
  _settle(state) {
    if (this.theirs) this._revision = this.theirs.revision;
    this.theirs = null;
    this._become(state);
  }

  async _save() {
    if (!this._isDirty || this._isClosed || this.state === "stale") return;
    this._isDirty = false;
    try {
      const kept = await saveDraft(this._thread, { offer: this.offer, revision: this._revision, wish: this.wish });
      this._revision = kept.revision;
      if (!this._isDirty) this._become("saved");
    } catch (error) {
      this._failed(error);
    }
  }

  /** @param {unknown} error */
  _failed(error) {
    this._isDirty = true;
    if (error instanceof Refusal && error.code === "stale_draft") {
      this.meet(error.facts.draft);
      return;
    }
    this._become("failed");
    this._plan(AGAIN_MS);
  }

  /** @param {number} wait */
  _plan(wait) {
    clearTimeout(this._timer);
    if (!this._isClosed) this._timer = setTimeout(() => this.flush(), wait);
  }

  /** @param {SaveState} state */
  _become(state) {
    this.state = state;
    if (!this._isClosed) this._onChange();
  }
}
