"""A real nginx with the configuration that operators get, on free ports and a folder to throw away."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.contracts.source import ROOT
from tests.ports import free_port

CONF = ROOT / "config" / "deploy" / "nginx-hls.conf"
MAIN = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/hls.conf;
}}
"""


@asynccontextmanager
async def nginx(folder: Path, server_port: int) -> AsyncIterator[str]:
    """Run it before a server; yields its URL. Fails when it has anything to complain of."""
    port = free_port()
    text = CONF.read_text("utf-8")
    for ours, instead in (
        ("127.0.0.1:8080", f"127.0.0.1:{server_port}"), ("127.0.0.1:8081", f"127.0.0.1:{port}"),
        ("/var/cache/showroom-hls", f"{folder}/cache"),
    ):
        assert ours in text
        text = text.replace(ours, instead)
    (folder / "hls.conf").write_text(text)
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user))
    process = await asyncio.create_subprocess_exec(
        "nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log"))
    try:
        await _listening(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()
    assert (folder / "error.log").read_text() == ""


async def _listening(port: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                assert process.returncode is None
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
