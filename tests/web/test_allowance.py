"""An address gets its tries per minute and no more."""

from __future__ import annotations

import pytest

from config.errors import Busy
from web.allowance import MAX_ADDRESSES, Allowance


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_tries_over_the_allowance_wait_for_the_next_minute() -> None:
    clock = Clock()
    allowance = Allowance(3, clock)
    for _ in range(3):
        allowance.take("a")
    with pytest.raises(Busy) as refused:
        allowance.take("a")
    assert refused.value.code == "too_many_tries"
    assert 1 <= refused.value.retry_after_seconds <= 61
    allowance.take("b")
    clock.now += 60
    allowance.take("a")


def test_memory_is_bounded_and_the_silent_are_forgotten_first() -> None:
    allowance = Allowance(1, Clock())
    allowance.take("first")
    for number in range(MAX_ADDRESSES):
        allowance.take(str(number))
    allowance.take("first")
    with pytest.raises(Busy):
        allowance.take(str(MAX_ADDRESSES - 1))
