"""Offers made to hurt: as large as may be and larger, torn, doubled and mixed up."""

from __future__ import annotations

import random

from tests.media.offers import HEAD, PUBLISHER, TRANSPORT, VIEWER, audio, offer, section, video

PIECES = [*PUBLISHER.split("\r\n"), *VIEWER.split("\r\n"), "a=ssrc-group:FID 1", "a=rtcp-fb:* nack", "a=mid:",
          "a=fingerprint:", "m=application 9 UDP/DTLS/SCTP x", "a=rtpmap:96", "a=fmtp:97 apt=",
          "a=group:BUNDLE", "a=setup:", "a=ssrc:", "m=video 9 UDP/TLS/RTP/SAVPF", "a=ice-pwd:", "a=inactive"]


def adversarial() -> list[str]:
    """T10, T12: as large as allowed, and far larger."""
    many = range(96, 128)
    rtpmaps = "".join(f"a=rtpmap:{n % 128} x{n}/1\r\n" for n in range(64))
    return [
        offer(audio(), video(more="a=rtcp-fb:* nack\r\n" * 400)),
        offer(audio(), section("video", "1", "sendonly", [(n, "H264/90000", "y" * 1500) for n in many])),
        HEAD + rtpmaps * 9, HEAD + "m=audio 9 x 0\r\n" * 200, HEAD + "m=video 9 x 96\r\n" * 590,
        PUBLISHER + "a=ssrc:1 cname:x\r\n" * 590, "v=0\r\n" + "\r\n" * 16000, "v=0\n" * 8000,
        "v=0\r\n" + "a=" * 16000, PUBLISHER * 12, "\0" * 32768, "é" * 32768, "v=0\r\na=x" * 5000,
        HEAD + "a=fingerprint:sha-256 " + "AB:" * 10000, HEAD + TRANSPORT * 100, "x" * 5_000_000,
        "v=0\r\n" + "a=x\r\n" * 259_317,
    ]


def bad_offer(rng: random.Random) -> str:
    """Return lines of all kinds in any order, an offer with some lines changed, or one with bytes changed."""
    match rng.randrange(3):
        case 0:
            return "\r\n".join(["v=0", *rng.choices(PIECES, k=rng.randrange(1, 60))])
        case 1:
            return mutated_offer(rng, rng.randint(1, 12))
        case _:
            data = bytearray(rng.choice((PUBLISHER, VIEWER)).encode())
            for _ in range(rng.randint(1, 20)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            return data[: rng.randrange(len(data)) if rng.random() < 0.2 else None].decode("utf-8", "replace")


def mutated_offer(rng: random.Random, changes: int) -> str:
    """Return an offer after so many lines were dropped, put in, cut, or had a character replaced."""
    lines = rng.choice((PUBLISHER, VIEWER)).split("\r\n")
    for _ in range(changes):
        position = rng.randrange(len(lines))
        match rng.randrange(4):
            case 0:
                del lines[position]
            case 1:
                lines.insert(position, rng.choice(PIECES))
            case 2:
                lines[position] = lines[position][: rng.randrange(len(lines[position]) + 1)]
            case _:
                lines[position] = lines[position].replace(rng.choice("0129=: ;/"), rng.choice("0129=: ;/"))
        lines = lines or [""]
    return "\r\n".join(lines)
