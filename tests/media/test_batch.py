"""One packet reaches every receiver of a batch, each under its own keys, and nobody who has left."""

from __future__ import annotations

import ctypes
import errno
import os
import socket

import pytest

from media import arena as system
from media.arena import Arena
from media.batch import Address, Batch
from media.compiled import is_installed, make_fanout
from media.compiled_batch import CompiledBatch
from media.dtls import SrtpKeys, SrtpProfile
from media.plain_batch import PlainBatch
from media.srtp import SrtpReceiver, SrtpSender

PACKET = bytes.fromhex("80600001000000010000002a") + b"picture" * 100
HOST = "127.9.9.9"
"""Loopback too; what others send to ports that they had before does not come here."""


class Socket:
    """A real socket with the little a batch needs; keeps what it was given singly."""

    def __init__(self, host: str) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.arena = Arena()
        self.fanout = make_fanout(2)
        self.is_congested = False
        self.dropped = 0
        self.singly = 0

    @property
    def fileno(self) -> int:
        return self.socket.fileno()

    def send(self, data: bytes, address: Address) -> None:
        self.singly += 1
        self.socket.sendto(data, address)

    def count_dropped(self, count: int) -> None:
        self.dropped += count


class Receiver:
    """Somebody with a socket and keys."""

    def __init__(self, host: str, profile: SrtpProfile) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.socket.settimeout(1)
        size = profile.key_bytes + profile.salt_bytes
        keys = SrtpKeys(profile, os.urandom(size), os.urandom(size))
        self.sender = SrtpSender(keys)
        self._receiver = SrtpReceiver(SrtpKeys(profile, keys.remote, keys.local))

    @property
    def address(self) -> Address:
        return self.socket.getsockname()  # type: ignore[no-any-return]  # the standard library says Any

    def receive(self) -> bytes:
        return self._receiver.unprotect_rtp(self.socket.recv(2048))

    def hears_nothing(self) -> bool:
        self.socket.setblocking(False)
        try:
            self.socket.recv(2048)
        except BlockingIOError:
            return True
        return False


def open_batch(sender: Socket, profile: SrtpProfile, kind: str = "plain") -> Batch:
    if kind == "compiled" and sender.fanout is not None:
        return CompiledBatch(sender, sender.fanout)
    return PlainBatch(sender, profile.tag_bytes)


KINDS = [(profile, "plain") for profile in SrtpProfile]
if is_installed():
    KINDS.append((SrtpProfile.AEAD_AES_128_GCM, "compiled"))


