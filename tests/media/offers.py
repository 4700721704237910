"""Offers as browsers and encoders write them, shortened to what matters."""

from __future__ import annotations

from collections.abc import Iterable

FINGERPRINT = ":".join(["AB"] * 32)
TRANSPORT = (f"a=ice-ufrag:9gll\r\na=ice-pwd:LOMaEMXws+CXePfIsO8AkVQw\r\n"
             f"a=fingerprint:sha-256 {FINGERPRINT}\r\na=setup:actpass\r\n")
HEAD = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
H264 = "level-asymmetry-allowed=1;packetization-mode={};profile-level-id={}"

# Chromium's list, in its order: payload type, name, parameters.
CHROMIUM_VIDEO = [
    (96, "VP8/90000", ""), (98, "VP9/90000", "profile-id=0"), (100, "VP9/90000", "profile-id=2"),
    (102, "H264/90000", H264.format(1, "42001f")), (104, "H264/90000", H264.format(0, "42001f")),
    (106, "H264/90000", H264.format(1, "42e01f")), (108, "H264/90000", H264.format(0, "42e01f")),
    (112, "H264/90000", H264.format(1, "64001f")), (45, "AV1/90000", "level-idx=5;profile=0;tier=0"),
]


def section(kind: str, mid: str, direction: str, formats: Iterable[tuple[int, str, str]], more: str = "",
            transport: str = TRANSPORT) -> str:
    """Return one section; each video format gets its retransmission under the next number."""
    formats = list(formats)
    types = [str(n + again) for n, _, _ in formats for again in ((0, 1) if kind == "video" else (0,))]
    lines = [f"m={kind} 9 UDP/TLS/RTP/SAVPF {' '.join(types)}\r\nc=IN IP4 0.0.0.0\r\n{transport}"
             f"a=mid:{mid}\r\na={direction}\r\na=rtcp-mux\r\n"]
    for number, name, parameters in formats:
        lines.append(f"a=rtpmap:{number} {name}\r\n")
        lines.append(f"a=fmtp:{number} {parameters}\r\n" if parameters else "")
        if kind == "video":
            lines += [f"a=rtcp-fb:{number} {what}\r\n" for what in ("goog-remb", "transport-cc", "ccm fir",
                                                                     "nack", "nack pli")]
            lines.append(f"a=rtpmap:{number + 1} rtx/90000\r\na=fmtp:{number + 1} apt={number}\r\n")
    return "".join(lines) + more


def audio(direction: str = "sendonly", **more: str) -> str:
    return section("audio", "0", direction, [(111, "opus/48000/2", "minptime=10;useinbandfec=1")], **more)


def video(direction: str = "sendonly", names: Iterable[str] = (), **more: str) -> str:
    """Return Chromium's video section, only with the codecs whose names begin with one of `names`."""
    names = tuple(names) or ("",)
    return section("video", "1", direction, [f for f in CHROMIUM_VIDEO if f[1].startswith(names)], **more)


def offer(*sections: str, bundle: str = "0 1") -> str:
    return HEAD + (f"a=group:BUNDLE {bundle}\r\n" if bundle else "") + "".join(sections)


PUBLISHER = offer(audio(more="a=ssrc:11 cname:x\r\n"),
                  video(more="a=ssrc-group:FID 21 22\r\na=ssrc:21 cname:x\r\na=ssrc:22 cname:x\r\n"))
VIEWER = offer(audio("recvonly"), video("recvonly"))
