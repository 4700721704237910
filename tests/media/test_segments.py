"""Runs of packets: what goes into one message, and that nobody gets anything else for it."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from media import rtp
from media.backlog import MediaPacket
from media.codecs import Codec
from media.segments import MAX_PADDING, MAX_SEGMENTS, even, runs


def packet(number: int, size: int) -> MediaPacket:
    """Return a packet with a payload of `size` bytes."""
    return MediaPacket(Codec.H264, 42, number, 1000, False, False, bytes(size))


@given(st.lists(st.integers(1, 1200), max_size=60), st.integers(1, MAX_SEGMENTS))
def test_runs_are_what_the_kernel_can_cut(sizes: list[int], longest: int) -> None:
    """In order, nothing lost, all of one size but the last, which is no larger."""
    packets = [packet(number, size) for number, size in enumerate(sizes)]
    found = [[each.as_rtp(96) for each in run] for run in runs(packets, longest)]
    for run in found:
        assert 1 <= len(run) <= longest
        assert {len(each) for each in run[:-1]} <= {len(run[0])}
        assert len(run[-1]) <= len(run[0])
    read = [rtp.parse(each) for each in itertools.chain(*found)]
    assert [each.sequence for each in read] == list(range(len(sizes)))
    assert [len(each.payload) for each in read] == sizes


def test_parts_of_a_picture_share_a_run() -> None:
    """As encoders cut them: of nearly one size, or of one size with a small rest."""
    near = [packet(number, size) for number, size in enumerate((1180, 1181, 1180, 1181))]
    rest = [packet(number, size) for number, size in enumerate((1200, 1200, 1200, 300))]
    assert [len(run) for run in runs(near)] == [4]
    assert [len(run) for run in runs(rest)] == [4]
    assert [len(run) for run in runs([*rest, *near])] == [4, 4]


def test_padding_is_little() -> None:
    """Packets of different sizes do not blow each other up."""
    padding = [each.padding for run in runs(packet(n, 100 + 20 * n) for n in range(30)) for each in run]
    assert max(padding) > 0
    assert all(0 <= each <= MAX_PADDING for each in padding)


def test_padding_is_read_as_the_standard_has_it() -> None:
    """The last byte says how much there is, and the packet stays what it is when it is sent again."""
    plain = packet(7, 100)
    even([plain, packet(8, 100)], 101)
    assert plain.as_rtp(96)[-1] == plain.padding == 1
    even([plain, packet(8, 100)], 120)
    assert plain.as_rtp(96)[-1] == 20
    assert rtp.parse(plain.as_rtp(96)).payload == plain.payload
