"""The gate for offers: our own strict reader, linear in the text and bounded in everything.

Whatever arrives, `read_offer` returns an `Offer` or raises `Invalid` with a code that begins with
`sdp_` and a sentence that says what to change. Candidates are read over: an ICE-lite agent contacts
nobody, so an offer cannot make us send a packet anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from config.errors import Invalid
from media.dtls import Fingerprint
from media.ice_text import CHARACTERS, MAX_CHARACTERS, MIN_PASSWORD, MIN_UFRAG, is_ice_text

MAX_BYTES = 32 * 1024
MAX_LINES = 600
MAX_LINE_BYTES = 2048
MAX_SECTIONS = 4
MAX_FORMATS = 64
"""Payload types, `a=rtpmap` and `a=fmtp` lines in one section each."""
MAX_FEEDBACK = 256
"""`a=rtcp-fb` lines in all; a stock Chromium sends about a hundred."""
MAX_SSRC_LINES = 64
MAX_SSRCS = 16
MAX_FINGERPRINTS = 8
MAX_EXTENSIONS = 128
MAX_RIDS = MAX_RID_BYTES = 16
TOKEN_BYTES = 256

RID_EXTENSION = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID_EXTENSION = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
"""By which header extensions packets name their size (RFC 8852)."""

_HEX = frozenset("0123456789abcdefABCDEF:")
_RID_CHARACTERS = CHARACTERS - frozenset("+/")
_DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
DISCARD_PORT = 9


@dataclass(slots=True)
class Transport:
    """ICE and DTLS facts of the session or of one section; empty where nothing was said."""

    ufrag: str = ""
    password: str = ""
    fingerprints: list[Fingerprint] = field(default_factory=list)
    setup: str = ""


@dataclass(slots=True)
class Section:
    """One `m=` line with what stands below it; formats by payload type, in the order of the line.

    `extensions` has those of the two above that were offered, `rids` the streams that are to be sent
    (RFC 8851), `simulcast` those of them that show the same in different sizes (RFC 8853).
    """

    kind: str
    port: int
    protocol: str
    payload_types: tuple[int, ...]
    mid: str = ""
    direction: str = "sendrecv"
    rtcp_mux: bool = False
    transport: Transport = field(default_factory=Transport)
    formats: dict[int, str] = field(default_factory=dict)
    parameters: dict[int, str] = field(default_factory=dict)
    feedback: dict[int, list[str]] = field(default_factory=dict)
    ssrcs: list[int] = field(default_factory=list)
    retransmissions: dict[int, int] = field(default_factory=dict)
    extensions: dict[str, int] = field(default_factory=dict)
    rids: list[str] = field(default_factory=list)
    simulcast: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Offer:
    """A read offer. `transport` is that of the session level; sections may have their own."""

    sections: list[Section] = field(default_factory=list)
    bundle: tuple[str, ...] = ()
    transport: Transport = field(default_factory=Transport)
    direction: str = "sendrecv"


def read_offer(text: str) -> Offer:
    """Read an SDP offer within the limits above; raises `Invalid` and nothing else."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise Invalid(f"the offer is longer than {MAX_BYTES} bytes; offer fewer codecs and no candidates",
                      code="sdp_too_large")
    lines = text.replace("\r\n", "\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    if len(lines) > MAX_LINES:
        raise Invalid(f"the offer has more than {MAX_LINES} lines; offer fewer codecs", code="sdp_too_large")
    if not lines or lines[0] != "v=0":
        raise Invalid("the body is no SDP: it must begin with the line v=0", code="sdp_malformed")
    reader = _Reader()
    for number, line in enumerate(lines, 1):
        reader.take(number, line)
    return reader.offer


class _Reader:
    """Takes line after line and builds the offer."""

    def __init__(self) -> None:
        self.offer = Offer()
        self._section: Section | None = None
        self._number = 0
        self._counts: dict[str, int] = {}

    def take(self, number: int, line: str) -> None:
        self._number = number
        if len(line) > MAX_LINE_BYTES:
            raise Invalid(f"line {number} of the offer is longer than {MAX_LINE_BYTES} characters",
                          code="sdp_too_large")
        if len(line) < 2 or line[1] != "=" or not line.isprintable():
            raise self.malformed("has not the form x=value")
        if line[0] == "m":
            self._open_section(line[2:])
        elif line[0] == "a":
            name, _, value = line[2:].partition(":")
            if name in _DIRECTIONS:
                self._read_direction(name)
            elif name in _ATTRIBUTES:
                _ATTRIBUTES[name](self, value)

    def malformed(self, what: str) -> Invalid:
        return Invalid(f"line {self._number} of the offer {what}", code="sdp_malformed")

    def number(self, text: str, highest: int) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= highest):
            raise self.malformed(f"has {text[:20]!r} where a number up to {highest} belongs")
        return int(text)

    def count(self, what: str, limit: int) -> None:
        """Refuse the line when there are more than `limit` of its kind."""
        self._counts[what] = self._counts.get(what, 0) + 1
        if self._counts[what] > limit:
            raise Invalid(f"the offer has more than {limit} {what} lines; offer fewer", code="sdp_too_large")

    @property
    def transport(self) -> Transport:
        return self._section.transport if self._section else self.offer.transport

    @property
    def section(self) -> Section:
        """The section a line belongs to that makes no sense above the first `m=` line."""
        if self._section is None:
            raise self.malformed("stands above the first m= line but belongs below one")
        return self._section

    def _open_section(self, value: str) -> None:
        self.count("m=", MAX_SECTIONS)
        parts = value.split(" ")
        if len(parts) < 4:
            raise self.malformed("is no m= line: media, port, protocol and formats are needed")
        kind, port, protocol, *formats = parts
        if kind not in ("audio", "video"):
            formats = []  # a data channel has names here; the section is refused later
        if len(formats) > MAX_FORMATS:
            raise Invalid(f"a section of the offer names more than {MAX_FORMATS} formats; offer fewer codecs",
                          code="sdp_too_large")
        types = tuple(dict.fromkeys(self.number(f, 127) for f in formats))
        self._section = Section(kind, self.number(port.partition("/")[0], 65535), protocol, types,
                                direction=self.offer.direction)
        self.offer.sections.append(self._section)
        self._counts.pop("a=rtpmap", None)
        self._counts.pop("a=fmtp", None)

    # One method for each attribute we have a use for.

    def read_group(self, value: str) -> None:
        kind, *mids = value.split(" ")
        if kind == "BUNDLE" and self._section is None and not self.offer.bundle:
            self.offer.bundle = tuple(mids[:MAX_SECTIONS])

    def read_ufrag(self, value: str) -> None:
        self.transport.ufrag = self._ice_text(value, MIN_UFRAG)

    def read_password(self, value: str) -> None:
        self.transport.password = self._ice_text(value, MIN_PASSWORD)

    def read_fingerprint(self, value: str) -> None:
        self.count("a=fingerprint", MAX_FINGERPRINTS)
        algorithm, _, digest = value.strip().partition(" ")
        digest = digest.strip()
        if not digest or len(digest) > TOKEN_BYTES or not set(digest) <= _HEX:
            raise self.malformed("is no fingerprint: an algorithm and hex digits with colons are needed")
        self.transport.fingerprints.append(Fingerprint(algorithm.lower(), digest.upper()))

    def read_setup(self, value: str) -> None:
        self.transport.setup = value.strip()

    def read_mid(self, value: str) -> None:
        if not value or len(value) > 32 or " " in value or not value.isascii():
            raise self.malformed("has no usable mid: up to 32 ASCII characters without a space")
        if any(s.mid == value for s in self.offer.sections):
            raise self.malformed("repeats the mid of another section")
        self.section.mid = value

    def read_mux(self, _: str) -> None:
        self.section.rtcp_mux = True

    def read_bundle_only(self, _: str) -> None:
        """Take port 0 for what it is here: no port but that of the group (RFC 9143 section 6)."""
        self.section.port = self.section.port or DISCARD_PORT

    def read_rtpmap(self, value: str) -> None:
        self.count("a=rtpmap", MAX_FORMATS)
        payload_type, rest = self._typed(value)
        self.section.formats.setdefault(payload_type, rest.lower())

    def read_fmtp(self, value: str) -> None:
        self.count("a=fmtp", MAX_FORMATS)
        payload_type, rest = self._typed(value)
        self.section.parameters.setdefault(payload_type, rest)

    def read_feedback(self, value: str) -> None:
        self.count("a=rtcp-fb", MAX_FEEDBACK)
        first, _, rest = value.partition(" ")
        payload_type = -1 if first == "*" else self.number(first, 127)
        self.section.feedback.setdefault(payload_type, []).append(rest.strip())

    def read_ssrc(self, value: str) -> None:
        self.count("a=ssrc", MAX_SSRC_LINES)
        ssrc = self.number(value.partition(" ")[0], 0xFFFFFFFF)
        if ssrc not in self.section.ssrcs:
            self.count("different a=ssrc", MAX_SSRCS)
            self.section.ssrcs.append(ssrc)

    def read_ssrc_group(self, value: str) -> None:
        self.count("a=ssrc-group", MAX_SSRCS)
        kind, *ssrcs = value.split(" ")
        if kind == "FID" and len(ssrcs) == 2:
            first, second = (self.number(s, 0xFFFFFFFF) for s in ssrcs)
            self.section.retransmissions.setdefault(first, second)

    def read_extension(self, value: str) -> None:
        self.count("a=extmap", MAX_EXTENSIONS)
        number, _, rest = value.partition(" ")
        name = rest.partition(" ")[0]
        if name in (RID_EXTENSION, REPAIRED_RID_EXTENSION):
            self.section.extensions[name] = self.number(number.partition("/")[0], 255)

    def read_rid(self, value: str) -> None:
        self.count("a=rid", MAX_RIDS)
        rid, _, rest = value.partition(" ")
        if not 0 < len(rid) <= MAX_RID_BYTES or not set(rid) <= _RID_CHARACTERS:
            raise self.malformed(f"has no usable rid: 1 to {MAX_RID_BYTES} letters, digits, - or _")
        if rest.partition(" ")[0] == "send" and rid not in self.section.rids:
            self.section.rids.append(rid)

    def read_simulcast(self, value: str) -> None:
        """Take the first of alternatives; one that is paused (`~`) may begin at any time."""
        words = value.split(" ")
        if "send" in words[:-1]:
            streams = words[words.index("send") + 1].split(";")
            self.section.simulcast = [s.partition(",")[0].lstrip("~") for s in streams[:MAX_RIDS]]

    def _read_direction(self, name: str) -> None:
        if self._section is None:
            self.offer.direction = name
        else:
            self._section.direction = name

    def _typed(self, value: str) -> tuple[int, str]:
        first, _, rest = value.partition(" ")
        return self.number(first, 127), rest.strip()

    def _ice_text(self, value: str, shortest: int) -> str:
        value = value.strip()
        if not is_ice_text(value, shortest):
            raise self.malformed(f"must have {shortest} to {MAX_CHARACTERS} letters and digits (RFC 8839)")
        return value


_ATTRIBUTES: dict[str, Callable[[_Reader, str], None]] = {
    "group": _Reader.read_group,
    "ice-ufrag": _Reader.read_ufrag,
    "ice-pwd": _Reader.read_password,
    "fingerprint": _Reader.read_fingerprint,
    "setup": _Reader.read_setup,
    "mid": _Reader.read_mid,
    "rtcp-mux": _Reader.read_mux,
    "bundle-only": _Reader.read_bundle_only,
    "rtpmap": _Reader.read_rtpmap,
    "fmtp": _Reader.read_fmtp,
    "rtcp-fb": _Reader.read_feedback,
    "ssrc": _Reader.read_ssrc,
    "ssrc-group": _Reader.read_ssrc_group,
    "extmap": _Reader.read_extension,
    "rid": _Reader.read_rid,
    "simulcast": _Reader.read_simulcast,
}
