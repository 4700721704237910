"""The compiled part of the fan-out, where it is installed (`make native`); everything works without it.

It stands in `media/native`, in Rust. There, packets are protected under AEAD_AES_128_GCM and handed to the
kernel without the interpreter, by several threads when there are many receivers; and those of publishers are
opened and read.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from media.dtls import SrtpProfile
from media.precompiled import IS_LEFT_OUT

INTERFACE = 2
"""What was built from older sources says another number, or none, and is left alone."""

try:
    if IS_LEFT_OUT:
        raise ImportError
    import showroom_fanout as native

    if getattr(native, "INTERFACE", 1) != INTERFACE:
        raise ImportError
except ImportError:
    native = None

_LABEL_KEY, _LABEL_SALT = 0, 2


class Protector(Protocol):
    """The keys of one receiver, as the compiled part holds them."""

    def protect(self, packet: bytes, wraps: int) -> bytes:
        """Return the packet encrypted; raises ValueError when it lies before the first one sent."""


class Opener(Protocol):
    """The keys of one peer who sends, as the compiled part holds them, and which packets have come."""

    def open(self, packet: bytes) -> tuple[int, bool, int, int, int, bytes] | None:
        """Return the fields of `RtpPacket`; None when it is authentic, but its padding makes no sense.

        Raises ValueError for one that is forged, came before, or is none.
        """


class Receivers(Protocol):
    """An ordered list of receivers."""

    def place(self, place: int, sender: Protector, name: bytes, shift: tuple[int, int, int]) -> None:
        """Put a receiver at a place, one behind the last at most; `shift` as in `media.numbering`."""

    def pop(self) -> None:
        """Take the last one off."""


class Fanout(Protocol):
    """Threads that send runs."""

    def send(
        self, file: int, receivers: Receivers, packets: Sequence[bytes], wraps: Sequence[int]
    ) -> list[tuple[int, int]]:
        """Send to all; return the places that did not get it with errno, 0 for what cannot be protected."""


class Inlet(Protocol):
    """Reads a UDP socket."""

    def read(self, file: int) -> list[tuple[bytes, tuple[Any, ...]]]:
        """Return what has arrived, with addresses, 32 at most; raises OSError as `recvfrom` does."""


def is_installed() -> bool:
    """Tell whether there is a compiled part."""
    return native is not None


def make_fanout(threads: int) -> Fanout | None:
    """Return one with so many threads, but no more than cores; None when it is not installed."""
    if native is None:
        return None
    fanout: Fanout = native.Fanout(min(threads, len(os.sched_getaffinity(0))))
    return fanout


def make_inlet() -> Inlet | None:
    """Return one, None when it is not installed."""
    if native is None:
        return None
    inlet: Inlet = native.Inlet()
    return inlet


def make_receivers() -> Receivers:
    """Return an empty list."""
    receivers: Receivers = native.Receivers()
    return receivers


def make_protector(profile: SrtpProfile, master: bytes) -> Protector | None:
    """Return what protects RTP under these master keys, None where libsrtp has to do it."""
    if native is None or profile is not SrtpProfile.AEAD_AES_128_GCM:
        return None
    protector: Protector = native.Sender(*_session_keys(profile, master))
    return protector


def make_opener(profile: SrtpProfile, master: bytes) -> Opener | None:
    """Return what opens RTP under these master keys, None where libsrtp has to do it."""
    if native is None or profile is not SrtpProfile.AEAD_AES_128_GCM:
        return None
    opener: Opener = native.Opener(*_session_keys(profile, master))
    return opener


def _session_keys(profile: SrtpProfile, master: bytes) -> tuple[bytes, bytes]:
    key, salt = master[: profile.key_bytes], master[profile.key_bytes :]
    return (derive(key, salt, _LABEL_KEY, profile.key_bytes),
            derive(key, salt, _LABEL_SALT, profile.salt_bytes))


def derive(key: bytes, salt: bytes, label: int, size: int) -> bytes:
    """Return a session key or salt of `size` bytes (RFC 3711 section 4.3, RFC 7714 section 11)."""
    start = int.from_bytes(salt.ljust(14, b"\0"), "big") ^ (label << 48)
    stream = Cipher(algorithms.AES(key), modes.CTR((start << 16).to_bytes(16, "big"))).encryptor()
    return stream.update(bytes(size))
