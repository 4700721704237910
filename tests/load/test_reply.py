"""A light peer that is offered a show answers every section, in its order, in the first codec."""

from __future__ import annotations

from showroom.load.sdp import Identity, read_answer, write_reply

OFFER = "\r\n".join([
    "v=0", "o=- 1 1 IN IP4 192.0.2.2", "s=x", "t=0 0", "a=group:BUNDLE a v",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:a", "a=sendonly", "a=rtpmap:111 opus/48000/2",
    "m=video 9 UDP/TLS/RTP/SAVPF 102 103", "a=mid:v", "a=rtpmap:102 H264/90000", "a=rtcp-fb:102 nack pli",
    "a=fmtp:102 packetization-mode=1", "a=rtpmap:103 rtx/90000", "a=ssrc:5 cname:x", "",
])


def test_every_section_is_received() -> None:
    """What the server needs to know of us is in each, and nothing we did not understand."""
    text = write_reply(Identity("name", "password", "AB:CD"), OFFER)
    assert [line for line in text.split("\r\n") if line.startswith("m=")] == [
        "m=audio 9 UDP/TLS/RTP/SAVPF 111", "m=video 9 UDP/TLS/RTP/SAVPF 102"]
    assert text.count("a=recvonly") == text.count("a=ice-pwd:password") == text.count("a=setup:active") == 2
    assert "a=group:BUNDLE a v" in text
    assert "a=fmtp:102 packetization-mode=1" in text
    assert "rtx" not in text
    with_place = text + "a=candidate:1 1 udp 1 192.0.2.2 5000 typ host\r\n"
    assert read_answer(with_place).payload_types == {"audio": 111, "video": 102}
