"""Whatever comes, readers return or raise the error they promise; `make soak` looks for longer."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import LONGEST, TARGETS, corpus

EXAMPLES = 300
MAX_SECONDS = 0.3
"""Of CPU time, on the slowest machine that tests run on; what is quadratic would take seconds."""


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_kept_in_the_corpus_does_no_harm(target: str) -> None:
    inputs = corpus(target)
    assert len(inputs) >= 3
    for data in [*inputs, b""]:
        TARGETS[target](data)


@pytest.mark.threat("D4")
@pytest.mark.parametrize("target", TARGETS)
@given(data=st.binary(max_size=1500))
@settings(max_examples=EXAMPLES, deadline=None)
def test_any_bytes(target: str, data: bytes) -> None:
    TARGETS[target](data)


@pytest.mark.threat("T11", "D3")
@pytest.mark.parametrize("target", TARGETS)
@given(seed=st.integers(0, 2**32), changes=st.integers(1, 8))
@settings(max_examples=EXAMPLES, deadline=None)
def test_what_is_almost_right(target: str, seed: int, changes: int) -> None:
    """Well-formed inputs with a few bytes changed, moved, doubled or cut off."""
    TARGETS[target](mutated(corpus(target), random.Random(seed), changes))


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_as_long_as_may_be_takes_no_time(target: str) -> None:
    """Every input of the corpus, and every line or word of it, over and over."""
    for data in corpus(target):
        for piece in (data, data[: len(data) // 2], data[-4:], data.splitlines(keepends=True)[-1]):
            whole = (data + piece * (LONGEST[target] // len(piece)))[: LONGEST[target]]
            assert min(seconds_for(target, whole) for _ in range(3)) < MAX_SECONDS


def seconds_for(target: str, data: bytes) -> float:
    started = time.process_time()
    TARGETS[target](data)
    return time.process_time() - started


def mutated(inputs: list[bytes], rng: random.Random, changes: int) -> bytes:
    """Return one of the inputs after so many changes."""
    data = bytearray(rng.choice(inputs))
    for _ in range(changes):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(5):
            case 0:
                del data[at:]
            case 1:
                data[at : at + rng.randrange(9)] = rng.randbytes(rng.randrange(9))
            case 2:
                end = at + rng.randrange(200)
                data[at:at] = data[at:end]
            case 3:
                other = rng.choice(inputs)
                data[at:] = other[rng.randrange(len(other) + 1) :]
            case _ if at < len(data):
                data[at] = rng.choice((0, 1, 127, 128, 255, data[at] ^ 1 << rng.randrange(8)))
            case _:
                data += b"\0"
    return bytes(data[:70_000])
