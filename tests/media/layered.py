"""A publisher that sends its picture in several sizes at once, each packet bearing the name of its size."""

from __future__ import annotations

import secrets
import struct

from media.sdp import REPAIRED_RID_EXTENSION, RID_EXTENSION
from tests.media.peer import AGAIN, VIDEO, Peer
from tests.media.world import World

NAMED, NAMED_AGAIN = 4, 5
SIZES = {"q": (320, 180), "h": (640, 360), "f": (1280, 720)}


def simulcast(rids: tuple[str, ...] = tuple(SIZES)) -> str:
    """Return what an offer says of it."""
    lines = [f"a=extmap:{NAMED} {RID_EXTENSION}", f"a=extmap:{NAMED_AGAIN} {REPAIRED_RID_EXTENSION}"]
    lines += [f"a=rid:{rid} send" for rid in rids]
    return "".join(f"{line}\r\n" for line in [*lines, f"a=simulcast:send {';'.join(rids)}"])


def key(rid: str, text: bytes = b"") -> bytes:
    """Return a VP8 payload that begins a keyframe of this size."""
    width, height = SIZES[rid]
    return b"\x10\x10\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, height) + b"key " + rid.encode() + text


def delta(rid: str, text: bytes = b"") -> bytes:
    """Return a payload that begins another frame."""
    return b"\x10\x01" + rid.encode() + text


class Layered:
    """Sends sizes by their names; numbers and timestamps of each begin somewhere else."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.ssrcs = {rid: secrets.randbits(31) for rid in SIZES}
        self.numbers = {rid: secrets.randbits(15) for rid in SIZES}
        self.clocks = {rid: secrets.randbits(31) for rid in SIZES}

    def send(
        self, rid: str, payload: bytes, *, moment: int, is_named: bool = True, is_end: bool = True,
        ssrc: int = 0,
    ) -> None:
        """Send the next packet of a size, taken at `moment` in ticks."""
        self.numbers[rid] += 1
        self.peer.send_plain(rtp_with_name(
            VIDEO, self.numbers[rid], self.clocks[rid] + moment, ssrc or self.ssrcs[rid], payload, NAMED,
            rid if is_named else "", is_end=is_end))

    def send_again(self, rid: str, number: int, payload: bytes, moment: int) -> None:
        """Send a packet again, as RFC 4588 has it, in a stream of its own."""
        wrapped = struct.pack("!H", number & 0xFFFF) + payload
        self.peer.send_plain(rtp_with_name(
            AGAIN, number, self.clocks[rid] + moment, self.ssrcs[rid] ^ 1, wrapped, NAMED_AGAIN, rid))

    def send_all(self, moment: int, *, is_key: bool = False, rids: tuple[str, ...] = tuple(SIZES)) -> None:
        """Send one frame in all these sizes."""
        for rid in rids:
            text = str(moment).encode()
            self.send(rid, key(rid, text) if is_key else delta(rid, text), moment=moment)


def rtp_with_name(
    kind: int, number: int, timestamp: int, ssrc: int, payload: bytes, extension: int, name: str, *,
    is_end: bool = True,
) -> bytes:
    """Return a packet with one header extension of the short form (RFC 8285 section 4.2)."""
    element = bytes([extension << 4 | len(name) - 1]) + name.encode() if name else b""
    element += bytes(-len(element) % 4)
    head = struct.pack("!BBHII", 0x90, kind | is_end << 7, number & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
    return head + struct.pack("!HH", 0xBEDE, len(element) // 4) + element + payload


async def layered(w: World, rids: tuple[str, ...] = tuple(SIZES)) -> Layered:
    """Let such a publisher on, and send the first key frame in all sizes."""
    peer = w.peer("sendonly")
    offer = peer.offer(extra=simulcast(rids), ssrcs=False, again=True)
    answered = await w.relay.publish("room", offer, "192.0.2.1")
    w.sessions[peer] = answered.session
    it = Layered(await peer.connect(answered.sdp))
    it.send_all(0, is_key=True, rids=rids)
    await w.events.until("live", "room")
    return it