@pytest.fixture(params=[HOST, "::1"])
def host(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize(("profile", "kind"), KINDS)
def test_every_receiver_gets_the_packet_under_its_own_keys(
    host: str, profile: SrtpProfile, kind: str
) -> None:
    sender = Socket(host)
    batch = open_batch(sender, profile, kind)
    receivers = [Receiver(host, profile) for _ in range(20)]
    for receiver in receivers:
        batch.add(receiver, receiver.sender, receiver.address)
    assert batch.send([PACKET], [0]) == 20
    assert [r.receive() for r in receivers] == [PACKET] * 20
    assert sender.dropped == 0
    close(sender, receivers)


@pytest.mark.parametrize(("profile", "kind"), KINDS)
def test_who_has_left_gets_nothing_and_the_others_still_do(profile: SrtpProfile, kind: str) -> None:
    sender = Socket(HOST)
    batch = open_batch(sender, profile, kind)
    receivers = [Receiver(HOST, profile) for _ in range(5)]
    for receiver in receivers:
        batch.add(receiver, receiver.sender, receiver.address)
    batch.remove(receivers[1])
    batch.remove(receivers[4])
    batch.remove("a stranger")
    assert batch.send([PACKET], [0]) == len(batch) == 3
    assert [receivers[i].receive() for i in (0, 2, 3)] == [PACKET] * 3
    assert receivers[1].hears_nothing()
    assert receivers[4].hears_nothing()
    close(sender, receivers)


@pytest.mark.parametrize(("profile", "kind"), KINDS)
def test_who_has_moved_is_reached_at_the_new_address(profile: SrtpProfile, kind: str) -> None:
    sender = Socket(HOST)
    batch = open_batch(sender, profile, kind)
    one, other = (Receiver(HOST, profile) for _ in range(2))
    batch.add("viewer", one.sender, one.address)
    batch.add("viewer", one.sender, other.address)
    assert batch.send([PACKET], [0]) == 1
    assert other.socket.recv(2048)
    assert one.hears_nothing()
    close(sender, [one, other])


@pytest.mark.parametrize("congested", [False, True])
def test_the_plain_path_sends_the_same(monkeypatch: pytest.MonkeyPatch, congested: bool) -> None:
    if not congested:
        monkeypatch.setattr(system, "sendmmsg", None)  # a system without the call
    profile = SrtpProfile.AES_CM_128_HMAC_SHA1_80
    sender = Socket(HOST)
    sender.is_congested = congested
    batch = open_batch(sender, profile)
    receivers = [Receiver(HOST, profile) for _ in range(3)]
    for receiver in receivers:
        batch.add(receiver, receiver.sender, receiver.address)
    assert batch.send([PACKET], [0]) == sender.singly == 3
    assert [r.receive() for r in receivers] == [PACKET] * 3
    close(sender, receivers)


def test_what_the_kernel_does_not_take_at_once_is_sent_singly(monkeypatch: pytest.MonkeyPatch) -> None:
    profile = SrtpProfile.AEAD_AES_128_GCM
    sender = Socket(HOST)
    real, calls = system.sendmmsg, []

    def full(fileno: int, messages: int, count: int, flags: int) -> int:
        calls.append(count)
        if len(calls) == 1:
            return int(real(fileno, messages, 2, flags))
        ctypes.set_errno(errno.EHOSTUNREACH if len(calls) == 2 else errno.EAGAIN)
        return -1

    monkeypatch.setattr(system, "sendmmsg", full)
    batch = open_batch(sender, profile)
    receivers = [Receiver(HOST, profile) for _ in range(5)]
    for receiver in receivers:
        batch.add(receiver, receiver.sender, receiver.address)
    batch.send([PACKET], [0])
    assert calls == [5, 3, 2]
    assert (sender.dropped, sender.singly) == (1, 2)
    assert [receivers[i].receive() for i in (0, 1, 3, 4)] == [PACKET] * 4
    assert receivers[2].hears_nothing()
    close(sender, receivers)


def test_a_packet_that_is_too_long_is_not_sent() -> None:
    profile = SrtpProfile.AEAD_AES_128_GCM
    sender = Socket(HOST)
    batch = open_batch(sender, profile)
    receiver = Receiver(HOST, profile)
    batch.add(1, receiver.sender, receiver.address)
    assert batch.send([PACKET.ljust(1501)], [0]) == 0
    assert receiver.hears_nothing()
    close(sender, [receiver])


def close(sender: Socket, receivers: list[Receiver]) -> None:
    sender.socket.close()
    for receiver in receivers:
        receiver.socket.close()


def test_a_run_reaches_every_receiver_in_one_message_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """More receivers than one portion, more packets than one message, sizes as encoders make them."""
    real, calls = system.sendmmsg, []

    def counted(fileno: int, messages: int, count: int, flags: int) -> int:
        calls.append(count)
        return int(real(fileno, messages, count, flags))

    monkeypatch.setattr(system, "sendmmsg", counted)
    profile = SrtpProfile.AEAD_AES_128_GCM
    sender = Socket(HOST)
    batch = open_batch(sender, profile)
    receivers = [Receiver(HOST, profile) for _ in range(70)]
    for receiver in receivers:
        batch.add(receiver, receiver.sender, receiver.address)
    packets = [PACKET[:3] + bytes([number]) + PACKET[4:] for number in range(16)]
    assert batch.send(packets, [0] * len(packets)) == 16 * 70
    assert all([receiver.receive() for _ in packets] == packets for receiver in receivers)
    assert calls == [64, 6]
    assert (sender.dropped, sender.singly) == (0, 0)
    close(sender, receivers)


@pytest.mark.parametrize("error", [errno.EIO, errno.EINVAL, errno.EMSGSIZE])
def test_who_cannot_have_messages_cut_gets_datagrams(monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    """A card without the means ends the attempt for all, a narrow path for the one behind it."""
    real, calls = system.sendmmsg, []

    def picky(fileno: int, messages: int, count: int, flags: int) -> int:
        calls.append(count)
        if len(calls) == 1:
            ctypes.set_errno(error)
            return -1
        return int(real(fileno, messages, count, flags))

    monkeypatch.setattr(system, "sendmmsg", picky)
    profile = SrtpProfile.AEAD_AES_128_GCM
    sender = Socket(HOST)
    batch = open_batch(sender, profile)
    receivers = [Receiver(HOST, profile) for _ in range(3)]
    for receiver in receivers:
        batch.add(receiver, receiver.sender, receiver.address)
    packets = [PACKET[:3] + bytes([number]) + PACKET[4:] for number in range(4)]
    assert batch.send(packets, [0] * len(packets)) == 12
    assert all([receiver.receive() for _ in packets] == packets for receiver in receivers)
    assert sender.singly == (12 if error == errno.EIO else 4)
    assert (sender.arena.longest_run == 1) is (error == errno.EIO)
    close(sender, receivers)
