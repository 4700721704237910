"""The compiled fan-out against the one in Python: the same bytes for everybody, packet by packet."""

from __future__ import annotations

import errno
import os
import random
import socket
from collections.abc import Iterator, Sequence

import pytest

from media import rtp
from media.arena import Arena
from media.batch import Address, Batch
from media.compiled import Fanout, Receivers, make_fanout, make_inlet, make_protector
from media.compiled_batch import CompiledBatch
from media.dtls import SrtpKeys, SrtpProfile
from media.numbering import AS_IT_IS, Shift
from media.plain_batch import PlainBatch
from media.srtp import SrtpReceiver, SrtpSender

GCM = SrtpProfile.AEAD_AES_128_GCM
RNG = random.Random(3711)
SSRC = 0x53484F57


def some_keys(profile: SrtpProfile = GCM) -> SrtpKeys:
    size = profile.key_bytes + profile.salt_bytes
    return SrtpKeys(profile, os.urandom(size), os.urandom(size))


def packet(sequence: int, size: int = 1000, ssrc: int = SSRC, padding: int = 0) -> bytes:
    return rtp.build(96, sequence % 3 == 0, sequence, sequence * 3000, ssrc, RNG.randbytes(size), padding)


class Outlet:
    """A socket, its memory, and what was given to it singly."""

    def __init__(self, threads: int = 1) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.arena = Arena()
        self.fanout: Fanout | None = make_fanout(threads)
        self.is_congested = False
        self.single: list[bytes] = []
        self.dropped = 0

    @property
    def fileno(self) -> int:
        return self.socket.fileno()

    def send(self, data: bytes, address: Address) -> None:
        self.single.append(data)
        self.socket.sendto(data, address)

    def count_dropped(self, count: int) -> None:
        self.dropped += count


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    outlet = Outlet(threads=4)
    yield outlet
    outlet.socket.close()


@pytest.fixture
def inlets() -> Iterator[list[socket.socket]]:
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(150)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
        each.setblocking(False)
    yield sockets
    for each in sockets:
        each.close()


def arrived(inlet: socket.socket) -> list[bytes]:
    """Return what has come of our stream: others may still write to whoever had this port before."""
    found: list[bytes] = []
    while True:
        try:
            data = inlet.recv(2048)
        except BlockingIOError:
            return found
        if data[8:12] == SSRC.to_bytes(4, "big"):
            found.append(data)


def test_packets_are_those_of_libsrtp_also_when_their_numbers_begin_anew() -> None:
    keys = some_keys()
    compiled, oracle = make_protector(GCM, keys.local), SrtpSender(keys)
    assert compiled
    for number in (*range(65_000, 66_000), *range(66_000, 130_900, 1000), *range(130_900, 131_200)):
        plain = packet(number, RNG.randrange(1400), padding=RNG.choice((0, 0, 7)))
        assert compiled.protect(plain, number >> 16) == oracle.protect_rtp(plain)


def test_who_joins_late_counts_from_the_first_packet() -> None:
    """As the receiver does: it knows nothing of the times the numbers began anew before."""
    keys = some_keys()
    sender, receiver = SrtpSender(keys), SrtpReceiver(SrtpKeys(GCM, keys.remote, keys.local))
    for number in (5 * 65536 - 2, 5 * 65536 - 1, 5 * 65536, 5 * 65536 + 1):
        plain = packet(number)
        data = sender.protect_numbered(plain, number >> 16)
        assert data
        assert receiver.unprotect_rtp(data) == plain


def test_a_packet_from_before_the_first_is_refused() -> None:
    sender = SrtpSender(some_keys())
    assert sender.protect_numbered(packet(65_536), 1)
    assert sender.protect_numbered(packet(65_535), 0) is None
    assert sender.protect_numbered(packet(65_537), 1)


def test_what_is_no_plain_packet_is_refused() -> None:
    protector = make_protector(GCM, some_keys().local)
    assert protector
    torn = packet(1)[1:]
    for bad in (b"", torn[:11], b"\x00" + torn, b"\x90" + torn, b"\x81" + torn):
        with pytest.raises(ValueError, match="Malformed"):
            protector.protect(bad, 0)


