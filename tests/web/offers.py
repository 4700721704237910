"""Offers as browsers write them, to publish one picture and one sound, or to receive them."""

from __future__ import annotations

FINGERPRINT = ":".join(f"{byte:02X}" for byte in range(32))


def offer(direction: str = "sendonly") -> str:
    """Return a sane offer; nobody stands behind it."""
    transport = [
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        "a=ice-ufrag:Ab3d",
        "a=ice-pwd:0123456789abcdef01234567",
        f"a=fingerprint:sha-256 {FINGERPRINT}",
        "a=setup:actpass",
        f"a={direction}",
        "a=rtcp-mux",
    ]
    audio = ["m=audio 9 UDP/TLS/RTP/SAVPF 111", *transport, "a=mid:0", "a=rtpmap:111 opus/48000/2"]
    video = [
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
        *transport,
        "a=mid:1",
        "a=rtcp-rsize",
        "a=rtpmap:96 H264/90000",
        "a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
        "a=rtcp-fb:96 nack",
        "a=rtcp-fb:96 nack pli",
        "a=rtpmap:97 VP8/90000",
        "a=rtcp-fb:97 nack",
        "a=rtcp-fb:97 nack pli",
    ]
    sources = ["a=ssrc:1001 cname:x"], ["a=ssrc:1002 cname:x"]
    if direction == "sendonly":
        audio, video = audio + sources[0], video + sources[1]
    head = [
        "v=0",
        "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0 1",
        "a=msid-semantic: WMS",
    ]
    return "\r\n".join([*head, *audio, *video]) + "\r\n"
