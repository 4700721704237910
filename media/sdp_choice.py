"""What we agree to of an offer: which tracks, which codec under which payload type, whose fingerprint.

Pure: an `Offer` goes in, a choice comes out, or `Invalid` with a sentence that says what to change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from config.errors import Invalid
from media.codecs import Codec, Kind
from media.dtls import Fingerprint
from media.sdp import REPAIRED_RID_EXTENSION, RID_EXTENSION, Offer, Section, Transport

DIGESTS = ("sha-256", "sha-384", "sha-512")
UNUSABLE = 99
MAX_LAYERS = 3
"""Sizes of one picture at once; what encoders send beyond them nobody needs."""
FEEDBACK = ("nack", "nack pli", "ccm fir", "goog-remb")
_NAMES = {
    Codec.H264: "h264/90000", Codec.VP9: "vp9/90000", Codec.VP8: "vp8/90000", Codec.AV1: "av1/90000",
    Codec.OPUS: "opus/48000/2",
}

_PROFILES = {Codec.VP9: "profile-id", Codec.AV1: "profile"}
"""What names the profile in `a=fmtp`; every decoder has number 0, and hardly one has others."""


@dataclass(frozen=True, slots=True)
class Format:
    """One codec as the peer names it; `retransmission` is the payload type of its RTX, if any."""

    codec: Codec
    payload_type: int
    parameters: str
    feedback: tuple[str, ...]
    retransmission: int | None = None


@dataclass(frozen=True, slots=True)
class Simulcast:
    """The sizes a publisher sends at once, by the names their packets carry in header extensions.

    `repaired` is the extension of packets that are sent again, None where those name nothing.
    """

    rids: tuple[str, ...]
    extension: int
    repaired: int | None


@dataclass(frozen=True, slots=True)
class ChosenTrack:
    """One accepted section; the first format is the preferred one, a publisher's the only one.

    `ssrc` and `retransmission_ssrc` are None when a publisher does not say them, and with `simulcast`.
    """

    kind: Kind
    mid: str
    formats: tuple[Format, ...]
    ssrc: int | None = None
    retransmission_ssrc: int | None = None
    simulcast: Simulcast | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What an answer says: a track or None (refused) for each section, and who the peer must be."""

    sections: tuple[Section, ...]
    tracks: tuple[ChosenTrack | None, ...]
    fingerprints: tuple[Fingerprint, ...]
    is_bundled: bool
    peer_waits: bool
    """Whether the peer waits for our handshake instead of beginning it."""

    def track(self, kind: Kind) -> ChosenTrack | None:
        """Return the accepted track of that kind."""
        return next((t for t in self.tracks if t and t.kind is kind), None)


def choose_for_publisher(offer: Offer) -> Choice:
    """Agree to at most one audio and one video track that the peer sends, one codec each."""
    for section in offer.sections:
        if section.kind not in ("audio", "video"):
            raise _invalid("not_media", f"a publisher sends audio and video: remove m={section.kind[:20]}")
    for kind in Kind:
        if sum(s.kind == kind and _sends(s) for s in offer.sections) > 1:
            raise _invalid("too_many_tracks", f"a publisher sends one {kind} track: remove the others")
    tracks = [_publisher_track(s) if _sends(s) else None for s in offer.sections]
    if not any(tracks):
        raise _invalid("no_media", "the offer sends nothing: add an audio or video track with a=sendonly")
    return _choice(offer, tracks)


def choose_for_viewer(offer: Offer, current: Codec | None, parameters: str = "") -> Choice:
    """Agree to receive-only audio and video in every codec both know, that of the show now first."""
    tracks: list[ChosenTrack | None] = []
    seen: set[str] = set()
    for section in offer.sections:
        wanted = section.kind in ("audio", "video") and section.kind not in seen and _receives(section)
        tracks.append(_viewer_track(section, current, parameters) if wanted else None)
        seen.update([section.kind] if wanted else [])
    if not any(tracks):
        raise _invalid("no_media", "the offer receives nothing: add an audio or video track with a=recvonly")
    video = next((t for t in tracks if t and t.kind is Kind.VIDEO), None)
    if current and video and all(f.codec is not current for f in video.formats):
        raise _invalid("no_common_codec", f"this show is sent as {current.upper()}, which the offer does not "
                                          "name: use a player that can decode it")
    return _choice(offer, tracks)


def _choice(offer: Offer, tracks: list[ChosenTrack | None]) -> Choice:
    accepted = [s for s, t in zip(offer.sections, tracks, strict=True) if t]
    mids = {s.mid for s in accepted}
    is_bundled = bool(offer.bundle) and mids <= set(offer.bundle)
    if len(accepted) > 1 and not is_bundled:
        raise _invalid("no_bundle", "all sections must share a transport: add a=group:BUNDLE with every mid")
    tagged = next((s for s in offer.sections if is_bundled and s.mid == offer.bundle[0]), accepted[0])
    for section in accepted:
        if "SAVP" not in section.protocol:
            raise _invalid("not_protected", "media must be protected: use UDP/TLS/RTP/SAVPF")
        if not (section.rtcp_mux or tagged.rtcp_mux):
            raise _invalid("no_mux", "RTP and RTCP must share a port: add a=rtcp-mux to every section")
    transport = _transport(accepted[0].transport, tagged.transport, offer.transport)
    return Choice(tuple(offer.sections), tuple(tracks), tuple(transport.fingerprints), is_bundled,
                  transport.setup == "passive")


