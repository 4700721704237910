"""Sections that share a transport: which they are, where its facts stand, and what an answer says of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from config.errors import Invalid
from media.codecs import Kind
from media.sdp import read_offer
from media.sdp_answer import Bitrates, answer_publisher, answer_viewer
from media.sdp_choice import choose_for_publisher, choose_for_viewer
from tests.media.offers import FINGERPRINT, TRANSPORT, audio, offer, video
from tests.media.peer import AUDIO, KEY, VIDEO, Peer
from tests.media.test_sdp import HOST, SSRCS
from tests.media.world import world


def bundled(text: str) -> str:
    """Return a section as Firefox offers all but the first with `bundlePolicy: "max-bundle"`."""
    return text.replace(" 9 UDP/TLS/RTP/SAVPF", " 0 UDP/TLS/RTP/SAVPF", 1) + "a=bundle-only\r\n"


def bare(text: str) -> str:
    """Return such a section without what it would only repeat (RFC 9143 section 7.1.3)."""
    return bundled(text).replace(TRANSPORT, "").replace("a=rtcp-mux\r\n", "")


@pytest.mark.parametrize("form", [bundled, bare], ids=["firefox", "bare"])
def test_a_section_that_exists_in_the_bundle_only_is_no_refused_one(form: Callable[[str], str]) -> None:
    """Its port is 0 (RFC 9143 section 6), and so is that of the second section of every page in Firefox."""
    for first, second, bundle in ((audio, video, "0 1"), (video, audio, "1 0")):
        offered = offer(first("recvonly"), form(second("recvonly")), bundle=bundle)
        choice = choose_for_viewer(read_offer(offered), None)
        assert {track.kind for track in choice.tracks if track} == set(Kind)
        text = answer_viewer(choice, HOST, SSRCS, "show")
        assert text.count(" 9 UDP/TLS/RTP/SAVPF ") == 2
        assert text.count("a=rtcp-mux\r\n") == 2
        sent = choose_for_publisher(read_offer(offer(first(), form(second()), bundle=bundle)))
        assert {track.kind for track in sent.tracks if track} == set(Kind)
        assert sent.fingerprints[0].value == FINGERPRINT


def test_a_bundle_whose_first_section_is_refused_still_has_its_facts_there() -> None:
    choice = choose_for_publisher(read_offer(offer(video("recvonly"), bare(audio()), bundle="1 0")))
    assert choice.fingerprints[0].value == FINGERPRINT
    text = answer_publisher(choice, HOST, Bitrates(1, 2))
    assert "m=video 0 UDP/TLS/RTP/SAVPF " in text
    assert "a=group:BUNDLE 0\r\n" in text
    assert "a=candidate:1 1 udp " in text


def test_port_0_without_a_bundle_refuses_a_section_as_ever() -> None:
    refused = video().replace(" 9 UDP", " 0 UDP")
    choice = choose_for_publisher(read_offer(offer(audio(), refused)))
    assert [track.kind if track else None for track in choice.tracks] == [Kind.AUDIO, None]
    with pytest.raises(Invalid) as refusal:
        choose_for_publisher(read_offer(offer(audio(), bundled(video()), bundle="0")))
    assert refusal.value.code == "sdp_no_bundle"


def test_what_is_in_no_bundle_is_answered_in_none() -> None:
    """An answer that put it into one would be refused."""
    choice = choose_for_publisher(read_offer(offer(audio(), video("inactive"), bundle="1")))
    assert "BUNDLE" not in answer_publisher(choice, HOST, Bitrates(1, 2))


async def test_sound_and_picture_flow_where_one_is_in_the_bundle_only() -> None:
    async with world() as w:
        publisher, viewer = w.peer("sendonly"), w.peer("recvonly")
        answered = await w.relay.publish("room", in_bundle(publisher), "192.0.2.1")
        await publisher.connect(answered.sdp)
        publisher.send(VIDEO, 0, KEY)
        await w.events.until("live", "room")
        answered = await w.relay.subscribe("room", in_bundle(viewer), "192.0.2.2")
        await viewer.connect(answered.sdp)
        await viewer.until(lambda: bool(viewer.video()))
        publisher.send(AUDIO, 0, b"sound")
        await viewer.until(lambda: any(packet.payload_type == AUDIO for packet in viewer.packets))


def in_bundle(peer: Peer) -> str:
    """Return the peer's offer with the picture in the bundle only."""
    return peer.offer().replace("m=video 9", "m=video 0") + "a=bundle-only\r\n"
