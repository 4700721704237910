"""Checks a trickled SDP fragment (RFC 8840): an ICE-lite agent needs none, but takes no nonsense either."""

from __future__ import annotations

from config.errors import Invalid

MAX_BYTES = 16 * 1024
MAX_CANDIDATES = 64
_KNOWN = ("a=candidate:", "a=end-of-candidates", "a=ice-ufrag:", "a=ice-pwd:", "a=ice-options:", "a=mid:",
          "a=group:", "a=ice-lite", "a=ice-pacing:", "m=", "a=rtcp-mux", "a=bundle-only", "c=")


def check_fragment(text: str) -> None:
    """Raise `Invalid` unless the text is a fragment of at most 64 candidates."""
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
