"""Who attacks a relay in tests, what they send, and whether the show went on meanwhile."""

from __future__ import annotations

import random
import socket

from media.dtls import Certificate, DtlsAssociation, DtlsRole
from tests.media.peer import DELTA, KEY, VIDEO, Peer
from tests.media.world import World

HOST = "127.9.9.8"
"""Loopback too; what others send to ports that they had before does not come here."""
ALERT = bytes.fromhex("15fefd00000000000000000002022f")


def client_hello() -> bytes:
    sent: list[bytes] = []
    DtlsAssociation(Certificate.generate(), DtlsRole.CLIENT, (), sent.append).start()
    return sent[0]


class Stranger:
    """Somebody with a socket who knows the port and nothing else."""

    def __init__(self, world_: World) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((HOST, 0))
        self._port = world_.relay.port

    def send(self, *datagrams: bytes) -> None:
        for datagram in datagrams:
            self._socket.sendto(datagram, ("127.0.0.1", self._port))

    def got_nothing(self) -> bool:
        self._socket.setblocking(False)
        try:
            self._socket.recv(2048)
        except BlockingIOError:
            return True
        return False

    def close(self) -> None:
        self._socket.close()


async def on_air(w: World, viewers: int) -> tuple[Peer, list[Peer]]:
    publisher = await w.publisher()
    publisher.send(VIDEO, 0, KEY)
    await w.events.until("live", "room")
    found = [await w.viewer() for _ in range(viewers)]
    for viewer in found:
        await viewer.until(lambda v=viewer: bool(v.video()))  # type: ignore[misc]
    return publisher, found


async def still_on_air(publisher: Peer, viewers: list[Peer], number: int) -> None:
    before = {viewer: len(viewer.video()) for viewer in viewers}
    publisher.send(VIDEO, number, DELTA)
    for viewer in viewers:
        await viewer.until(lambda v=viewer: len(v.video()) > before[v])  # type: ignore[misc]


def mutate(rng: random.Random, packet: bytes) -> bytes:
    """Change some bytes behind the first two words, or cut; what libsrtp itself needs stays."""
    mutant = bytearray(packet)
    for _ in range(rng.randint(1, 6)):
        mutant[rng.randrange(12, len(mutant))] = rng.randrange(256)
    if rng.random() < 0.2:
        mutant[0] = 0x80 | rng.randrange(64)
    return bytes(mutant[: rng.randint(12, len(mutant))] if rng.random() < 0.3 else mutant)
