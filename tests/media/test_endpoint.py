"""A full socket is tried again when it has room, with a bound; nothing else waits for it."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from media import endpoint as endpoint_module
from media.endpoint import Endpoint
from tests.media.strangers import HOST
from tests.media.world import until


class FullSocket:
    """A socket whose send buffer is full until told otherwise: a network no test can have at will."""

    def __init__(self, real: socket.socket) -> None:
        self._real = real
        self.full = True

    def sendto(self, data: bytes, address: Any) -> int:
        if self.full:
            raise BlockingIOError
        return self._real.sendto(data, address)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


async def test_datagrams_wait_for_room_in_order_and_beyond_a_bound_are_dropped(monkeypatch: Any) -> None:
    monkeypatch.setattr(endpoint_module, "MAX_WAITING", 10)
    endpoint = Endpoint("127.0.0.1", 0)
    await endpoint.open()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind((HOST, 0))
        receiver.settimeout(30)
        full: Any = FullSocket(endpoint._socket)  # type: ignore[arg-type]  # it is open
        endpoint._socket = full
        for number in range(15):
            endpoint.send(bytes([number]), receiver.getsockname())
        assert endpoint.is_congested
        assert endpoint.dropped == 5
        await asyncio.sleep(0.01)
        full.full = False
        await until(lambda: not endpoint.is_congested)
        assert [receiver.recv(10)[0] for _ in range(10)] == list(range(10))
        endpoint.send(b"x", receiver.getsockname())
        assert receiver.recv(10) == b"x"
    endpoint.close()


async def test_a_closed_endpoint_takes_no_offence() -> None:
    endpoint = Endpoint("127.0.0.1", 0)
    await endpoint.open()
    endpoint.close()
    endpoint.close()
    endpoint.send(b"x", ("127.0.0.1", 9))


class Deaf:
    """A peer in which everything breaks."""

    def take_media(self, data: bytes, address: Any) -> None:
        raise ArithmeticError

    def check_path(self, request: Any, address: Any) -> bytes | None:
        raise ArithmeticError

    take_dtls = take_media

    def holds(self, address: Any) -> bool:
        return True


class Hearing(Deaf):
    """A peer that hears."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    def take_media(self, data: bytes, address: Any) -> None:
        self.heard.append(data)


async def test_what_breaks_in_one_peer_is_counted_said_once_and_nothing_to_the_others(caplog: Any) -> None:
    """Also in the same turn of the loop."""
    endpoint, hearing, media = Endpoint("127.0.0.1", 0), Hearing(), b"\x80media"
    port = await endpoint.open()
    kinds = socket.AF_INET, socket.SOCK_DGRAM
    with socket.socket(*kinds) as one, socket.socket(*kinds) as other:
        for sock, peer in ((one, Deaf()), (other, hearing)):
            sock.bind((HOST, 0))
            endpoint.trust(sock.getsockname(), peer)
        for _ in range(50):
            one.sendto(media, ("127.0.0.1", port))
            other.sendto(media, ("127.0.0.1", port))
        await until(lambda: len(hearing.heard) == 50)
        assert endpoint.guard.faults == 50
        assert [record.name for record in caplog.records if record.exc_info] == ["media.guard"]
    endpoint.close()
