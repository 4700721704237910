"""A bad line to an S3 service: a proxy that cuts, delays, spoils and refuses, and notes all requests."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum

CHUNK_BYTES = 64 << 10
PART = re.compile(r"[?&]partNumber=(\d+)")
UPLOAD = re.compile(r"[?&]uploadId=([^&]+)")


class Fault(StrEnum):
    """What happens to a request."""

    NONE = "none"
    CUT = "cut"
    """The connection ends in the middle of the body."""
    HOLD = "hold"
    """Nothing goes on from the middle of the body until the line says so; before all where there is none."""
    LOSE = "lose"
    """The service does it, but the connection ends before its answer."""
    SPOIL = "spoil"
    """One byte of the body becomes another."""
    FORGET = "forget"
    """The answer says nothing of the content: what a service says that encrypts with keys of its own."""
    REFUSE = "503"
    FAIL = "500"
    DENY = "403"
    NOT_OFFER = "501"
    NOT_UNDERSTAND = "400"


ANSWERED_HERE = (Fault.REFUSE, Fault.FAIL, Fault.DENY, Fault.NOT_OFFER, Fault.NOT_UNDERSTAND)
CONTENT_HEADERS = (b"etag", b"x-amz-checksum-sha256")


@dataclass(slots=True)
class Request:
    """One request as it came; `status` is what the service answered, 0 for nothing."""

    method: str
    target: str
    size: int
    head: bytes
    fault: Fault = Fault.NONE
    status: int = 0

    @property
    def part(self) -> int:
        """The number of the part it sends; 0 when it sends none."""
        found = PART.search(self.target) if self.method == "PUT" else None
        return int(found[1]) if found else 0

    @property
    def name(self) -> tuple[str, int]:
        """Upload and part."""
        found = UPLOAD.search(self.target)
        return (found[1] if found else "", self.part)


Plan = Callable[[Request], Fault]


def no_fault(_: Request) -> Fault:
    """A good line."""
    return Fault.NONE


def every(count: int, fault: Fault) -> Plan:
    """One part in `count` meets the fault."""
    seen = 0

    def plan(request: Request) -> Fault:
        nonlocal seen
        seen += bool(request.part)
        return fault if request.part and seen % count == 0 else Fault.NONE

    return plan


class Line:
    """The proxy: `plan` says what becomes of each request, `requests` what came; `held` is set when one is
    held, until `goes_on` is."""

    def __init__(self, port: int) -> None:
        self._service_port = port
        self.plan: Plan = no_fault
        self.delay_seconds = 0.0
        self.is_down = False
        self.requests: list[Request] = []
        self.held = asyncio.Event()
        self.goes_on = asyncio.Event()
        self.endpoint = ""
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def parts(self) -> list[Request]:
        """The requests that sent a part."""
        return [request for request in self.requests if request.part]

    def fetched(self, name: str) -> int:
        """Return how many ranges of an object were asked for."""
        gets = (request.target for request in self.requests if request.method == "GET")
        return sum(target.endswith(name) and "?" not in target for target in gets)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request and close the connection."""
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                if not self.is_down:
                    await self._handle(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.transport.abort() if writer.transport.get_write_buffer_size() else writer.close()

    async def close(self) -> None:
        """End what is held."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        request = _parse(head)
        request.fault = self.plan(request)
        self.requests.append(request)
        await asyncio.sleep(self.delay_seconds)
        if b"100-continue" in head:
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if request.fault is Fault.HOLD and not request.size:
            await self._hold()
        if request.fault in ANSWERED_HERE:
            await reader.readexactly(request.size)
            refusal = f"HTTP/1.1 {request.fault} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            writer.write(refusal.encode())
            await writer.drain()
            return
        await self._pass_on(request, head, reader, writer)

    async def _hold(self) -> None:
        self.held.set()
        await self.goes_on.wait()

    async def _pass_on(
        self, request: Request, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter,
    ) -> None:
        answers, service = await asyncio.open_connection("127.0.0.1", self._service_port)
        try:
            service.write(_without(head, b"expect", b"connection"))
            if await self._pass_body(request, reader, service):
                await _answer(request, answers, writer)
        finally:
            service.transport.abort()

    async def _pass_body(
        self, request: Request, reader: asyncio.StreamReader, service: asyncio.StreamWriter,
    ) -> bool:
        """Pass the body on; false when it ends in the middle."""
        left, middle = request.size, request.size // 2
        while left:
            data = await reader.read(min(left, CHUNK_BYTES))
            if not data:
                return False
            if left > middle >= left - len(data):
                if request.fault is Fault.CUT:
                    return False
                if request.fault is Fault.HOLD:
                    await self._hold()
                if request.fault is Fault.SPOIL:
                    data = bytes((data[0] ^ 1,)) + data[1:]
            left -= len(data)
            service.write(data)
            await service.drain()
        return True


async def _answer(request: Request, answers: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await answers.readuntil(b"\r\n\r\n")
    request.status = int(head.split(b" ", 2)[1])
    if request.fault is Fault.LOSE:
        return
    forgotten = CONTENT_HEADERS if request.fault is Fault.FORGET else ()
    writer.write(_without(head, b"connection", *forgotten))
    left = 0 if request.method == "HEAD" or request.status == 204 else _length(head, unknown=1 << 40)
    while left and (data := await answers.read(min(left, CHUNK_BYTES))):
        writer.write(data)
        left -= len(data)
        await writer.drain()
    await writer.drain()


def _parse(head: bytes) -> Request:
    method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
    return Request(method, target, _length(head, unknown=0), head)


def _length(head: bytes, unknown: int) -> int:
    found = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    return int(found[1]) if found else unknown


def _without(head: bytes, *names: bytes) -> bytes:
    """Return the head without some lines, and with the word that the connection ends."""
    lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    kept = [line for line in lines if not line.lower().startswith(tuple(name + b":" for name in names))]
    return b"\r\n".join([*kept, b"Connection: close", b"", b""])


@asynccontextmanager
async def bad_line(port: int) -> AsyncIterator[Line]:
    """Open a line to the service at a port of loopback until the block ends."""
    line = Line(port)
    server = await asyncio.start_server(line.serve, "127.0.0.1", 0, limit=1 << 20)
    line.endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield line
    finally:
        server.close()
        await line.close()