def test_streams_of_one_receiver_are_bounded() -> None:
    protector = make_protector(GCM, some_keys().local)
    assert protector
    for ssrc in range(8):
        protector.protect(packet(1, ssrc=ssrc), 0)
    with pytest.raises(ValueError, match="TooManyStreams"):
        protector.protect(packet(1, ssrc=8), 0)


def test_the_other_profile_is_left_to_libsrtp() -> None:
    assert SrtpSender(some_keys(SrtpProfile.AES_CM_128_HMAC_SHA1_80)).protector is None
    batch = CompiledBatch(outlet := Outlet(), outlet.fanout or pytest.fail("not installed"))
    with pytest.raises(ValueError, match="profile"):
        batch.add(1, SrtpSender(some_keys(SrtpProfile.AES_CM_128_HMAC_SHA1_80)), ("127.0.0.1", 9))
    outlet.socket.close()


@pytest.mark.parametrize("length", [1, 2, 5, 16])
@pytest.mark.parametrize("receivers", [1, 3, 150])
def test_both_fan_outs_send_the_same_to_everybody(
    outlet: Outlet, inlets: list[socket.socket], length: int, receivers: int
) -> None:
    """Also when several threads share the receivers, and when some leave and their places are taken."""
    assert outlet.fanout
    batches: list[Batch] = [CompiledBatch(outlet, outlet.fanout), PlainBatch(outlet, GCM.tag_bytes)]
    for number, inlet in enumerate(inlets[:receivers]):
        keys = some_keys()
        for batch in batches:
            batch.add(number, SrtpSender(keys), inlet.getsockname())
    for start, gone in ((65_530, None), (65_530 + length, 0), (65_530 + 2 * length, 2)):
        for batch in batches:
            batch.remove(gone)
        run = [packet(start + n, 900 if n < length - 1 else 300) for n in range(length)]
        wraps = [(start + n) >> 16 for n in range(length)]
        sent = [batch.send(run, wraps) for batch in batches]
        assert sent == [len(batches[0]) * length] * 2
        for number, inlet in enumerate(inlets[:receivers]):
            found = arrived(inlet)
            assert len(found) == (2 * length if number in batches[0]._index else 0)
            assert found[:length] == found[length:]
    assert (outlet.dropped, outlet.single) == (0, [])


SHIFTS = [AS_IT_IS, Shift(5, 90, 65_533), Shift(-65_000, 7, 0), Shift(65_536 * 3, 0xFFFF_FFFF, 65_540)]


@pytest.mark.parametrize("is_passed_over", [False, True])
def test_each_receiver_sees_numbers_of_its_own(
    outlet: Outlet, inlets: list[socket.socket], is_passed_over: bool
) -> None:
    """As one does who was moved between sizes: shifted, and nothing from before. Libsrtp opens it."""
    assert outlet.fanout
    failures = [(place, errno.EAGAIN) for place in range(len(SHIFTS))]
    batch = CompiledBatch(outlet, Failing(outlet.fanout, failures) if is_passed_over else outlet.fanout)
    run = [packet(65_530 + number) for number in range(12)]
    keys = [some_keys() for _ in SHIFTS]
    for inlet, its, shift in zip(inlets, keys, SHIFTS, strict=False):
        batch.add(inlet, SrtpSender(its), inlet.getsockname(), shift)
    batch.send(run, [(65_530 + number) >> 16 for number in range(12)])
    for inlet, its, shift in zip(inlets, keys, SHIFTS, strict=False):
        opens = SrtpReceiver(SrtpKeys(GCM, its.remote, its.local))
        expected = [
            rtp.renumbered(plain, 65_530 + number + shift.sequence, shift.timestamp)
            for number, plain in enumerate(run) if 65_530 + number >= shift.first
        ]
        assert [opens.unprotect_rtp(data) for data in arrived(inlet)] == expected
        assert expected


