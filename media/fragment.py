"""Reads and writes fragments of SDP (RFC 8840): trickled candidates, and the two sides of an ICE restart.

An ICE-lite agent has no use for candidates, but takes no nonsense either.
"""

from __future__ import annotations

from dataclasses import dataclass

from config.errors import Invalid
from media.ice_text import MIN_PASSWORD, MIN_UFRAG, is_ice_text
from media.sdp_answer import Host, candidate_lines

MAX_BYTES = 16 * 1024
MAX_CANDIDATES = 64
_KNOWN = ("a=candidate:", "a=end-of-candidates", "a=ice-ufrag:", "a=ice-pwd:", "a=ice-options:", "a=mid:",
          "a=group:", "a=ice-lite", "a=ice-pacing:", "m=", "a=rtcp-mux", "a=bundle-only", "c=")


@dataclass(frozen=True, slots=True)
class Fragment:
    """What a fragment says of the transport: empty texts for what it leaves out."""

    ufrag: str
    password: str
    media: str
    mid: str

    def check_credentials(self) -> None:
        """Raise `Invalid` unless the fragment has what a restart begins with (RFC 9725 section 4.3.3)."""
        if not is_ice_text(self.ufrag, MIN_UFRAG) or not is_ice_text(self.password, MIN_PASSWORD):
            raise Invalid("the fragment of a restart needs new a=ice-ufrag and a=ice-pwd", code="sdp_no_ice")


def read_fragment(text: str) -> Fragment:
    """Return what the text says; raises `Invalid` unless it is a fragment of at most 64 candidates."""
    if len(text) > MAX_BYTES:
        raise Invalid(f"the fragment is longer than {MAX_BYTES} bytes", code="sdp_too_large")
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
    if not lines:
        raise Invalid("the fragment is empty", code="sdp_malformed")
    for number, line in enumerate(lines, 1):
        if not line.startswith(_KNOWN) or not line.isprintable():
            raise Invalid(f"line {number} of the fragment has no place in one", code="sdp_malformed")
    if sum(line.startswith("a=candidate:") for line in lines) > MAX_CANDIDATES:
        raise Invalid(f"the fragment has more than {MAX_CANDIDATES} candidates", code="sdp_too_large")
    return Fragment(_first(lines, "a=ice-ufrag:"), _first(lines, "a=ice-pwd:"), _first(lines, "m="),
                    _first(lines, "a=mid:"))


def write_fragment(asked: Fragment, host: Host) -> str:
    """Return the answer to a restart: our new credentials for the section that was asked about."""
    lines = ["a=ice-lite", "a=ice-options:ice2"]
    lines.append(f"m={asked.media or 'audio 9 UDP/TLS/RTP/SAVPF 0'}")
    if asked.mid:
        lines.append(f"a=mid:{asked.mid}")
    lines += [f"a=ice-ufrag:{host.ufrag}", f"a=ice-pwd:{host.password}", *candidate_lines(host)]
    return "\r\n".join(lines) + "\r\n"


def _first(lines: list[str], prefix: str) -> str:
    return next((line.removeprefix(prefix).strip() for line in lines if line.startswith(prefix)), "")