def _transport(*places: Transport) -> Transport:
    """Return who the peer is, as the first of these places says that says it.

    They are the section, the one that speaks for its bundle (RFC 9143 section 7.1.3), and the session level.
    """
    found = Transport(
        next((p.ufrag for p in places if p.ufrag), ""), next((p.password for p in places if p.password), ""),
        next((p.fingerprints for p in places if p.fingerprints), []),
        next((p.setup for p in places if p.setup), ""))
    if not found.ufrag or not found.password:
        raise _invalid("no_ice", "the offer has no a=ice-ufrag and a=ice-pwd")
    if not any(f.algorithm in DIGESTS for f in found.fingerprints):
        raise _invalid("no_fingerprint", "the offer has no a=fingerprint with sha-256, sha-384 or sha-512")
    if found.setup not in ("actpass", "active", "passive"):
        raise _invalid("setup", "the offer does not say who begins the handshake: add a=setup:actpass")
    return found


def _publisher_track(section: Section) -> ChosenTrack:
    formats = _formats(section)
    if not formats:
        names = "Opus" if section.kind == "audio" else "H.264, VP9 (profile 0), VP8 or AV1 (profile 0)"
        raise _invalid("no_common_codec", f"the offer has no {section.kind} codec we take: offer {names}")
    if simulcast := _simulcast(section):
        return ChosenTrack(Kind(section.kind), section.mid, formats[:1], simulcast=simulcast)
    main = next(iter(section.retransmissions), section.ssrcs[0] if section.ssrcs else None)
    again = section.retransmissions.get(main) if main is not None else None
    return ChosenTrack(Kind(section.kind), section.mid, formats[:1], main, again)


def _simulcast(section: Section) -> Simulcast | None:
    rids = tuple(rid for rid in section.simulcast if rid in section.rids)[:MAX_LAYERS]
    extension = section.extensions.get(RID_EXTENSION)
    if section.kind != Kind.VIDEO or len(rids) < 2 or extension is None:
        return None
    return Simulcast(rids, extension, section.extensions.get(REPAIRED_RID_EXTENSION))


def _viewer_track(section: Section, current: Codec | None, parameters: str) -> ChosenTrack | None:
    formats = _formats(section, parameters)
    first = [f for f in formats if f.codec is current]
    ordered = (*first, *(f for f in formats if f.codec is not current))
    if not ordered:
        return None
    return ChosenTrack(Kind(section.kind), section.mid, tuple(_as_sent(f) for f in ordered))


def _as_sent(format_: Format) -> Format:
    """We ask for no estimates of the bandwidth: losses and delays tell what to send (`media.ladder`)."""
    return replace(format_, feedback=tuple(f for f in format_.feedback if f != "goog-remb"))


def _formats(section: Section, like: str = "") -> tuple[Format, ...]:
    """Return the best format of each codec, codecs in our order of preference."""
    found = []
    for codec in Codec:
        types = [p for p in section.payload_types if section.formats.get(p) == _NAMES[codec]]
        ranks = {p: _rank(codec, section.parameters.get(p, ""), like) for p in types}
        usable = [p for p in types if ranks[p] < UNUSABLE]
        if codec.kind == section.kind and usable:
            found.append(_format(codec, min(usable, key=ranks.__getitem__), section))
    return tuple(found)


def _format(codec: Codec, payload_type: int, section: Section) -> Format:
    offered = section.feedback.get(payload_type, []) + section.feedback.get(-1, [])
    feedback = tuple(f for f in FEEDBACK if f in offered)
    again = next((p for p, name in section.formats.items() if name == "rtx/90000"
                  and _parameter(section.parameters.get(p, ""), "apt") == str(payload_type)), None)
    return Format(codec, payload_type, section.parameters.get(payload_type, ""), feedback, again)


def _rank(codec: Codec, parameters: str, like: str) -> int:
    """Return how good a variant of a codec is, best 0."""
    if codec in _PROFILES:
        return 0 if _parameter(parameters, _PROFILES[codec]) in ("", "0") else UNUSABLE
    if codec is not Codec.H264:
        return 0
    profile = _parameter(parameters, "profile-level-id").lower()[:4]
    rank = {"42e0": 1, "4200": 2, "4d00": 3}.get(profile, 4)
    if like and profile == _parameter(like, "profile-level-id").lower()[:4]:
        rank = 0
    return rank if _parameter(parameters, "packetization-mode") == "1" else rank + 10


def _parameter(parameters: str, name: str) -> str:
    for part in parameters.split(";"):
        key, _, value = part.strip().partition("=")
        if key.lower() == name:
            return value.strip()
    return ""


def _invalid(code: str, message: str) -> Invalid:
    return Invalid(message, code=f"sdp_{code}")


def _sends(section: Section) -> bool:
    return section.direction in ("sendrecv", "sendonly") and section.port != 0


def _receives(section: Section) -> bool:
    return section.direction in ("sendrecv", "recvonly") and section.port != 0
