"""Each decision in Redis is one Lua file whose header says what it is given and what it returns."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.source import ROOT, name_of

SCRIPTS = sorted((ROOT / "rooms").rglob("*.lua"))
WRITES_WHEN_FULL = "#!lua flags=allow-oom"
"""The line before the header of a script that may write when the store is out of memory."""
HEADER = re.compile(r"-- (?P<name>[a-z_]+): \S.+\.$")


def header_of(script: Path) -> list[str]:
    """Return the comment lines a script begins with."""
    lines = script.read_text("utf-8").removeprefix(f"{WRITES_WHEN_FULL}\n").splitlines()
    length = next((n for n, line in enumerate(lines) if not line.startswith("--")), len(lines))
    return lines[:length]


def test_only_what_calls_need_is_written_when_memory_is_full() -> None:
    """Chat and presence are refused then; who is on duty decides whether anybody can be called."""
    writing = {script.stem for script in SCRIPTS if script.read_text("utf-8").startswith(WRITES_WHEN_FULL)}
    calls = {script.stem for script in SCRIPTS if script.parent.parent.name == "negotiation"}
    assert writing == calls | {"take_duty", "renew_duty"}


def test_scripts_are_found() -> None:
    """An empty list would make the other tests of this file pass for nothing."""
    assert SCRIPTS


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_script_begins_with_its_name_and_a_sentence(script: Path) -> None:
    """`-- take_call: give the caller …` stands in take_call.lua."""
    header = header_of(script)
    sentence = " ".join([header[0], *(line[2:].strip() for line in header[1:])]).split("KEYS")[0].strip()
    found = HEADER.match(sentence)
    assert found, f"the first line is {header[0]!r}"
    assert found["name"] == script.stem


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_script_says_what_goes_in_and_out(script: Path) -> None:
    """The header names every key and argument by its number, and what is returned."""
    header = "\n".join(header_of(script))
    body = script.read_text("utf-8")
    assert "KEYS" in header
    assert re.search(r"^-- returns \S", header, re.MULTILINE)
    keys, _, arguments = header.partition("KEYS")[2].partition("ARGV")
    for kind, described in (("KEYS", keys), ("ARGV", arguments)):
        used = {int(number) for number in re.findall(rf"{kind}\[(\d+)\]", body)}
        missing = {number for number in used if not re.search(rf"\b{number}\b", described)}
        assert not missing, f"{kind} {missing} are not described"


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_script_is_given_the_time_and_every_key(script: Path) -> None:
    """A script neither reads a clock nor makes up key names: both are arguments."""
    body = script.read_text("utf-8")
    assert not re.search(r"call\(\s*['\"]time['\"]", body, re.IGNORECASE)
    assert not re.search(r"redis\.p?call\(\s*['\"]\w+['\"]\s*,\s*['\"]", body)
