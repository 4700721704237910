"""Writes the answer to a choice: ICE-lite, one host candidate per address, DTLS passive if possible."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from media.codecs import Codec, Kind
from media.sdp import REPAIRED_RID_EXTENSION, RID_EXTENSION, Section
from media.sdp_choice import Choice, ChosenTrack, Format, Simulcast

_RTPMAP = {
    Codec.H264: "H264/90000", Codec.VP9: "VP9/90000", Codec.VP8: "VP8/90000", Codec.AV1: "AV1/90000",
    Codec.OPUS: "opus/48000/2",
}


UDP_PRIORITY = 126 << 24 | 65535 << 8 | 255
TCP_PRIORITY = 90 << 24 | (4 << 13 | 8191) << 8 | 255
"""RFC 8445 section 5.1.2 and, with direction 4 of a passive host candidate, RFC 6544 section 4.2."""


@dataclass(frozen=True, slots=True)
class Host:
    """How peers reach us: one port at each address, UDP and perhaps TCP, and what they must check us by."""

    addresses: tuple[str, ...]
    port: int
    ufrag: str
    password: str
    fingerprint: str
    with_tcp: bool = False


@dataclass(frozen=True, slots=True)
class Bitrates:
    """What a publisher is told to start with and not to exceed, in kbit/s."""

    start_kbps: int
    max_kbps: int


def answer_publisher(choice: Choice, host: Host, bitrates: Bitrates) -> str:
    """Return an answer that receives the chosen tracks."""
    return _answer(choice, host, lambda track: _publisher_lines(track, bitrates), bitrates.max_kbps)


def answer_viewer(choice: Choice, host: Host, ssrcs: Mapping[Kind, tuple[int, int]], name: str) -> str:
    """Return an answer that sends the chosen tracks as one stream called `name`.

    `ssrcs` has two for each kind: that of the track, and that of what is sent again (RFC 4588).
    """
    return _answer(choice, host, lambda track: _viewer_lines(track, ssrcs[track.kind], name))


def _answer(
    choice: Choice, host: Host, lines_of: Callable[[ChosenTrack], Iterator[str]], max_kbps: int = 0
) -> str:
    mids = " ".join(t.mid for t in choice.tracks if t)
    lines = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", "a=ice-lite"]
    if choice.is_bundled:
        lines.append(f"a=group:BUNDLE {mids}")
    lines.append("a=msid-semantic: WMS *")
    is_first = True
    for section, track in zip(choice.sections, choice.tracks, strict=True):
        if track is None:
            lines.extend(_refused(section))
            continue
        lines.extend(_accepted(section, track, max_kbps))
        lines.append(f"a=setup:{'active' if choice.peer_waits else 'passive'}")
        lines.extend(_transport(host, with_candidates=is_first))
        lines.extend(lines_of(track))
        is_first = False
    return "\r\n".join(lines) + "\r\n"


def _refused(section: Section) -> Iterator[str]:
    formats = " ".join(map(str, section.payload_types)) or "webrtc-datachannel"
    yield f"m={section.kind} 0 {section.protocol} {formats}"
    yield "c=IN IP4 0.0.0.0"
    if section.mid:
        yield f"a=mid:{section.mid}"
    yield "a=inactive"


def _accepted(section: Section, track: ChosenTrack, max_kbps: int) -> Iterator[str]:
    types = [f.payload_type for f in track.formats]
    types += [f.retransmission for f in track.formats if f.retransmission is not None]
    yield f"m={section.kind} 9 {section.protocol} {' '.join(map(str, types))}"
    yield "c=IN IP4 0.0.0.0"
    if max_kbps and track.kind is Kind.VIDEO:
        yield f"b=AS:{max_kbps}"
    if track.mid:
        yield f"a=mid:{track.mid}"
    yield "a=rtcp-mux"
    yield "a=rtcp-rsize"


def _transport(host: Host, *, with_candidates: bool) -> Iterator[str]:
    yield f"a=ice-ufrag:{host.ufrag}"
    yield f"a=ice-pwd:{host.password}"
    yield f"a=fingerprint:sha-256 {host.fingerprint}"
    if with_candidates:
        yield from candidate_lines(host)


def candidate_lines(host: Host) -> Iterator[str]:
    """Yield our addresses, the first one preferred and UDP before TCP, and that there are no more."""
    count = len(host.addresses)
    for index, address in enumerate(host.addresses):
        yield f"a=candidate:{index + 1} 1 udp {UDP_PRIORITY - 256 * index} {address} {host.port} typ host"
    for index, address in enumerate(host.addresses if host.with_tcp else ()):
        yield (f"a=candidate:{count + index + 1} 1 tcp {TCP_PRIORITY - 256 * index} {address} {host.port} "
               "typ host tcptype passive")
    yield "a=end-of-candidates"


def _publisher_lines(track: ChosenTrack, bitrates: Bitrates) -> Iterator[str]:
    yield "a=recvonly"
    for format_ in track.formats:
        hints = (f"x-google-start-bitrate={bitrates.start_kbps};x-google-max-bitrate={bitrates.max_kbps}"
                 if track.kind is Kind.VIDEO else "")
        yield from _format_lines(format_, hints)
    if track.simulcast:
        yield from _simulcast_lines(track.simulcast)


def _simulcast_lines(simulcast: Simulcast) -> Iterator[str]:
    """Take all sizes (RFC 8853 section 5.2), and name the extensions by which packets tell theirs."""
    yield f"a=extmap:{simulcast.extension} {RID_EXTENSION}"
    if simulcast.repaired is not None:
        yield f"a=extmap:{simulcast.repaired} {REPAIRED_RID_EXTENSION}"
    for rid in simulcast.rids:
        yield f"a=rid:{rid} recv"
    yield f"a=simulcast:recv {';'.join(simulcast.rids)}"


def _viewer_lines(track: ChosenTrack, ssrcs: tuple[int, int], name: str) -> Iterator[str]:
    yield "a=sendonly"
    yield f"a=msid:{name} {track.kind}"
    for format_ in track.formats:
        yield from _format_lines(format_, "")
    used = ssrcs if any(f.retransmission is not None for f in track.formats) else ssrcs[:1]
    if len(used) > 1:
        yield f"a=ssrc-group:FID {used[0]} {used[1]}"
    for ssrc in used:
        yield f"a=ssrc:{ssrc} cname:{name}"
        yield f"a=ssrc:{ssrc} msid:{name} {track.kind}"


def _format_lines(format_: Format, hints: str) -> Iterator[str]:
    number = format_.payload_type
    yield f"a=rtpmap:{number} {_RTPMAP[format_.codec]}"
    parameters = ";".join(p for p in (format_.parameters, hints) if p)
    if parameters:
        yield f"a=fmtp:{number} {parameters}"
    for feedback in format_.feedback:
        yield f"a=rtcp-fb:{number} {feedback}"
    if format_.retransmission is not None:
        yield f"a=rtpmap:{format_.retransmission} rtx/90000"
        yield f"a=fmtp:{format_.retransmission} apt={number}"
