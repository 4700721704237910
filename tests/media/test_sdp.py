"""What the gate reads, what it refuses and with which words, and what an answer says."""

from __future__ import annotations

import pytest

from config.errors import Invalid
from media.codecs import Codec, Kind
from media.sdp import REPAIRED_RID_EXTENSION, RID_EXTENSION, read_offer
from media.sdp_answer import Bitrates, Host, answer_publisher, answer_viewer
from media.sdp_choice import Choice, Simulcast, choose_for_publisher, choose_for_viewer
from tests.media.offers import FINGERPRINT, PUBLISHER, TRANSPORT, VIEWER, audio, offer, section, video

HOST = Host(("192.0.2.1", "2001:db8::1"), 8189, "ufrag", "password", FINGERPRINT)
SSRCS = {Kind.AUDIO: (1, 10), Kind.VIDEO: (2, 20)}


def publisher(text: str) -> Choice:
    return choose_for_publisher(read_offer(text))


def viewer(text: str, current: Codec | None = None, parameters: str = "") -> Choice:
    return choose_for_viewer(read_offer(text), current, parameters)


def test_publisher_is_given_one_codec_with_its_retransmission_and_sources() -> None:
    choice = publisher(PUBLISHER)
    picture, sound = choice.track(Kind.VIDEO), choice.track(Kind.AUDIO)
    assert picture
    assert sound
    assert [(f.codec, f.payload_type, f.retransmission) for f in picture.formats] == [(Codec.H264, 106, 107)]
    assert (picture.ssrc, picture.retransmission_ssrc, sound.ssrc) == (21, 22, 11)
    assert picture.formats[0].feedback == ("nack", "nack pli", "ccm fir", "goog-remb")


@pytest.mark.parametrize(("names", "payload_type"), [
    (("VP8", "VP9", "H264", "AV1"), 106), (("VP8", "VP9"), 98), (("VP8", "AV1"), 96), (("AV1",), 45),
])
def test_codecs_are_taken_in_our_order(names: tuple[str, ...], payload_type: int) -> None:
    track = publisher(offer(audio(), video(names=names))).track(Kind.VIDEO)
    assert track
    assert track.formats[0].payload_type == payload_type


def test_answer_to_a_publisher_receives_and_gives_a_start() -> None:
    text = answer_publisher(publisher(PUBLISHER), HOST, Bitrates(2000, 4000))
    assert "a=ice-lite\r\n" in text
    assert text.count("a=recvonly\r\n") == text.count("a=setup:passive\r\n") == 2
    assert "m=video 9 UDP/TLS/RTP/SAVPF 106 107\r\n" in text
    assert "b=AS:4000\r\n" in text
    assert "x-google-start-bitrate=2000" in text
    assert "a=fmtp:107 apt=106\r\n" in text
    assert "transport-cc" not in text
    assert "extmap" not in text
    assert "a=candidate:1 1 udp 2130706431 192.0.2.1 8189 typ host\r\n" in text
    assert " 2001:db8::1 8189 typ host\r\na=end-of-candidates\r\n" in text


def sizes(*rids: str, ids: str = "", of: str = "") -> str:
    """Return a publisher's offer of a picture in several sizes."""
    extension = ids or f"a=extmap:10 {RID_EXTENSION}\r\na=extmap:11/sendonly {REPAIRED_RID_EXTENSION}\r\n"
    named = "".join(f"a=rid:{rid} send\r\n" for rid in rids)
    return offer(audio(), video(more=f"{extension}{named}a=simulcast:send {of or ';'.join(rids)}\r\n"))


def test_several_sizes_are_taken_by_the_names_their_packets_bear() -> None:
    choice = publisher(sizes("q", "h", "f"))
    track = choice.track(Kind.VIDEO)
    assert track
    assert track.simulcast == Simulcast(("q", "h", "f"), 10, 11)
    text = answer_publisher(choice, HOST, Bitrates(1500, 3000))
    assert f"a=extmap:10 {RID_EXTENSION}\r\na=extmap:11 {REPAIRED_RID_EXTENSION}\r\n" in text
    assert "a=rid:q recv\r\na=rid:h recv\r\na=rid:f recv\r\na=simulcast:recv q;h;f\r\n" in text


