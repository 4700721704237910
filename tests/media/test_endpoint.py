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
