"""What is fuzzed: each target takes any bytes and lets nothing out but the error its reader promises.

A target also checks what is worth more than not crashing: that output is bounded by the input, and that what
was read can be written and read again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from config.errors import Invalid
from media import codecs, fragment, keyframes, rtcp, rtp, sdp, stun
from media.backlog import Backlog, MediaPacket
from media.codecs import Codec, Kind
from media.recording import mp4
from media.recording.frames import FrameAssembler
from media.recording.tracks import VideoTrack
from media.sdp_answer import Bitrates, Host, answer_publisher, answer_viewer
from media.sdp_choice import choose_for_publisher, choose_for_viewer
from media.srtp import MAX_PACKET_BYTES

CORPUS = Path(__file__).parent / "corpus"
HOST = Host(("192.0.2.1",), 8189, "ufrag", "password", "AB:" * 31 + "AB", with_tcp=True)
SSRCS = {Kind.AUDIO: (1, 2), Kind.VIDEO: (3, 4)}


def fuzz_stun(data: bytes) -> None:
    """A datagram whose first byte says STUN, from anybody."""
    try:
        message = stun.parse(data)
    except stun.StunError:
        return
    assert len(message.attributes) <= stun.MAX_ATTRIBUTES
    message.is_signed_with("password")
    assert len(message.username) <= len(data)
    with contextlib.suppress(stun.StunError):
        assert 0 <= message.mapped_address[1] <= 0xFFFF
    answer = stun.binding_success(message, ("192.0.2.1", 9), "password")
    assert len(answer) <= 128, "nobody is sent more than a little"
    assert stun.parse(answer).transaction == message.transaction


def fuzz_rtp(data: bytes) -> None:
    """A packet that was authentic and decrypted."""
    for number in (0, 4, 200):
        assert len(rtp.extension_element(data, number) or b"") <= len(data)
    try:
        packet = rtp.parse(data)
    except rtp.RtpError:
        return
    assert len(packet.payload) <= len(data) - rtp.HEADER_BYTES
    built = rtp.build(packet.payload_type, packet.marker, packet.sequence, packet.timestamp, packet.ssrc,
                      packet.payload)
    assert rtp.parse(built) == packet
    try:
        again = rtp.unwrap_retransmission(packet, 96, 1)
    except rtp.RtpError:
        return
    assert rtp.wrap_retransmission(again.payload, again.sequence) == packet.payload


def fuzz_rtcp(data: bytes) -> None:
    """A compound packet that was authentic and decrypted."""
    try:
        parts = rtcp.parse(data)
    except rtcp.RtcpError:
        return
    assert len(parts) <= len(data) // 4
    for part in parts:
        if isinstance(part, rtcp.Nack):
            assert len(part.lost) <= min(rtcp.MAX_LOST, 17 * len(data) // 4)
        if isinstance(part, rtcp.Reception):
            assert rtcp.parse(rtcp.receiver_report(part.ssrc, part.blocks, "x"))[0] == part


def fuzz_sdp(data: bytes) -> None:
    """The body of a POST to WHIP or WHEP."""
    text = data.decode("utf-8", "replace")
    try:
        choice = choose_for_publisher(sdp.read_offer(text))
        answer_publisher(choice, HOST, Bitrates(1000, 2000))
    except Invalid as refusal:
        assert refusal.code.startswith("sdp_")
    try:
        choice = choose_for_viewer(sdp.read_offer(text), Codec.H264)
        answer = answer_viewer(choice, HOST, SSRCS, "show")
    except Invalid as refusal:
        assert refusal.code.startswith("sdp_")
        return
    assert len(answer) < 4 * len(text) + 4096


def fuzz_fragment(data: bytes) -> None:
    """The body of a PATCH."""
    try:
        asked = fragment.read_fragment(data.decode("utf-8", "replace"))
        asked.check_credentials()
    except Invalid as refusal:
        assert refusal.code.startswith("sdp_")
        return
    written = fragment.read_fragment(fragment.write_fragment(asked, HOST))
    assert (written.ufrag, written.password) == (HOST.ufrag, HOST.password)


def fuzz_payload(data: bytes) -> None:
    """The payloads of a picture in each codec."""
    payloads = _payloads(data)
    for codec in (codec for codec in Codec if codec.kind is Kind.VIDEO):
        backlog = Backlog(64)
        for number, payload in enumerate(payloads[:64]):
            begins = codecs.begins_keyframe(codec, payload)
            backlog.store(MediaPacket(codec, 1, number, 1, number == len(payloads) - 1, begins, payload))
        frame = keyframes.assemble(backlog, max(backlog.keyframe, 0))
        if frame is not None:
            assert len(frame.data) <= 8 * sum(map(len, payloads)) + 64
            pixels = keyframes.picture_size(frame)
            assert pixels is None or 0 < min(pixels) <= max(pixels) <= keyframes.MAX_SIDE, pixels


def fuzz_frames(data: bytes) -> None:
    """The payloads of a show that is recorded, in each codec; every other one is the last of its frame."""
    payloads = _payloads(data)[:64]
    for codec in (codec for codec in Codec if codec.kind is Kind.VIDEO):
        assembler = FrameAssembler(codec)
        for number, payload in enumerate(payloads):
            begins = codecs.begins_keyframe(codec, payload)
            packet = MediaPacket(codec, 1, number, number // 2, bool(number % 2), begins, payload)
            frame = assembler.take(packet)
            if frame is None or not frame.is_keyframe:
                continue
            assert 0 < min(frame.width, frame.height) <= max(frame.width, frame.height) <= keyframes.MAX_SIDE
            if codec is not Codec.VP8:
                assert mp4.init(VideoTrack(codec, frame.record, frame.width, frame.height), None)


def _payloads(data: bytes) -> list[bytes]:
    """Cut lengths of two bytes, each followed by a payload."""
    payloads = []
    while len(data) >= 2:
        size = int.from_bytes(data[:2], "big") % 1500
        payloads.append(data[2 : 2 + size])
        data = data[2 + size :]
    return payloads


TARGETS: dict[str, Callable[[bytes], None]] = {
    "stun": fuzz_stun, "rtp": fuzz_rtp, "rtcp": fuzz_rtcp, "sdp": fuzz_sdp, "fragment": fuzz_fragment,
    "payload": fuzz_payload, "frames": fuzz_frames,
}
LONGEST = {"stun": stun.MAX_BYTES, "rtp": MAX_PACKET_BYTES, "rtcp": MAX_PACKET_BYTES, "sdp": sdp.MAX_BYTES,
           "fragment": fragment.MAX_BYTES, "payload": 64 * 1500, "frames": 64 * 1500}
"""Bytes that each reader looks at before it refuses for the length alone."""


def corpus(target: str) -> list[bytes]:
    """Return the inputs kept for a target: what is well formed, and what once found a bug."""
    return [path.read_bytes() for path in sorted((CORPUS / target).iterdir())]
