"""A real nginx with the configuration that operators get, on free ports and a folder to throw away."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.contracts.source import ROOT
from tests.ports import free_port

DEPLOY = ROOT / "config" / "deploy"
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
    include {folder}/*.included;
}}
"""


@asynccontextmanager
async def nginx(folder: Path, server_port: int) -> AsyncIterator[str]:
    """Run the cache of HLS before a server; yields its URL. Fails when it has anything to complain of."""
    port = free_port()
    _include(folder, "nginx-hls.conf", _hls(folder, server_port, port))
    async with _running(folder, port):
        yield f"http://127.0.0.1:{port}"


@asynccontextmanager
async def site(folder: Path, server_port: int, certificate: Path, key: Path) -> AsyncIterator[str]:
    """Run the proxy with TLS and the cache before a server; yields its URL. Fails as `nginx` does."""
    port, plain, cache = free_port(), free_port(), free_port()
    _include(folder, "nginx-hls.conf", _hls(folder, server_port, cache))
    _include(folder, "nginx.conf", {
        "127.0.0.1:8081": f"127.0.0.1:{cache}", "listen 443 ": f"listen 127.0.0.1:{port} ",
        "    listen [::]:443 ssl http2;\n": "", "listen 80;": f"listen 127.0.0.1:{plain};",
        "    listen [::]:80;\n": "", "fair.example;": "127.0.0.1;",
        "/etc/letsencrypt/live/fair.example/fullchain.pem": str(certificate),
        "/etc/letsencrypt/live/fair.example/privkey.pem": str(key),
    })
    async with _running(folder, port):
        yield f"https://127.0.0.1:{port}"


def _hls(folder: Path, server_port: int, port: int) -> dict[str, str]:
    return {
        "127.0.0.1:8080": f"127.0.0.1:{server_port}", "127.0.0.1:8081": f"127.0.0.1:{port}",
        "/var/cache/showroom-hls": f"{folder}/cache",
    }


def _include(folder: Path, name: str, instead: Mapping[str, str]) -> None:
    """Put a file of the operators there, with what is of this machine in the places of theirs."""
    text = (DEPLOY / name).read_text("utf-8")
    for theirs, ours in instead.items():
        assert theirs in text, theirs
        text = text.replace(theirs, ours)
    (folder / f"{name}.included").write_text(text)


@asynccontextmanager
async def _running(folder: Path, port: int) -> AsyncIterator[None]:
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user))
    process = await asyncio.create_subprocess_exec(
        "nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log"))
    try:
        await _listening(port, process)
        yield
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
