"""RTP, RTCP and payload formats are read as the RFCs have them, and no bytes raise odd exceptions."""

from __future__ import annotations

import contextlib
import struct
from typing import Any

import aiortc.rtp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media import codecs, rtcp, rtp
from media.backlog import Backlog, MediaPacket
from media.codecs import Codec, begins_keyframe
from media.keyframes import Keyframe, assemble, picture_size

BLOCK = rtcp.ReportBlock(7, 12, -3, 70000, 5, 6, 7)
RTCP = (rtcp.sender_report(rtcp.SenderReport(1, rtcp.ntp_time(1.5), 2, 3, 4), "name")
        + rtcp.receiver_report(1, [BLOCK], "name") + rtcp.nack(1, 2, [5, 6, 21, 22, 65535, 0])
        + rtcp.picture_loss(1, 2) + rtcp.bitrate_limit(1, 4_000_000, [2, 3]))
RTP = rtp.build(96, True, 65537, 5, 6, b"payload")


def test_what_is_built_is_read_again() -> None:
    assert rtp.parse(RTP) == rtp.RtpPacket(96, True, 1, 5, 6, b"payload")
    report, nack, request = [p for p in rtcp.parse(RTCP) if not isinstance(p, rtcp.Reception)]
    assert report == rtcp.SenderReport(1, rtcp.ntp_time(1.5), 2, 3, 4)
    assert nack == rtcp.Nack(2, (5, 6, 21, 22, 65535, 0))
    assert request == rtcp.KeyframeRequest(2)
    assert rtcp.Reception(1, (BLOCK,)) in rtcp.parse(RTCP)


def test_what_is_built_is_read_by_another_implementation() -> None:
    parts: list[Any] = list(aiortc.rtp.RtcpPacket.parse(RTCP))
    assert [type(p).__name__[4:-6] for p in parts] == ["Sr", "Sdes", "Rr", "Sdes", "Rtpfb", "Psfb", "Psfb"]
    assert [n & 0xFFFF for n in parts[4].lost] == [5, 6, 21, 22, 65535, 0]
    assert aiortc.rtp.unpack_remb_fci(parts[6].fci) == (4_000_000, [2, 3])
    assert parts[2].reports[0].packets_lost == -3


def test_every_entry_of_a_full_intra_request_is_read() -> None:
    """A receiver of several pictures asks for all of them in one; what is torn behind them is none."""
    entries = b"".join(struct.pack("!IB3x", ssrc, 9) for ssrc in (7, 2))
    head = struct.pack("!BBHII", 0x80 | rtcp.FIR_FORMAT, rtcp.PAYLOAD_FEEDBACK, 2 + 5, 1, 0)
    assert rtcp.parse(head + entries + bytes(4)) == [rtcp.KeyframeRequest(7), rtcp.KeyframeRequest(2)]


def test_extensions_sources_and_padding_are_read_over() -> None:
    packet = bytes([0xB2, 0xE0]) + RTP[2:12] + bytes(8) + struct.pack("!HH", 0xBEDE, 1) + bytes(4)
    assert rtp.parse(packet + b"payload" + b"\0\0\3") == rtp.RtpPacket(96, True, 1, 5, 6, b"payload")
    for torn in (packet[:15], packet[:22], RTP[:11], b"\x40" + RTP[1:], b"\xa0" + RTP[1:12] + b"\0"):
        with pytest.raises(rtp.RtpError):
            rtp.parse(torn)


