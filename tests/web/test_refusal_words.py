"""What a server refuses is said in the reader's language, also what a socket brings with a name in it."""

from __future__ import annotations

import json
from contextvars import copy_context

import pytest

from config.errors import Conflict, FairError
from rooms.negotiation.appointments import states as appointments
from rooms.negotiation.parties import you_talk
from rooms.negotiation.states import SENTENCES, CallState, WrongMoment
from signaling.replies import BROKEN, refusal
from tests.web.page_modules import run
from tools import locales
from web.i18n import Catalogues, said

TAKEN = Conflict("{name} has taken this call.", code="already_taken", fields={"name": "Ann {you}"})
IN_CHINESE = {
    "{name} has taken this call.": "{name}已接听此来电。", SENTENCES[CallState.ENDED]: "这次通话已结束。",
}
DESK = """
const {error, messages} = %s;
Object.assign(page, {locale: "zh", messages});
globalThis.fetch = async () => ({ok: false, json: async () => ({code: "offline"})});
const { openConversation } = await load("transport/conversation.js");
const { Desk } = await load("pages/studio_desk.js");
const talk = openConversation("/booth", {purpose: "booth", room: "oak"});
talk._socket = {connected: true, timeout: () => ({emitWithAck: async () => ({error})})};
const heard = [];
document.getElementById("notices").say = (words) => heard.push(words);
const call = {id: 1, state: "ringing", kind: "request", requested_at: 1, now: 0, first: [], passed: [],
  buyer: {name: "Kofi"}, answered_by: null, answered_by_id: null, called_by: null, meeting: null};
const desk = new Desk(talk, {mayAnswer: true, me: {id: "a", name: "Ann"}, now: () => 0,
  isOnCamera: () => false, onTalk() {}});
desk.isOnDuty = true;
desk.take(call);
await desk._answer("accept", call);
say(...heard);
"""


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (you_talk(), "您正在通话中，请先结束。"),
        (WrongMoment(CallState.ENDED), "这次通话已结束。"),
        (TAKEN, "Ann {you}已接听此来电。"),
    ],
)
def test_a_refusal_that_comes_by_a_socket_is_read_in_chinese(error: FairError, expected: str) -> None:
    messages = {**Catalogues("en").script("zh"), **IN_CHINESE}
    assert run(DESK % json.dumps({"error": refusal(error), "messages": messages})) == [expected]


def test_programs_read_a_refusal_in_english_with_its_names_in_place() -> None:
    assert refusal(TAKEN)["message"] == TAKEN.message == str(TAKEN) == "Ann {you} has taken this call."
    assert refusal(you_talk()) == {"code": "in_a_call", "message": "You are in a call; end it first."}


def test_a_refusal_on_a_page_has_its_names_in_place() -> None:
    def in_arabic() -> str:
        Catalogues("en").speak("ar")
        return said(Conflict("{name} of nobody's catalogue.", fields={"name": "Ann {you}"}))

    assert copy_context().run(in_arabic) == "Ann {you} of nobody's catalogue."


@pytest.mark.parametrize("domain", locales.DOMAINS)
def test_sentences_that_stand_in_tables_are_collected_for_translation(domain: str) -> None:
    collected = {found.id for found in locales.sentences(domain)}
    assert {*SENTENCES.values(), *appointments.SENTENCES.values(), BROKEN["message"]} <= collected
    assert "{name} has taken this call." in collected
