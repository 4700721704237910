"""Packets of a recording come in order, and a hole is waited for no longer than it is worth."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from media.codecs import Codec
from media.recording.feed import FedPacket
from media.recording.reorder import MAX_WAITING, PATIENCE_SECONDS, Reorder


def packet(sequence: int, at: float = 0.0) -> FedPacket:
    return FedPacket(Codec.OPUS, sequence, 0, False, False, b"", at)


def numbers(packets: list[FedPacket]) -> list[int]:
    return [found.sequence for found in packets]


def test_what_comes_in_order_is_not_held() -> None:
    reorder = Reorder()
    assert [numbers(reorder.take(packet(number))) for number in (5, 6, 7)] == [[5], [6], [7]]


def test_a_packet_that_is_sent_again_takes_its_place() -> None:
    reorder = Reorder()
    taken = [numbers(reorder.take(packet(number))) for number in (1, 3, 4, 2, 5)]
    assert taken == [[1], [], [], [2, 3, 4], [5]]


def test_a_hole_is_given_up_after_a_while() -> None:
    reorder = Reorder()
    reorder.take(packet(1))
    assert reorder.take(packet(3, 1.0)) == []
    assert reorder.give_up(1.0 + PATIENCE_SECONDS) == []
    assert numbers(reorder.give_up(1.01 + PATIENCE_SECONDS)) == [3]
    assert reorder.take(packet(2, 2.0)) == [], "too late"
    assert numbers(reorder.take(packet(4, 2.0))) == [4]


def test_a_second_hole_has_patience_of_its_own() -> None:
    reorder = Reorder()
    reorder.take(packet(1))
    reorder.take(packet(3, 1.0))
    reorder.take(packet(5, 1.3))
    assert numbers(reorder.give_up(1.6)) == [3]
    assert numbers(reorder.give_up(1.9)) == [5]


def test_what_waits_is_bounded() -> None:
    reorder = Reorder()
    reorder.take(packet(0))
    taken = [found for number in range(2, MAX_WAITING + 3) for found in reorder.take(packet(number))]
    assert numbers(taken) == list(range(2, MAX_WAITING + 3))


def test_a_hole_that_nobody_fills_is_not_waited_for() -> None:
    """Another publisher, or a pipe that was full for long."""
    reorder = Reorder()
    reorder.take(packet(1))
    reorder.take(packet(3))
    assert numbers(reorder.take(packet(MAX_WAITING + 4))) == [3, MAX_WAITING + 4]


def test_doubles_are_dropped() -> None:
    reorder = Reorder()
    taken = [numbers(reorder.take(packet(number))) for number in (1, 1, 3, 3, 2, 2, 4)]
    assert taken == [[1], [], [], [], [2, 3], [], [4]]


@given(st.integers(0, 2**32))
def test_any_order_comes_out_ascending_and_whole(seed: int) -> None:
    """Whatever the way does within the patience, nothing is lost and nothing comes twice."""
    chance = random.Random(seed)
    sent = [*range(1, 200)]
    order = sorted(sent[1:], key=lambda number: number + chance.uniform(0, 20))
    reorder = Reorder()
    taken = [found for number in (1, *order) for found in reorder.take(packet(number, number / 1000))]
    assert numbers(taken) + numbers(reorder.flush()) == sent