class Failing:
    """A fan-out that sends nothing to some, and says why."""

    def __init__(self, real: Fanout, failures: list[tuple[int, int]]) -> None:
        self._real = real
        self._failures = failures

    def send(
        self, file: int, receivers: Receivers, packets: Sequence[bytes], wraps: Sequence[int]
    ) -> list[tuple[int, int]]:
        return self._failures


@pytest.mark.parametrize(
    ("error", "singly", "dropped", "longest"),
    [
        (errno.EAGAIN, 3, 0, 16), (errno.EIO, 3, 0, 1), (errno.EINVAL, 3, 0, 16), (errno.EMSGSIZE, 3, 0, 16),
        (errno.ENETDOWN, 0, 3, 16),
    ],
)
def test_who_was_passed_over_gets_datagrams_where_that_helps(
    outlet: Outlet, inlets: list[socket.socket], error: int, singly: int, dropped: int, longest: int
) -> None:
    assert outlet.fanout
    batch = CompiledBatch(outlet, Failing(outlet.fanout, [(1, error)]))
    keys = some_keys()
    for number in range(2):
        batch.add(number, SrtpSender(keys), inlets[number].getsockname())
    run = [packet(number) for number in range(3)]
    assert batch.send(run, [0, 0, 0]) == 3 + singly
    assert (len(outlet.single), outlet.dropped, outlet.arena.longest_run) == (singly, dropped, longest)
    opens = SrtpReceiver(SrtpKeys(GCM, keys.remote, keys.local))
    assert [opens.unprotect_rtp(data) for data in arrived(inlets[1])] == (run if singly else [])


def test_one_who_cannot_be_reached_costs_the_others_nothing(
    outlet: Outlet, inlets: list[socket.socket]
) -> None:
    """The kernel refuses to send to everybody at once without leave, which stands for any refusal."""
    assert outlet.fanout
    batch = CompiledBatch(outlet, outlet.fanout)
    addresses = [inlets[0].getsockname(), ("255.255.255.255", 9), inlets[1].getsockname()]
    for number, address in enumerate(addresses):
        batch.add(number, SrtpSender(some_keys()), address)
    assert batch.send([packet(1), packet(2)], [0, 0]) == 4
    assert [len(arrived(inlet)) for inlet in inlets[:2]] == [2, 2]
    assert outlet.dropped == 2


def test_a_full_socket_has_the_datagrams_wait(outlet: Outlet, inlets: list[socket.socket]) -> None:
    assert outlet.fanout
    outlet.is_congested = True
    batch = CompiledBatch(outlet, outlet.fanout)
    batch.add(1, SrtpSender(some_keys()), inlets[0].getsockname())
    assert batch.send([packet(1), packet(2)], [0, 0]) == len(outlet.single) == 2


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_what_is_read_is_what_python_reads(host: str) -> None:
    """The same bytes from the same addresses, in order, empty and overlong ones too."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    compiled = make_inlet()
    assert compiled
    one, other, *senders = (socket.socket(family, socket.SOCK_DGRAM) for _ in range(4))
    for sock in (one, other):
        sock.bind((host, 0))
        sock.setblocking(False)
    assert compiled.read(one.fileno()) == []
    for number in range(40):
        data = RNG.randbytes(RNG.choice((0, 1, 300, 1500, 2048, 3000)))
        for inlet in (one, other):
            senders[number % 2].sendto(data, inlet.getsockname())
    read: list[tuple[bytes, Address]] = []
    while part := compiled.read(one.fileno()):
        assert len(part) <= 32
        read += part
    assert read == [other.recvfrom(2048) for _ in range(40)]
    for sock in (one, other, *senders):
        sock.close()
    with pytest.raises(OSError, match="descriptor"):
        compiled.read(-1)


def test_a_run_without_packets_or_numbers_is_an_error(outlet: Outlet) -> None:
    assert outlet.fanout
    receivers: Receivers = CompiledBatch(outlet, outlet.fanout)._list
    cases: list[tuple[list[bytes], list[int]]] = [([], []), ([packet(1)], [])]
    for packets, wraps in cases:
        with pytest.raises(ValueError, match="run"):
            outlet.fanout.send(outlet.fileno, receivers, packets, wraps)
