/** The list of appointments: answering, moving and noting, and a list that follows what the other side does. */

import { freshen } from "../elements/fresh.js";
import { _ } from "../i18n.js";
import { Refusal } from "../lib/refusal.js";
import { askJson, postJson } from "../lib/request.js";
import { tellZone } from "../lib/zone.js";
import { pageData } from "../page_data.js";
import { openConversation } from "../transport/conversation.js";
import { element } from "./element.js";
import { hearReminders } from "./reminders.js";

const page = pageData();

begin();

function begin() {
  tellZone(page.zone);
  const talk = openConversation("/hall", { purpose: "hall" });
  hearReminders(talk);
  talk.on("appointment", redraw);
  const list = element("appointments");
  list.addEventListener("click", (event) => press(/** @type {Element} */ (event.target)));
  list.addEventListener("change", (event) => choose(/** @type {Element} */ (event.target)));
  list.addEventListener("submit", (event) => {
    event.preventDefault();
    note(/** @type {HTMLFormElement} */ (event.target));
  });
  element("feed-renew").addEventListener("click", renew);
  element("feed-revoke").addEventListener("click", revoke);
}

function redraw() {
  freshen(["appointments"], beingTyped).catch(() => undefined); // offline: the next change draws it
}

/** @returns {Element[]} the lines that somebody writes down just now how they went */
function beingTyped() {
  return [...element("appointments").querySelectorAll(".appointment")].filter((line) => line.querySelector("details[open]"));
}

/** @param {Element} target */
function press(target) {
  const button = target.closest("button[data-do]");
  const what = button?.getAttribute("data-do");
  if (button && what) send(button, what, what === "accept" ? seen(button) : {});
}

/** @param {Element} target */
async function choose(target) {
  if (!(target instanceof HTMLSelectElement) || target.dataset.do !== "reassign") return;
  const isDone = await send(target, "reassign", { staff: target.value, ...seen(target) });
  if (!isDone) target.value = [...target.options].find((option) => option.defaultSelected)?.value ?? ""; // who it is
}

/** @param {HTMLFormElement} form */
async function note(form) {
  const data = new FormData(form);
  const absent = String(data.get("absent")).split(",").filter(Boolean);
  const body = { absent, outcome: String(data.get("outcome")), next_step: String(data.get("next_step")) };
  if (await send(form, "outcome", body)) form.closest("details")?.removeAttribute("open");
  redraw();
}

/** @param {Element} from @returns {{revision: number}} which revision of the appointment one sees: another is refused */
function seen(from) {
  const line = /** @type {HTMLElement} */ (from.closest(".appointment"));
  return { revision: Number(line.dataset.revision) };
}

/** @param {Element} from @param {string} what @param {object} body @returns {Promise<boolean>} whether it was done */
async function send(from, what, body) {
  const line = /** @type {HTMLElement} */ (from.closest(".appointment"));
  const problem = /** @type {HTMLElement} */ (line.querySelector(".appointment-problem"));
  problem.hidden = true;
  try {
    await postJson(`/api/appointments/${line.dataset.id}/${what}`, body);
  } catch (error) {
    problem.textContent = error instanceof Refusal ? error.message : String(error);
    problem.hidden = false;
    return false;
  }
  redraw();
  return true;
}

async function renew() {
  await tried(async () => {
    const { url } = await postJson("/api/calendar");
    const field = /** @type {HTMLInputElement} */ (element("feed-url"));
    field.value = url;
    element("feed-made").hidden = false;
    element("feed-revoke").hidden = false;
    element("feed-renew").lastChild?.replaceWith(_("Make a new address"));
    field.select();
  });
}

async function revoke() {
  await tried(async () => {
    await askJson("DELETE", "/api/calendar");
    element("feed-made").hidden = true;
    element("feed-revoke").hidden = true;
    element("feed-renew").lastChild?.replaceWith(_("Make an address"));
  });
}

/** @param {() => Promise<void>} work */
async function tried(work) {
  const problem = element("feed-problem");
  problem.hidden = true;
  try {
    await work();
  } catch (error) {
    problem.textContent = error instanceof Refusal ? error.message : String(error);
    problem.hidden = false;
  }
}
