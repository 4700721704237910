"""STUN messages are built as ICE wants them, and no bytes make the parser raise anything but its error."""

from __future__ import annotations

import aioice.stun
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media import stun

REQUEST = stun.binding_request("ours:theirs", "secret", nominate=True)


def test_request_is_understood_by_another_implementation() -> None:
    message = aioice.stun.parse_message(REQUEST)
    message.check_message_integrity(b"secret")
    assert message.attributes["USERNAME"] == "ours:theirs"
    assert "USE-CANDIDATE" in message.attributes


def test_answer_is_understood_by_another_implementation() -> None:
    answer = stun.binding_success(stun.parse(REQUEST), ("192.0.2.7", 4711), "secret")
    message = aioice.stun.parse_message(answer)
    message.check_message_integrity(b"secret")
    assert message.attributes["XOR-MAPPED-ADDRESS"] == ("192.0.2.7", 4711)


@pytest.mark.parametrize("address", [("192.0.2.7", 4711), ("2001:db8::7", 65535), ("fe80::1%eth0", 1)])
def test_answer_says_where_the_request_came_from(address: tuple[str, int]) -> None:
    answer = stun.parse(stun.binding_success(stun.parse(REQUEST), address, "secret"))
    assert answer.mapped_address == (address[0].partition("%")[0], address[1])
    assert answer.is_signed_with("secret")


def test_request_carries_what_was_asked() -> None:
    message = stun.parse(REQUEST)
    assert message.username == "ours:theirs"
    assert message.nominates
    assert message.is_signed_with("secret")
    assert not message.is_signed_with("other")


def test_unsigned_message_is_never_authentic() -> None:
    bare = REQUEST[:2] + b"\0\0" + REQUEST[4:20]
    assert not stun.parse(bare).is_signed_with("")
    assert not stun.parse(bare).is_signed_with("secret")


def test_attributes_behind_the_signature_do_not_count() -> None:
    message = stun.parse(stun.binding_request("ours:theirs", "secret"))
    signed = stun.binding_request("ours:theirs", "secret")[:-8]
    forged = signed + b"\0\x25\0\0"
    forged = forged[:2] + (len(forged) - 20).to_bytes(2, "big") + forged[4:]
    assert not message.nominates
    assert not stun.parse(forged).nominates


def test_error_answer_is_signed() -> None:
    answer = stun.parse(stun.binding_error(stun.parse(REQUEST), 487, "Role Conflict", "secret"))
    assert answer.kind == stun.BINDING_ERROR
    assert answer.is_signed_with("secret")


@given(st.binary(max_size=200))
@settings(max_examples=150, deadline=None)
def test_noise_raises_nothing_else(data: bytes) -> None:
    try:
        stun.parse(data)
    except stun.StunError:
        return


@given(st.integers(0, len(REQUEST) - 1), st.integers(0, 255), st.integers(0, len(REQUEST)))
@settings(max_examples=250, deadline=None)
def test_mutants_raise_nothing_else(position: int, value: int, cut: int) -> None:
    mutant = bytearray(REQUEST)
    mutant[position] = value
    for data in (bytes(mutant), bytes(mutant[:cut])):
        try:
            message = stun.parse(data)
            message.is_signed_with("secret")
            assert isinstance(message.username, str)
            with pytest.raises(stun.StunError):
                _ = message.mapped_address
        except stun.StunError:
            continue
