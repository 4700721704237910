"""Publishers' packets opened by the compiled part against libsrtp: the same are taken, the same refused."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from media import rtp
from media.compiled import make_protector
from media.dtls import SrtpKeys, SrtpProfile
from media.srtp import SrtpError, SrtpReceiver, SrtpSender

GCM = SrtpProfile.AEAD_AES_128_GCM
RNG = random.Random(7714)
SSRC = 0x53484F57
EXTENSION = b"\xbe\xde\x00\x02" + bytes(range(8))


def some_keys(profile: SrtpProfile = GCM) -> SrtpKeys:
    size = profile.key_bytes + profile.salt_bytes
    return SrtpKeys(profile, os.urandom(size), os.urandom(size))


def both(keys: SrtpKeys) -> tuple[SrtpReceiver, SrtpReceiver]:
    """Return the far side of `keys`: compiled, and by libsrtp."""
    far = SrtpKeys(keys.profile, keys.remote, keys.local)
    return SrtpReceiver(far, expects_media=True), SrtpReceiver(far)


def outcome(receiver: SrtpReceiver, data: bytes) -> rtp.RtpPacket | type[Exception]:
    try:
        return receiver.open_rtp(data)
    except (SrtpError, rtp.RtpError) as error:
        return type(error)


def packet(sequence: int, size: int = 100, ssrc: int = SSRC, padding: int = 0) -> bytes:
    return rtp.build(96, sequence % 3 == 0, sequence, sequence * 3000, ssrc, RNG.randbytes(size), padding)


@given(
    first=st.integers(0, 0xFFFF),
    steps=st.lists(
        st.one_of(st.integers(-20, 20), st.integers(-4200, -4000), st.integers(4000, 4200),
                  st.integers(-40_000, 40_000)),
        max_size=60,
    ),
)
@example(first=0xFFFF, steps=[1, -1, -4094, -1, 2])
@example(first=40_000, steps=[25_000, 25_000, 25_000, -25_000, 20_000, -4000, 1, 1])
@example(first=3, steps=[32_765, 32_768, 32_768, -32_768])
def test_the_same_numbers_are_fresh(first: int, steps: list[int]) -> None:
    """Late ones, repeats, jumps, and numbers that begin anew: whatever an honest sender may have numbered."""
    keys = some_keys()
    protector = make_protector(GCM, keys.local)
    assert protector
    compiled, oracle = both(keys)
    number = first
    for step in (0, *steps):
        number = max(0, number + step)
        data = protector.protect(packet(number), number >> 16)
        assert outcome(compiled, data) == outcome(oracle, data)


@pytest.mark.parametrize("csrcs", [0, 1, 15])
@pytest.mark.parametrize("extension", [b"", EXTENSION, b"\xbe\xde\x00\x00"])
@pytest.mark.parametrize("padding", [0, 1, 255])
def test_every_form_of_header_is_read(csrcs: int, extension: bytes, padding: int) -> None:
    plain = bytearray(packet(7, 50, padding=padding))
    plain[0] |= csrcs | (0x10 if extension else 0)
    plain[12:12] = RNG.randbytes(4 * csrcs) + extension
    keys = some_keys()
    data = SrtpSender(keys).protect_rtp(bytes(plain))
    for receiver in both(keys):
        assert receiver.open_rtp(data) == rtp.parse(bytes(plain))
        with pytest.raises(SrtpError):
            receiver.open_rtp(data)


@pytest.mark.parametrize("payload", [b"", b"\x00", b"abc\x05", b"abc\xff"])
def test_authentic_nonsense_is_told_from_forgery(payload: bytes) -> None:
    plain = bytearray(rtp.build(96, False, 7, 0, SSRC, payload))
    plain[0] |= 0x20
    keys = some_keys()
    data = SrtpSender(keys).protect_rtp(bytes(plain))
    for receiver in both(keys):
        with pytest.raises(rtp.RtpError):
            receiver.open_rtp(data)
        assert receiver.open_rtp(SrtpSender(keys).protect_rtp(packet(8))).sequence == 8


@given(
    position=st.integers(0, 200),
    change=st.integers(1, 255),
    mangle=st.sampled_from([
        lambda data, at, bits: data[:at] + bytes((data[at] ^ bits,)) + data[at + 1 :],
        lambda data, at, _: data[:at],
        lambda data, at, bits: data[:at] + bytes((bits,)) + data[at:],
    ]),
)
def test_no_byte_can_be_changed(
    position: int, change: int, mangle: Callable[[bytes, int, int], bytes]
) -> None:
    """And a forgery leaves no trace: the true packet is taken after it."""
    keys = some_keys()
    data = SrtpSender(keys).protect_rtp(packet(1000))
    forged = mangle(data, position % len(data), change)
    for receiver in both(keys):
        assert outcome(receiver, forged) is SrtpError
        assert receiver.open_rtp(data).sequence == 1000


@given(st.binary(max_size=400))
@example(b"\x90" + bytes(14))
@example(b"\x90" + bytes(13) + b"\xff\xff" + bytes(40))
@example(b"\x8f" + bytes(60))
def test_any_bytes_are_refused(data: bytes) -> None:
    for receiver in both(some_keys()):
        assert outcome(receiver, data) is SrtpError


def test_a_forged_number_far_ahead_does_not_move_the_window() -> None:
    keys = some_keys()
    sender = SrtpSender(keys)
    for receiver in both(keys):
        for number in (10, 11):
            receiver.open_rtp(SrtpSender(keys).protect_rtp(packet(number)))
        forged = bytearray(sender.protect_rtp(packet(30_000)))
        forged[-1] ^= 1
        assert outcome(receiver, bytes(forged)) is SrtpError
        assert receiver.open_rtp(SrtpSender(keys).protect_rtp(packet(12))).sequence == 12


def test_streams_are_apart_and_bounded() -> None:
    keys = some_keys()
    sender = SrtpSender(keys)
    compiled, _ = both(keys)
    for ssrc in range(8):
        assert compiled.open_rtp(sender.protect_rtp(packet(5, ssrc=ssrc))).ssrc == ssrc
    assert outcome(compiled, sender.protect_rtp(packet(5, ssrc=8))) is SrtpError
    assert compiled.open_rtp(sender.protect_rtp(packet(6, ssrc=0))).sequence == 6


def test_forged_streams_take_no_place() -> None:
    keys = some_keys()
    sender = SrtpSender(keys)
    compiled, _ = both(keys)
    for ssrc in range(100):
        data = sender.protect_rtp(packet(5, ssrc=ssrc))
        assert outcome(compiled, data[:-1] + bytes((data[-1] ^ 1,))) is SrtpError
    assert compiled.open_rtp(sender.protect_rtp(packet(5))).sequence == 5


def test_the_other_profile_is_opened_by_libsrtp() -> None:
    keys = some_keys(SrtpProfile.AES_CM_128_HMAC_SHA1_80)
    data = SrtpSender(keys).protect_rtp(packet(5))
    for receiver in both(keys):
        assert receiver.open_rtp(data).sequence == 5
        assert outcome(receiver, data) is SrtpError