@pytest.mark.parametrize(("text", "taken"), [
    (sizes("0", "1", "2", "3"), ("0", "1", "2")),
    (sizes("a", "b", "c", of="a,b;~c"), ("a", "c")),
    (sizes("a", "b", of="a;b recv x"), ("a", "b")),
    (sizes("a", "b", of="a;other"), None),
    (sizes("a"), None),
    (sizes("a", "b", ids="a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"), None),
    (sizes("a", "b").replace("a=rid:b send", "a=rid:b recv"), None),
])
def test_of_sizes_those_are_taken_that_can_be_told_apart(text: str, taken: tuple[str, ...] | None) -> None:
    track = publisher(text).track(Kind.VIDEO)
    assert track
    assert (track.simulcast.rids if track.simulcast else None) == taken


def test_vp8_gets_a_line_for_its_start_bitrate() -> None:
    text = answer_publisher(publisher(offer(audio(), video(names=("VP8",)))), HOST, Bitrates(1500, 3000))
    assert "a=fmtp:96 x-google-start-bitrate=1500;x-google-max-bitrate=3000\r\n" in text


def test_answer_to_a_viewer_names_every_codec_and_that_of_the_show_first() -> None:
    choice = viewer(VIEWER, Codec.VP8)
    text = answer_viewer(choice, HOST, SSRCS, "show")
    assert "m=video 9 UDP/TLS/RTP/SAVPF 96 106 98 45 97 107 99 46\r\n" in text
    assert text.count("a=sendonly\r\n") == 2
    assert "a=ssrc:2 cname:show\r\n" in text
    assert "a=msid:show video\r\n" in text
    assert "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n" in text
    assert "a=ssrc-group:FID 2 20\r\n" in text
    assert "a=ssrc:20 cname:show\r\n" in text
    assert "a=ssrc:10" not in text  # sound is offered without, and sent again as it was
    assert "goog-remb" not in text


def test_viewer_is_sent_h264_under_the_profile_nearest_to_the_shows() -> None:
    high = "packetization-mode=1;profile-level-id=640028"
    plain = "profile-level-id=42e01f;packetization-mode=1"
    for parameters, payload_type in ((high, 112), (plain, 106), ("", 106)):
        track = viewer(VIEWER, Codec.H264, parameters).track(Kind.VIDEO)
        assert track
        assert track.formats[0].payload_type == payload_type


def test_a_codec_the_viewer_lacks_is_said_to_be_missing() -> None:
    with pytest.raises(Invalid, match="H264") as refusal:
        viewer(offer(audio("recvonly"), video("recvonly", names=("VP8",))), Codec.H264)
    assert refusal.value.code == "sdp_no_common_codec"
    with pytest.raises(Invalid, match="AV1") as refusal:
        viewer(offer(audio("recvonly"), video("recvonly", names=("VP8", "VP9", "H264"))), Codec.AV1)
    assert refusal.value.code == "sdp_no_common_codec"


def test_viewers_surplus_sections_are_answered_with_port_zero() -> None:
    extra = ("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:2\r\n"
             + TRANSPORT + "a=sctp-port:5000\r\n")
    choice = viewer(offer(audio("recvonly"), video("recvonly"), extra, bundle="0 1 2"))
    text = answer_viewer(choice, HOST, SSRCS, "show")
    assert "m=application 0 UDP/DTLS/SCTP " in text
    assert "a=group:BUNDLE 0 1\r\n" in text


def test_peer_that_waits_for_the_handshake_is_called_first() -> None:
    choice = publisher(PUBLISHER.replace("a=setup:actpass", "a=setup:passive"))
    assert choice.peer_waits
    assert answer_publisher(choice, HOST, Bitrates(1, 2)).count("a=setup:active\r\n") == 2


def test_av1_is_answered_under_its_name_with_its_level_and_a_start() -> None:
    text = answer_publisher(publisher(offer(audio(), video(names=("AV1",)))), HOST, Bitrates(1500, 3000))
    assert "a=rtpmap:45 AV1/90000\r\n" in text
    assert "a=fmtp:45 level-idx=5;profile=0;tier=0;x-google-start-bitrate=1500" in text
    assert "a=fmtp:46 apt=45\r\n" in text


@pytest.mark.parametrize("candidates", [
    "", "a=candidate:1 1 udp 1 4f1c.local 9 typ host\r\na=end-of-candidates\r\n",
    "a=candidate:1 1 udp 1 169.254.169.254 80 typ host\r\n" * 40, "a=candidate:nonsense\r\n",
])
def test_candidates_are_of_no_meaning(candidates: str) -> None:
    assert publisher(offer(audio(), video(more=candidates))) == publisher(offer(audio(), video()))