def extended(form: int, elements: bytes) -> bytes:
    """Return a packet with one contributing source and a header extension, padded as it has to be."""
    elements += bytes(-len(elements) % 4)
    head = bytes([0x91]) + RTP[1:12] + bytes(4) + struct.pack("!HH", form, len(elements) // 4)
    return head + elements + b"payload"


def test_header_extensions_are_read_in_both_forms() -> None:
    short = extended(0xBEDE, b"\x10\xaa\0\x42abc" + b"\x50\x07")
    found = [rtp.extension_element(short, number) for number in (1, 4, 5, 6)]
    assert found == [b"\xaa", b"abc", b"\x07", None]
    long = extended(0x1000, b"\x04\x03abc\0\x20\0")
    assert [rtp.extension_element(long, number) for number in (4, 32, 5)] == [b"abc", b"", None]
    assert rtp.extension_element(RTP, 4) is None
    assert rtp.extension_element(extended(0x1234, b"\x42abc"), 4) is None


@given(st.integers(0, 15), st.binary(max_size=40), st.sampled_from([0xBEDE, 0x1000, 0x1003, 0]))
def test_torn_header_extensions_hold_nothing(number: int, elements: bytes, form: int) -> None:
    for end in range(12, len(extended(form, elements))):
        found = rtp.extension_element(extended(form, elements)[:end], number)
        assert found is None or len(found) <= len(elements) + 3


def test_retransmission_is_unwrapped() -> None:
    again = rtp.RtpPacket(97, True, 900, 5, 22, b"\x01\x02payload")
    assert rtp.unwrap_retransmission(again, 96, 21) == rtp.RtpPacket(96, True, 258, 5, 21, b"payload")


def test_a_huge_nack_is_read_to_a_bound() -> None:
    body = struct.pack("!II", 1, 2) + b"\0\0\xff\xff" * 290
    packet = struct.pack("!BBH", 0x81, 205, len(body) // 4) + body
    (nack,) = rtcp.parse(packet)
    assert isinstance(nack, rtcp.Nack)
    assert len(nack.lost) <= rtcp.MAX_LOST


@given(st.binary(max_size=120))
@settings(max_examples=200, deadline=None)
def test_noise_raises_nothing_else(data: bytes) -> None:
    for first in (data, b"\x80" + data, b"\x81\xcd" + data):
        _read_all(first)


@given(st.integers(0, len(RTCP) - 1), st.integers(0, 255), st.integers(0, len(RTCP)))
@settings(max_examples=250, deadline=None)
def test_mutants_raise_nothing_else(position: int, value: int, cut: int) -> None:
    for good in (RTCP, RTP):
        mutant = bytearray(good)
        mutant[position % len(good)] = value
        _read_all(bytes(mutant))
        _read_all(bytes(mutant[:cut]))


@given(st.sampled_from(list(Codec)), st.lists(st.binary(max_size=60), max_size=4))
@settings(max_examples=200, deadline=None)
def test_no_payload_upsets_the_readers(codec: Codec, payloads: list[bytes]) -> None:
    backlog = Backlog(16)
    for number, payload in enumerate(payloads):
        begins = begins_keyframe(codec, payload)
        last = number == len(payloads) - 1
        backlog.store(MediaPacket(codec, 1, number, 1, last, begins, payload))
        if payload:
            assert codecs.vp8_descriptor_bytes(payload) >= 1
            assert codecs.vp9_descriptor_bytes(payload) >= 1
    frame = assemble(backlog, 0)
    if frame:
        picture_size(frame)


@pytest.mark.parametrize(("codec", "payload", "begins"), [
    (Codec.H264, "65b8", True), (Codec.H264, "6742", True), (Codec.H264, "41e0", False),
    (Codec.H264, "7c85b8", True), (Codec.H264, "7c05b8", False), (Codec.H264, "7c81b8", False),
    (Codec.H264, "18000267420002 68ce000265b8", True), (Codec.H264, "18000241e0", False),
    (Codec.VP8, "1000", True), (Codec.VP8, "1001", False), (Codec.VP8, "0000", False),
    (Codec.VP8, "90e0800100e100", True), (Codec.VP8, "90e0800100e101", False), (Codec.VP8, "90", False),
    (Codec.VP9, "8881020000", True), (Codec.VP9, "c8810200", False), (Codec.VP9, "80810200", False),
    (Codec.VP9, "a881020200", False), (Codec.VP9, "a881020000", True), (Codec.OPUS, "78", True),
    (Codec.AV1, "180a", True), (Codec.AV1, "48", True), (Codec.AV1, "10", False), (Codec.AV1, "d0", False),
    (Codec.AV1, "98", False), (Codec.AV1, "00", False),
])
def test_keyframes_are_known_by_their_first_packet(codec: Codec, payload: str, begins: bool) -> None:
    assert begins_keyframe(codec, bytes.fromhex(payload)) is begins


def test_h264_keyframe_is_put_together_from_parameter_sets_and_fragments() -> None:
    backlog = Backlog(16)
    payloads = ["41aa", "18 0002 6742 0002 68ce", "7c8501", "7c0502", "7c4503"]
    for number, text in enumerate(payloads):
        payload = bytes.fromhex(text)
        begins = begins_keyframe(Codec.H264, payload)
        packet = MediaPacket(Codec.H264, 1, number, min(number, 1), number in (0, 4), begins, payload)
        backlog.store(packet)
    assert backlog.keyframe == 1
    whole = bytes.fromhex("000000016742 0000000168ce 0000000165010203")
    assert assemble(backlog, 1) == Keyframe("h264", whole)
    assert backlog.packets_since_keyframe == 4


def test_a_keyframe_with_a_hole_is_none() -> None:
    backlog = Backlog(16)
    for number in (0, 2):
        backlog.store(MediaPacket(Codec.VP8, 1, number, 1, number == 2, number == 0, b"\x10\x00"))
    assert assemble(backlog, 0) is None


def test_backlog_forgets_the_oldest_and_takes_late_ones_once() -> None:
    backlog = Backlog(16)
    packets = [MediaPacket(Codec.OPUS, 1, n, n, True, False, b"x") for n in range(40)]
    assert all(backlog.store(p) for p in packets[:20] + packets[21:])
    assert backlog.get(20) is None
    assert not backlog.store(packets[20])
    assert not backlog.store(packets[39])
    assert backlog.get(30) == packets[30]
    assert backlog.find(39) == packets[39]
    assert backlog.find(60000) is None


def _read_all(data: bytes) -> None:
    with contextlib.suppress(rtp.RtpError):
        rtp.parse(data)
    with contextlib.suppress(rtcp.RtcpError):
        rtcp.parse(data)
