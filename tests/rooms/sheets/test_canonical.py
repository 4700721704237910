"""Canonical JSON: the same value has the same bytes, whoever writes it, and what is inexact is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import Invalid
from rooms.negotiation.sheets.canonical import DEEPEST, canonical, parse, sha256_of

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def test_bytes_are_those_of_the_rfc() -> None:
    """Keys by UTF-16 code units (RFC 8785, section 3.2.3), short escapes, and no blanks."""
    names = ("\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6")
    value = dict.fromkeys(names)
    written = canonical(value).decode()
    assert list(json.loads(written)) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert canonical({"b": [1, "\t\x0f\"\\/"], "a": None}) == b'{"a":null,"b":[1,"\\t\\u000f\\"\\\\/"]}'


@given(VALUES)
def test_value_survives_and_its_bytes_do_not_depend_on_how_it_was_written(value: Any) -> None:
    """Reading and writing again changes nothing, in whatever order the names came."""
    written = canonical(value)
    assert parse(written) == value
    assert canonical(parse(json.dumps(value, indent=3).encode())) == written
    assert sha256_of(value) == sha256_of(parse(written))


@pytest.mark.parametrize("value", [1.5, [float("nan")], {"a": 2**53}, {1: "a"}, {"a": {"b", "c"}}, "\ud800"])
def test_what_has_no_exact_form_is_refused(value: object) -> None:
    """A fraction, a huge number, a set, half a character: none of them gets a hash."""
    with pytest.raises(Invalid) as refused:
        canonical(value)
    assert refused.value.code == "not_canonical"


def test_what_is_nested_deeper_than_every_reader_can_follow_is_refused() -> None:
    deep: object = "1"
    for _ in range(DEEPEST):
        deep = [deep]
    assert canonical(deep) == b"[" * DEEPEST + b'"1"' + b"]" * DEEPEST
    with pytest.raises(Invalid) as refused:
        canonical({"a": deep})
    assert refused.value.code == "not_canonical"


@pytest.mark.parametrize("text", [b'{"a":1,"a":2}', b"[NaN]", b"{", b"\xff", b"[" * 100_000])
def test_what_two_readers_could_read_differently_is_no_json(text: bytes) -> None:
    """A name that stands twice means one thing to one reader and another to the next."""
    with pytest.raises(Invalid) as refused:
        parse(text)
    assert refused.value.code == "not_json"
