"""Runs of packets: what goes into one message, and that nobody gets anything else for it."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from media import rtp
from media.segments import MAX_PADDING, MAX_SEGMENTS, padded, runs


def packet(number: int, size: int) -> bytes:
    """Return an RTP packet of `size` bytes in all."""
    return rtp.build(96, False, number, 1000, 42, bytes(size - 12))


@given(st.lists(st.integers(20, 1200), max_size=60), st.integers(1, MAX_SEGMENTS))
def test_runs_are_what_the_kernel_can_cut(sizes: list[int], longest: int) -> None:
    """In order, nothing lost, all of one size but the last, which is no larger."""
    packets = [packet(number, size) for number, size in enumerate(sizes)]
    found = list(runs(packets, longest))
    for run in found:
        assert 1 <= len(run) <= longest
        assert {len(each) for each in run[:-1]} <= {len(run[0])}
        assert len(run[-1]) <= len(run[0])
    read = [rtp.parse(each) for each in itertools.chain(*found)]
    assert [each.sequence for each in read] == list(range(len(sizes)))
    assert [each.payload for each in read] == [rtp.parse(each).payload for each in packets]


def test_parts_of_a_picture_share_a_run() -> None:
    """As encoders cut them: of nearly one size, or of one size with a small rest."""
    near = [packet(number, size) for number, size in enumerate((1180, 1181, 1180, 1181))]
    rest = [packet(number, size) for number, size in enumerate((1200, 1200, 1200, 300))]
    assert [len(run) for run in runs(near)] == [4]
    assert [len(run) for run in runs(rest)] == [4]
    assert [len(run) for run in runs([*rest, *near])] == [4, 4]


def test_padding_is_little() -> None:
    """Packets of different sizes do not blow each other up."""
    sizes = [len(each) for run in runs(packet(n, 100 + 20 * n) for n in range(30)) for each in run]
    assert all(0 <= size - (100 + 20 * n) <= MAX_PADDING for n, size in enumerate(sizes))


def test_padding_is_read_as_the_standard_has_it() -> None:
    """The last byte says how much there is."""
    plain = packet(7, 100)
    assert padded(plain, 100) is plain
    assert padded(plain, 101)[-1] == 1
    assert rtp.parse(padded(plain, 120)).payload == rtp.parse(plain).payload
