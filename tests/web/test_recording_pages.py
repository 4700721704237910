"""What pages say of recordings: who was in a call deletes its own, and staff read what calls take."""

from __future__ import annotations

from tests.web.page_modules import run

WORDS = """
document.createElementNS = () => ({...document.createElement("svg"), setAttribute() {}});
const pressed = [];
/** What stands in a template of Lit; what can be pressed in it is put down in `pressed`. */
const words = (it) => {
  if (Array.isArray(it)) return it.map(words).join("");
  if (typeof it === "function") pressed.push(it);
  if (it?._$litDirective$) return it.values[0].map((one) => words(it.values.at(-1)(one))).join("");
  if (it?.strings) return it.strings.map((text, at) => text + words(it.values[at])).join("");
  return ["string", "number"].includes(typeof it) ? String(it) : "";
};
"""
CALL = WORDS + """
const acts = {}, asked = [];
const opened = {showModal() { asked.push("ask"); }, close() {}};
Object.assign(document.getElementById("delete-dialog"), opened);
for (const id of ["delete-really", "delete-not"])
  document.getElementById(id).addEventListener = (name, act) => { acts[id] = act; };
const one = (id, more = {}) => ({id, name: id.toUpperCase(), began_at: Number(id.slice(1)), seconds: 65,
  is_running: false, download: `/recordings/${id}/download`, ...more});
let listed = [one("r1"), one("r2")];
let refusal = null;
globalThis.fetch = async (url, {method = "GET"} = {}) => {
  asked.push(`${method} ${url}`);
  if (method === "GET") return {ok: true, json: async () => ({recordings: listed})};
  return {ok: refusal === null, json: async () => ({code: refusal, detail: "Not now."})};
};
const { FairGathering } = await load("elements/gathering.js");
const { recordings } = await load("elements/call_papers.js");
const { MeetingRecordings } = await load("pages/meeting_recordings.js");
const list = {recordings: [], problem: "", attempt: FairGathering.prototype.attempt};
const card = new MeetingRecordings("c", list);
list.actions = {deleteRecording: (recording) => card.confirm(recording)};
const told = ["download>", "button-danger", "The recording is deleted."];
const lines = () => {
  pressed.length = 0;
  const found = words(recordings(list)).split("<li>").slice(1);
  return found.map((line) => told.filter((it) => line.includes(it)));
};
await card.load();
"""
WHOLE, GONE = ["download>", "button-danger"], ["The recording is deleted."]


def test_who_was_in_a_call_deletes_what_was_recorded_of_it() -> None:
    """After a question that says what is lost; the list says that it is gone, also when it is asked anew."""
    before, first, said, deleted, after, anew = run(CALL + """
      const before = lines();
      pressed[0]();
      acts["delete-not"]();
      const first = asked.splice(0), said = document.getElementById("delete-words").textContent;
      pressed[0]();
      await acts["delete-really"]();
      const deleted = asked.splice(0), after = lines();
      await card.load();
      say(before, first, said, deleted, after, lines());
    """)
    assert before == [WHOLE, WHOLE]
    assert first == ["GET /api/calls/c/recordings", "ask"]
    assert said.startswith("What \u2068R1\u2069 sent (1:05) is deleted for good")
    assert deleted == ["ask", "DELETE /api/recordings/r1"]
    assert after == anew == [GONE, WHOLE]


def test_what_the_other_has_deleted_is_gone_too() -> None:
    assert run(CALL + """
      refusal = "no_recording";
      card.confirm(listed[1]);
      await acts["delete-really"]();
      say(lines(), list.problem);
    """) == [[WHOLE, GONE], ""]


def test_a_recording_that_could_not_be_deleted_stays_and_says_why() -> None:
    assert run(CALL + """
      refusal = "busy";
      card.confirm(listed[1]);
      await acts["delete-really"]();
      say(lines(), list.problem);
    """) == [[WHOLE, WHOLE], "Not now."]


def test_what_is_written_yet_can_be_deleted_a_moment_later() -> None:
    first, second, looks = run(CALL + """
      listed = [one("r1", {is_running: true})];
      await card.load();
      const first = lines();
      listed = [one("r1")];
      await later();
      const second = lines();
      asked.length = 0;
      await later();
      say(first, second, asked.length);
    """)
    assert (first, second, looks) == ([["download>"]], [WHOLE], 0)


def test_staff_read_what_private_calls_take_of_their_room() -> None:
    """Calls stand in no list: a room that is full of them could not be explained."""
    none, some = run(WORDS + """
      const { FairRecordings } = await load("elements/recordings.js");
      const card = new FairRecordings();
      card.archive = {recordings: [], used: 3e9, used_by_calls: 0, quota: 9e9, keep_days: 90};
      const none = words(card.render());
      card.archive = {...card.archive, used_by_calls: 2e9};
      say(none, words(card.render()));
    """)
    assert "private calls" not in none
    assert "2 GB of it are recordings of private calls" in some.replace("\u00a0", " ")
