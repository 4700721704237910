"""What a publisher really encodes arrives whole, starts viewers at its keyframes and becomes a still."""

from __future__ import annotations

import asyncio
import io
import os

import pytest
from PIL import Image

from config.errors import Invalid
from media import av1
from media.backlog import Backlog, MediaPacket
from media.codecs import Codec, begins_keyframe, vp9_descriptor_bytes
from media.keyframes import Keyframe, assemble, picture_size
from media.thumbnails import Thumbnailer
from tests.media.peer import VIDEO, Peer
from tests.media.pictures import HEIGHT, WIDTH, decode, encode, packetize
from tests.media.world import World, world

COUNT, EVERY = 24, 10
NAMES = {"av1": "AV1/90000", "vp9": "VP9/90000"}
CODECS = [("av1", True), ("av1", False), ("vp9", True)]


def join(codec: str, payloads: list[bytes]) -> bytes:
    return av1.join(payloads) if codec == "av1" else b"".join(p[vp9_descriptor_bytes(p) :] for p in payloads)


def pictures_of(codec: str, viewer: Peer) -> list[bytes]:
    """Return what a viewer got, put together picture by picture."""
    stamps = dict.fromkeys(p.timestamp for p in viewer.video())
    return [join(codec, [p.payload for p in viewer.video() if p.timestamp == stamp]) for stamp in stamps]


async def go_on_air(w: World, codec: str) -> Peer:
    peer = w.peer("sendonly")
    answered = await w.relay.publish("room", peer.offer(video=NAMES[codec]), "192.0.2.1")
    assert f"a=rtpmap:{VIDEO} {NAMES[codec]}" in answered.sdp
    return await peer.connect(answered.sdp)


async def send(
    peer: Peer, packets: list[list[bytes]], first: int = 0, number: int = 0, viewer: Peer | None = None,
) -> int:
    """Send pictures, no faster than `viewer` takes them; return the number of the packet after the last."""
    for picture, payloads in enumerate(packets, first):
        for payload in payloads:
            is_last = payload is payloads[-1]
            peer.send(VIDEO, number, payload, timestamp=picture * 3600, marker=is_last)
            number += 1
        if viewer is None:
            await asyncio.sleep(0.002)
        else:
            await seen(viewer, number)
    return number


async def seen(viewer: Peer, packets: int) -> None:
    """Wait until a viewer has so many packets of the picture."""
    await viewer.until(lambda: len(viewer.video()) == packets)


def test_encoding_leaves_this_process_its_priority() -> None:
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    encode("av1", 1)
    assert (os.sched_getscheduler(0), os.sched_getparam(0)) == before


@pytest.mark.parametrize(("codec", "counted"), CODECS)
async def test_real_pictures_arrive_and_decode_and_late_viewers_begin_at_a_keyframe(
    codec: str, counted: bool
) -> None:
    packets = [packetize(codec, picture, counted=counted) for picture in encode(codec, COUNT, every=EVERY)]
    assert sum(map(len, packets)) > 2 * COUNT
    async with world(stall_seconds=60.0) as w:  # a busy machine is no publisher who went away
        publisher = await go_on_air(w, codec)
        number = await send(publisher, packets[:1])
        await w.events.until("live", "room")
        early = await w.viewer(video=NAMES[codec])
        number = await send(publisher, packets[1:-1], 1, number, early)
        total = sum(map(len, packets[:-1]))
        late = await w.viewer(video=NAMES[codec])
        await send(publisher, packets[-1:], COUNT - 1, number)
        await early.until(lambda: len(early.video()) == total + len(packets[-1]))
        await late.until(lambda: len(late.video()) == sum(map(len, packets[2 * EVERY :])))
        assert decode(codec, pictures_of(codec, early)) == COUNT
        assert decode(codec, pictures_of(codec, late)) == COUNT - 2 * EVERY
        facts = w.relay.facts("room")
        assert facts
        assert (facts.codec, facts.width, facts.height) == (codec, WIDTH, HEIGHT)
        await still_is_made(w.relay.keyframe("room"))


