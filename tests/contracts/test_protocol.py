"""docs/protocol.md says what the code does: every event, field, type, state and refusal, both ways."""

from __future__ import annotations

import re
from typing import Any, get_type_hints

import pytest

from rooms.negotiation.states import NEXT, CallState
from signaling import (
    wire,
    wire_appointments,
    wire_asking,
    wire_callroom,
    wire_moments,
    wire_offers,
    wire_programme,
)
from signaling.herald import EndReason
from signaling.protocol import ASKED
from signaling.tickets import Purpose
from signaling.told import TOLD
from signaling.turn import IceServer
from tests.contracts.source import ROOT, python_files, web_files
from web.problems import STATUS_BY_CODE
from web.routes import MEDIA

TEXT = (ROOT / "docs" / "protocol.md").read_text("utf-8")
SNAPSHOTS = {"/hall": "HallSnapshot", "/booth": "BoothSnapshot", "/meeting": "MeetingSnapshot"}
WORDS = {"str": "text", "int": "integer", "float": "number", "bool": "true or false", "NoneType": "null"}
FORM_CODES = {"wrong_password", "sign_in"}
"""Refusals that only people on pages meet."""


def section(heading: str) -> str:
    """Return what stands under a heading, up to the next of its rank or a higher one."""
    rank = heading.index(" ")
    match = re.search(rf"^{re.escape(heading)}$(.*?)(?=^#{{1,{rank}}} |\Z)", TEXT, re.DOTALL | re.MULTILINE)
    assert match, f"no section {heading}"
    return match[1]


def table(heading: str) -> list[list[str]]:
    """Return the cells of the first table under a heading, without its head."""
    rows = re.findall(r"^\|.*\|$", section(heading), re.MULTILINE)[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def names(cell: str) -> tuple[str, ...]:
    """Return what a cell names in code type."""
    return tuple(re.findall(r"`([^`]+)`", cell))


@pytest.mark.parametrize("namespace", ASKED)
def test_every_event_that_is_asked_is_documented(namespace: str) -> None:
    """With its fields and the fields of its answer, in their order."""
    rows = {names(row[0])[0]: (names(row[1]), names(row[2])) for row in table(f"#### Asked in {namespace}")}
    assert rows == {event: (asked.fields, asked.answers) for event, asked in ASKED[namespace].items()}


@pytest.mark.parametrize("namespace", TOLD)
def test_every_event_that_is_told_is_documented(namespace: str) -> None:
    """With its fields, in their order; a snapshot by the name of its object."""
    rows = {names(row[0])[0]: names(row[1]) or row[1] for row in table(f"#### Told in {namespace}")}
    assert rows.pop("snapshot") == SNAPSHOTS[namespace]
    expected = {event: fields or "" for event, fields in TOLD[namespace].items() if event != "snapshot"}
    assert rows == expected


def objects() -> dict[str, Any]:
    """Return every shape of the wire by the name the page gives it."""
    modules = (
        wire, wire_appointments, wire_asking, wire_callroom, wire_moments, wire_offers, wire_programme,
    )
    named = {name: value for module in modules for name, value in vars(module).items()}
    shapes = {name: kind for name, kind in named.items() if hasattr(kind, "__required_keys__")}
    return {name.removesuffix("Data"): kind for name, kind in {**shapes, "IceServer": IceServer}.items()}


def test_every_object_is_documented() -> None:
    """No more and no fewer."""
    assert set(re.findall(r"^#### (\w+)$", section("### Objects"), re.MULTILINE)) == set(objects())


@pytest.mark.parametrize("name", objects())
def test_fields_of_an_object_have_their_types(name: str) -> None:
    """In their order."""
    rows = [(names(row[0])[0], row[1]) for row in table(f"#### {name}")]
    assert rows == [(field, words(hint)) for field, hint in get_type_hints(objects()[name]).items()]


def words(hint: Any) -> str:
    """Return a type as the page says it."""
    if parts := getattr(hint, "__args__", None):
        if getattr(hint, "__origin__", None) is list:
            return f"list of {words(parts[0])}"
        return " or ".join(words(part) for part in parts)
    name: str = hint.__name__
    return WORDS.get(name, name.removesuffix("Data"))


def test_states_of_a_call_are_those_of_the_table() -> None:
    """What leads out of each, and where to."""
    rows = {
        names(row[0])[0]: set(re.findall(r"(\w+): `(\w+)`", row[1])) for row in table("### A call's states")
    }
    expected: dict[str, set[tuple[str, str]]] = {state.value: set() for state in CallState}
    for (state, event), after in NEXT.items():
        expected[state.value].add((event.value, after.value))
    assert rows == expected


def test_refusals_of_programs_stand_under_their_status() -> None:
    """Codes with a status of their own, wherever a program may meet them."""
    documented = {
        code: {int(number) for number in re.findall(r"\d+", row[0])}
        for row in table("### Refusals")
        for code in names(row[1])
    }
    for code, status in STATUS_BY_CODE.items():
        if code not in FORM_CODES:
            assert status in documented.get(code, set()), code


def test_documented_codes_exist() -> None:
    """A code that the page names is raised somewhere."""
    source = "".join(path.read_text("utf-8") for path in python_files())
    for row in table("### Refusals"):
        for code in names(row[1]):
            assert f'"{code}"' in source, code


def test_purposes_and_reasons_are_named() -> None:
    """Tickets and the ends of meetings."""
    assert {names(row[0])[0] for row in table("## Tickets")} == {purpose.value for purpose in Purpose}
    ended = next(row for row in table("#### Told in /meeting") if row[0] == "`ended`")
    assert set(names(ended[2])) == {reason.value for reason in EndReason}


def test_methods_of_the_doors_are_documented() -> None:
    """Each method that a door answers."""
    said = " ".join(row[0] for row in table("## WHIP and WHEP"))
    for method in {route.method for route in MEDIA}:
        assert f"`{method}" in said or f"{method}`" in said


def test_pages_listen_to_events_that_are_told() -> None:
    """The browser's side waits for nothing that nobody sends, and for more than nothing."""
    told, heard = {event for events in TOLD.values() for event in events}, set[str]()
    for path in web_files(".js"):
        for event in re.findall(r"(?:talk|conversation)\.on\(\"(\w+)\"", path.read_text("utf-8")):
            assert event in told, f"{path.name}: {event}"
            heard.add(event)
    assert heard >= {"snapshot", "ring", "signal"}
