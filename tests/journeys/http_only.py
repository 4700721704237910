"""A network that lets HTTP through and nothing else: a namespace of the kernel with one door to the fair.

In it nobody listens but a small forwarder on the fair's own HTTP port, which leads through a Unix socket to
the fair outside. UDP and TCP to the media port end at once, as behind a strict proxy.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

CHUNK_BYTES = 1 << 16
INSIDE = """
import asyncio, sys

async def pass_on(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()

async def lead(reader, writer):
    far_reader, far_writer = await asyncio.open_unix_connection(sys.argv[2])
    await asyncio.gather(pass_on(reader, far_writer), pass_on(far_reader, writer))

async def main():
    server = await asyncio.start_server(lead, "127.0.0.1", int(sys.argv[1]))
    print("open", flush=True)
    await server.serve_forever()

asyncio.run(main())
"""
"""The forwarder in the namespace."""


@asynccontextmanager
async def http_only(port: int, folder: Path, chromium: str) -> AsyncIterator[Path]:
    """Make such a network until the block ends; give the program that starts `chromium` in it."""
    path = folder / "door"
    with _namespace(f"http-only-{port}") as enter:
        async with await asyncio.start_unix_server(lambda *ends: _lead(port, *ends), path):
            command = [*enter, sys.executable, "-c", INSIDE, str(port), str(path)]
            inside = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
            try:
                assert inside.stdout is not None
                async with asyncio.timeout(20):
                    assert await inside.stdout.readline() == b"open\n"
                start = folder / "chromium-inside"
                start.write_text(f'#!/bin/sh\nexec {" ".join(enter)} {chromium} "$@"\n')
                start.chmod(0o755)
                yield start
            finally:
                inside.kill()
                await inside.wait()


@contextmanager
def _namespace(name: str) -> Iterator[list[str]]:
    """Give the beginning of a command that runs in a new namespace."""
    _run("ip", "netns", "add", name)
    try:
        _run("ip", "-n", name, "link", "set", "lo", "up")
        # A browser without any other interface takes itself to be offline.
        _run("ip", "-n", name, "link", "add", "eth0", "type", "veth", "peer", "name", "eth1")
        _run("ip", "-n", name, "address", "add", "192.0.2.2/24", "dev", "eth0")
        for end in ("eth0", "eth1"):
            # An address of IPv6 that comes later is a change of network, which breaks off what is loading.
            _run("ip", "-n", name, "link", "set", end, "addrgenmode", "none")
            _run("ip", "-n", name, "link", "set", end, "up")
        yield ["ip", "netns", "exec", name]
    finally:
        _run("ip", "netns", "delete", name)


async def _lead(port: int, reader: StreamReader, writer: StreamWriter) -> None:
    far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))


async def _pass_on(reader: StreamReader, writer: StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
    writer.close()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, timeout=10)