async def still_is_made(frame: Keyframe | None) -> None:
    assert frame
    thumbnailer = Thumbnailer()
    jpeg = await thumbnailer.jpeg(frame, 160)
    await thumbnailer.close()
    assert jpeg
    assert Image.open(io.BytesIO(jpeg)).size == (160, 88)


@pytest.mark.parametrize("codec", NAMES)
def test_only_keyframes_begin_one(codec: str) -> None:
    for index, picture in enumerate(encode(codec, 2 * EVERY, every=EVERY)):
        payloads = packetize(codec, picture)
        found = [begins_keyframe(Codec(codec), payload) for payload in payloads]
        assert found == [index % EVERY == 0] + [False] * (len(payloads) - 1)


def test_torn_obus_are_left_out_and_the_rest_is_kept() -> None:
    whole, torn = b"\x30" + b"w" * 9, b"\x30" + b"t" * 9
    unit = b"\x12\x00\x32\x09" + b"w" * 9
    first, rest = b"\x58" + torn[:5], b"\x90" + torn[5:]
    assert av1.join([b"\x18" + whole]) == unit
    assert av1.join([b"\x50" + whole[:4], b"\x90" + whole[4:]]) == unit
    assert av1.join([first, b"\x10" + whole]) == unit, "the rest never came"
    assert av1.join([rest, b"\x10" + whole]) == unit, "the beginning never came"
    assert av1.join([b"\xd0" + torn[5:], b"\x90", b"\x10" + whole]) == unit
    assert av1.join([b"\x10" + whole, first]) == unit
    assert av1.join([b"\x10\x12\x00", b"\x00\x02\x12\x00\x0a" + whole + b"\x7f"]) == unit
    for payload in (b"\x10", b"\x00\xff\xff", b"\x10\x12\x00", b"\x50\x30", b"\x90\x30", b"\x10\xb0x"):
        assert av1.join([payload]) == b""


def test_picture_size_is_read_behind_everything_a_sequence_header_may_have() -> None:
    """Timing, a model of the decoder, and operating points with and without it."""
    timing = "1" + "0" * 64 + "1" "00101" + "1" "00111" + "0" * 32 + "01001" "01001"
    with_model = "000000000001" "01001" "1" + "1" + "0" * 17 + "1" "0101"
    without = "000000000000" "00101" "0" "0"
    size = "0111" "0111" + f"{199:08b}{149:08b}"
    payload = as_bytes("000" "0" "0" + timing + "1" "00001" + with_model + without + size)
    unit = bytes([0x12, 0, 0x0A, len(payload)]) + payload
    assert picture_size(Keyframe("av1", unit)) == (200, 150)
    for end in range(len(unit) - 2):
        assert picture_size(Keyframe("av1", unit[:end])) is None
    still = as_bytes("000" "1" "1" "00000" + "0111" "0111" + f"{63:08b}{47:08b}")
    assert picture_size(Keyframe("av1", bytes([0x0E, 0, 5]) + still)) == (64, 48)


def as_bytes(bits: str) -> bytes:
    size = -(-len(bits) // 8)
    return int(bits.ljust(8 * size, "0"), 2).to_bytes(size, "big")


def test_a_unit_without_sequence_header_has_no_size() -> None:
    backlog = Backlog(16)
    backlog.store(MediaPacket(Codec.AV1, 1, 0, 1, True, True, b"\x18\x30abc"))
    frame = assemble(backlog, 0)
    assert frame == Keyframe("av1", b"\x12\x00\x32\x03abc")
    assert frame
    assert picture_size(frame) is None


async def test_a_viewer_without_av1_is_told_so() -> None:
    packets = [packetize("av1", encode("av1", 1)[0])]
    async with world() as w:
        await send(await go_on_air(w, "av1"), packets)
        await w.events.until("live", "room")
        with pytest.raises(Invalid, match="AV1") as refusal:
            await w.viewer(video="VP8/90000")
        assert refusal.value.code == "sdp_no_common_codec"
