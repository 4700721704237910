"""Protects and opens RTP and RTCP with the keys of one DTLS association (RFC 3711, RFC 7714).

Buffers are reused: a packet is copied in once and worked on in place. The batch of a fan-out goes
below these classes and calls libsrtp on its own buffer with `SrtpSender.context`.
"""

from __future__ import annotations

from typing import Any

import pylibsrtp

from media import aiortc_private as private
from media import rtp
from media.compiled import make_opener, make_protector
from media.dtls import SrtpKeys, SrtpProfile

MAX_PACKET_BYTES = 2048
TRAILER_BYTES = 4 + 16 + 128
"""Room libsrtp may need behind a packet: SRTCP index, tag and key identifier."""

WINDOW_PACKETS = 4096
"""How far back a packet may be sent again or accepted late."""

_LIBSRTP_PROFILES = {
    SrtpProfile.AEAD_AES_128_GCM: pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    SrtpProfile.AES_CM_128_HMAC_SHA1_80: pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
}


class SrtpError(Exception):
    """A packet that is not authentic, was seen before, or does not fit."""


class _Buffer:
    """A reusable piece of memory that libsrtp works on in place."""

    def __init__(self) -> None:
        self._data = private.ffi.new("unsigned char[]", MAX_PACKET_BYTES + TRAILER_BYTES)
        self._view = memoryview(private.ffi.buffer(self._data))
        self._length = private.ffi.new("int *")

    def work(self, function: Any, context: Any, packet: bytes | memoryview) -> bytes:
        size = len(packet)
        if size > MAX_PACKET_BYTES:
            raise SrtpError(f"a packet of {size} bytes is too long")
        self._view[:size] = packet
        self._length[0] = size
        code = function(context, self._data, self._length)
        if code:
            raise SrtpError(private.error_text(code))
        return bytes(self._view[: self._length[0]])


_BUFFER = _Buffer()
"""Scratch memory of the one thread that works on packets; nothing stays in it between two calls."""


class SrtpSender:
    """The outgoing half: protects what goes to the peer. Sending a packet again is allowed."""

    def __init__(self, keys: SrtpKeys) -> None:
        self._holder = private.create_context(
            _policy(keys.profile, keys.local, pylibsrtp.Policy.SSRC_ANY_OUTBOUND))
        self.context = self._holder[0]
        """libsrtp's session, valid as long as this object lives."""
        self.tag_bytes = keys.profile.tag_bytes
        """By how much a protected RTP packet is longer."""
        self.protector = make_protector(keys.profile, keys.local)
        """What protects numbered packets instead of libsrtp; both must not be used for one stream."""

    def protect_rtp(self, packet: bytes | memoryview) -> bytes:
        """Return the RTP packet encrypted and authenticated; raises `SrtpError`."""
        return _BUFFER.work(private.srtp_protect, self.context, packet)

    def protect_numbered(self, packet: bytes, wraps: int) -> bytes | None:
        """Return the packet protected, its number having begun anew `wraps` times; None when it cannot be."""
        try:
            if self.protector is None:
                return self.protect_rtp(packet)
            return self.protector.protect(packet, wraps)
        except (SrtpError, ValueError):
            return None

    def protect_rtcp(self, packet: bytes | memoryview) -> bytes:
        """Return the compound RTCP packet encrypted and authenticated; raises `SrtpError`."""
        return _BUFFER.work(private.srtp_protect_rtcp, self.context, packet)


class SrtpReceiver:
    """The incoming half: opens what comes from the peer, each packet once.

    With `expects_media` RTP is opened by the compiled part where that is installed. Its keys and its memory
    of what has come are apart from libsrtp's, so only one of `open_rtp` and `unprotect_rtp` is to be used.
    """

    def __init__(self, keys: SrtpKeys, *, expects_media: bool = False) -> None:
        self._holder = private.create_context(
            _policy(keys.profile, keys.remote, pylibsrtp.Policy.SSRC_ANY_INBOUND))
        self._context = self._holder[0]
        self._opener = make_opener(keys.profile, keys.remote) if expects_media else None

    def open_rtp(self, packet: bytes) -> rtp.RtpPacket:
        """Return what it says; raises `SrtpError` as below, `RtpError` when it is authentic nonsense."""
        if self._opener is None:
            return rtp.parse(self.unprotect_rtp(packet))
        try:
            fields = self._opener.open(packet)
        except ValueError as refusal:
            raise SrtpError(str(refusal)) from None
        if fields is None:
            raise rtp.RtpError("header and padding overlap")
        return rtp.RtpPacket._make(fields)

    def unprotect_rtp(self, packet: bytes | memoryview) -> bytes:
        """Return the RTP packet in the clear; raises `SrtpError` when it is forged or a replay."""
        return _BUFFER.work(private.srtp_unprotect, self._context, packet)

    def unprotect_rtcp(self, packet: bytes | memoryview) -> bytes:
        """Return the compound RTCP packet in the clear; raises `SrtpError` as above."""
        return _BUFFER.work(private.srtp_unprotect_rtcp, self._context, packet)


def _policy(profile: SrtpProfile, key: bytes, direction: int) -> pylibsrtp.Policy:
    policy = pylibsrtp.Policy(key=key, ssrc_type=direction, srtp_profile=_LIBSRTP_PROFILES[profile])
    policy.allow_repeat_tx = True
    policy.window_size = WINDOW_PACKETS
    return policy