def test_transport_may_stand_above_the_sections_and_lines_may_end_plainly() -> None:
    text = offer(audio(transport=""), video(transport="")).replace("t=0 0\r\n", "t=0 0\r\n" + TRANSPORT)
    assert publisher(text.replace("\r\n", "\n")).fingerprints[0].value == FINGERPRINT


def test_one_section_needs_no_bundle() -> None:
    choice = publisher(offer(audio(), bundle=""))
    assert "BUNDLE" not in answer_publisher(choice, HOST, Bitrates(1, 2))


PCMU = [(0, "PCMU/8000", "")]
REFUSALS = {
    "empty": ("", "sdp_malformed"),
    "no sdp": ("hello", "sdp_malformed"),
    "huge": (PUBLISHER + "a=x\r\n" * 20000, "sdp_too_large"),
    "many lines": (PUBLISHER + "a=x\r\n" * 600, "sdp_too_large"),
    "long line": (PUBLISHER + "a=x:" + "y" * 3000, "sdp_too_large"),
    "one mid twice": (offer(audio(), audio()), "sdp_malformed"),
    "five sections": (offer(*[section("audio", str(i), "inactive", PCMU) for i in "abcde"]), "sdp_too_large"),
    "many formats": (offer(f"m=audio 9 UDP/TLS/RTP/SAVPF {' '.join(map(str, range(100)))}"), "sdp_too_large"),
    "many sources": (offer(audio(more="".join(f"a=ssrc:{i} x:y\r\n" for i in range(20)))), "sdp_too_large"),
    "odd line": (PUBLISHER + "nonsense", "sdp_malformed"),
    "control characters": (PUBLISHER + "a=x:\x00\r\n", "sdp_malformed"),
    "payload type": (PUBLISHER + "a=rtpmap:999 x/1\r\n", "sdp_malformed"),
    "not a number": (PUBLISHER + "a=rtpmap:\u0661 x/1\r\n", "sdp_malformed"),
    "orphan": (offer("a=rtpmap:1 x/1\r\n", audio()), "sdp_malformed"),
    "short m=": (offer("m=audio\r\n"), "sdp_malformed"),
    "short ufrag": (PUBLISHER.replace("a=ice-ufrag:9gll", "a=ice-ufrag:x"), "sdp_malformed"),
    "fingerprint": (PUBLISHER.replace("sha-256 AB", "sha-256 XY"), "sdp_malformed"),
    "data channel": (PUBLISHER + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n", "sdp_not_media"),
    "two cameras": (offer(video(), video().replace("a=mid:1", "a=mid:2")), "sdp_too_many_tracks"),
    "nothing sent": (VIEWER, "sdp_no_media"),
    "only H.265": (offer(video(names=("AV1",)).replace("AV1/", "H265/"), bundle=""), "sdp_no_common_codec"),
    "AV1 profile 1": (offer(video(names=("AV1",)).replace(";profile=0", ";profile=1"), bundle=""),
                      "sdp_no_common_codec"),
    "no mux": (PUBLISHER.replace("a=rtcp-mux\r\n", ""), "sdp_no_mux"),
    "no bundle": (offer(audio(), video(), bundle=""), "sdp_no_bundle"),
    "plain RTP": (PUBLISHER.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"), "sdp_not_protected"),
    "no ice": (offer(audio(transport=""), bundle=""), "sdp_no_ice"),
    "weak digest": (PUBLISHER.replace("sha-256", "sha-1"), "sdp_no_fingerprint"),
    "rid": (sizes("a+b"), "sdp_malformed"),
    "long rid": (sizes("a" * 17), "sdp_malformed"),
    "many rids": (sizes(*map(str, range(20))), "sdp_too_large"),
    "many extensions": (PUBLISHER + "a=extmap:1 x\r\n" * 200, "sdp_too_large"),
    "extension": (sizes("a", ids=f"a=extmap:x {RID_EXTENSION}\r\n"), "sdp_malformed"),
    "no setup": (PUBLISHER.replace("a=setup:actpass", "a=setup:holdconn"), "sdp_setup"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusal_has_its_code_and_a_sentence(case: str) -> None:
    text, code = REFUSALS[case]
    with pytest.raises(Invalid) as refusal:
        publisher(text)
    assert refusal.value.code == code
    assert len(refusal.value.message) > 20


def test_viewer_must_receive_something() -> None:
    with pytest.raises(Invalid) as refusal:
        viewer(PUBLISHER)
    assert refusal.value.code == "sdp_no_media"
