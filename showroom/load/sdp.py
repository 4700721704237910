"""The SDP of the light peers: writes the offers, reads what counts of the answers."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum

from media.dtls import Fingerprint

VIDEO_TYPE, AUDIO_TYPE = 102, 111
_CODECS = {
    "opus": (AUDIO_TYPE, "opus/48000/2", "minptime=10;useinbandfec=1", ()),
    "h264": (
        VIDEO_TYPE,
        "H264/90000",
        "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
        ("nack", "nack pli"),
    ),
    "vp8": (VIDEO_TYPE, "VP8/90000", "", ("nack", "nack pli")),
}


class Direction(StrEnum):
    """Which way media goes, seen from the peer that offers."""

    SEND = "sendonly"
    RECEIVE = "recvonly"


class AnswerError(ValueError):
    """An answer that a light peer cannot work with."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a peer says of itself: ICE user name and password, and its certificate's digest."""

    ufrag: str
    password: str
    fingerprint: str

    @classmethod
    def fresh(cls, fingerprint: str) -> Identity:
        """Return new ICE credentials for a certificate."""
        return cls(secrets.token_hex(4), secrets.token_hex(12), fingerprint)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server says of itself, and where it is."""

    ufrag: str
    password: str
    fingerprints: tuple[Fingerprint, ...]
    address: tuple[str, int]
    payload_types: dict[str, int]
    """The number of each accepted kind, "audio" and "video"."""


def write_offer(identity: Identity, direction: Direction, ssrcs: dict[str, int], video: str = "h264") -> str:
    """Return an offer of one Opus and one section of `video`; `ssrcs` by kind, for one that sends."""
    lines = [
        "v=0",
        f"o=- {secrets.randbits(62)} 1 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0 1",
        "a=msid-semantic: WMS *",
    ]
    for mid, (kind, codec) in enumerate((("audio", "opus"), ("video", video))):
        number, name, parameters, feedback = _CODECS[codec]
        lines += [
            f"m={kind} 9 UDP/TLS/RTP/SAVPF {number}",
            "c=IN IP4 0.0.0.0",
            f"a=mid:{mid}",
            f"a={direction}",
            "a=rtcp-mux",
            f"a=ice-ufrag:{identity.ufrag}",
            f"a=ice-pwd:{identity.password}",
            f"a=fingerprint:sha-256 {identity.fingerprint}",
            "a=setup:active",
            f"a=rtpmap:{number} {name}",
            *([f"a=fmtp:{number} {parameters}"] if parameters else []),
            *(f"a=rtcp-fb:{number} {word}" for word in feedback),
        ]
        if kind in ssrcs:
            lines += [f"a=msid:light {kind}", f"a=ssrc:{ssrcs[kind]} cname:light"]
    return "\r\n".join(lines) + "\r\n"


def write_reply(identity: Identity, offer: str) -> str:
    """Return the answer that receives everything an offer sends, each section in its first codec."""
    head, *sections = offer.replace("\r\n", "\n").split("\nm=")
    group = next((line for line in head.split("\n") if line.startswith("a=group:BUNDLE")), "")
    lines = ["v=0", f"o=- {secrets.randbits(62)} 1 IN IP4 0.0.0.0", "s=-", "t=0 0", group]
    for section in sections:
        media, *attributes = section.split("\n")
        kind, _, protocol, number = media.split()[:4]
        wanted = ("a=mid:", f"a=rtpmap:{number} ", f"a=fmtp:{number} ", f"a=rtcp-fb:{number} nack")
        lines += [
            f"m={kind} 9 {protocol} {number}",
            "c=IN IP4 0.0.0.0",
            "a=recvonly",
            "a=rtcp-mux",
            f"a=ice-ufrag:{identity.ufrag}",
            f"a=ice-pwd:{identity.password}",
            f"a=fingerprint:sha-256 {identity.fingerprint}",
            "a=setup:active",
            *(line for line in attributes if line.startswith(wanted)),
        ]
    return "\r\n".join(lines) + "\r\n"


def read_answer(text: str) -> Answer:
    """Read an answer; raises `AnswerError` when something a peer needs is not in it."""
    lines = text.replace("\r\n", "\n").split("\n")
    types = {}
    for line in lines:
        if line.startswith("m="):
            kind, port, _, number = line[2:].split()[:4]
            if port != "0":
                types[kind] = int(number)
    candidates = [line.split() for line in lines if line.startswith("a=candidate:")]
    udp = [c for c in candidates if c[2].lower() == "udp" and ":" not in c[4]]
    if not udp or not types:
        raise AnswerError("the answer has no UDP candidate or accepts no media")
    algorithm, digest = _value(lines, "fingerprint").split()
    return Answer(
        ufrag=_value(lines, "ice-ufrag"),
        password=_value(lines, "ice-pwd"),
        fingerprints=(Fingerprint(algorithm.lower(), digest.upper()),),
        address=(udp[0][4], int(udp[0][5])),
        payload_types=types,
    )


def _value(lines: list[str], name: str) -> str:
    for line in lines:
        if line.startswith(f"a={name}:"):
            return line.partition(":")[2]
    raise AnswerError(f"the answer has no a={name}")
