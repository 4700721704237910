"""The server as operators run it: it opens, says how it is, and ends without leaving anything behind."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.showroom.processes import children, gone
from tests.showroom.server import RunningServer, ended, environment, running_server, start

END_SECONDS = 5.0


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RunningServer]:
    """An empty fair, served."""
    async with running_server(tmp_path, "serve") as running:
        yield running


async def get(url: str) -> tuple[int, str]:
    """Return status and body of a page."""
    async with aiohttp.ClientSession() as client, client.get(url) as answer:
        return answer.status, await answer.text()


async def output(environ: dict[str, str], *words: str) -> tuple[int, str]:
    """Run a command to its end and return its exit code and all it said."""
    process = await start(environ, *words)
    async with asyncio.timeout(120):
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_server_is_alive_ready_and_counted(server: RunningServer) -> None:
    """What operators ask is answered, and an empty fair has a hall."""
    assert (await get(f"{server.base_url}/healthz"))[0] == 200
    status, body = await get(f"{server.base_url}/readyz")
    assert (status, json.loads(body)["ready"]) == (200, True)
    assert (await get(f"{server.base_url}/"))[0] == 200
    status, body = await get(f"{server.base_url}/metrics")
    assert status == 200
    assert "showroom_loop_lag_seconds_bucket" in body
    assert "showroom_http_seconds_count" in body


async def test_media_port_is_bound(server: RunningServer) -> None:
    """The one UDP port is really ours: nobody else can have it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, pytest.raises(OSError, match="in use"):
        probe.bind(("127.0.0.1", server.ice_port))


async def test_sigterm_ends_in_order_and_leaves_nobody_behind(server: RunningServer) -> None:
    """Exit code 0 within five seconds, the embedded store gone, and the log says so."""
    offspring = children(server.pid)
    assert any("valkey" in command for command in offspring.values())
    server.process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(END_SECONDS):
        assert await server.process.wait() == 0
    assert await gone(*offspring)


async def test_open_socket_does_not_hold_up_the_end(server: RunningServer) -> None:
    """A page that stays connected is told and let go."""
    url = f"{server.base_url}/socket.io/?EIO=4&transport=websocket"
    async with aiohttp.ClientSession() as client, client.ws_connect(url) as page:
        assert (await page.receive_str()).startswith("0{")
        server.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(END_SECONDS):
            assert await server.process.wait() == 0


async def test_killed_server_leaves_no_store_behind(server: RunningServer) -> None:
    """Even SIGKILL, which nobody can answer, takes the embedded store along."""
    offspring = children(server.pid)
    assert offspring
    server.process.kill()
    assert await gone(server.pid, *offspring)


async def test_server_opens_again_after_it_was_killed(tmp_path: Path) -> None:
    """Neither a lock nor a socket file of the dead one is in the way."""
    async with running_server(tmp_path, "serve") as first:
        first.process.kill()
        await first.process.wait()
    async with running_server(tmp_path, "serve") as second:
        assert (await get(f"{second.base_url}/readyz"))[0] == 200


@pytest.mark.long
async def test_second_signal_ends_at_once(tmp_path: Path) -> None:
    """Whoever cannot wait for the order need not."""
    async with running_server(tmp_path, "serve") as server:
        offspring = children(server.pid)
        server.process.send_signal(signal.SIGTERM)
        server.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(END_SECONDS):
            await server.process.wait()
        assert await gone(*offspring)


@pytest.mark.long
async def test_second_server_in_one_folder_is_refused(server: RunningServer) -> None:
    """Two servers would tear each other's files apart; the message says what to do."""
    code, said = await output({**server.environ, "SHOWROOM_HTTP_PORT": "0"}, "serve")
    assert code == 1
    assert "SHOWROOM_DATA_FOLDER" in said


async def test_port_in_use_is_told_with_what_to_do(server: RunningServer, tmp_path: Path) -> None:
    """No traceback: the port, and the variable that changes it."""
    port = server.base_url.rpartition(":")[2]
    code, said = await output(environment(tmp_path / "other", SHOWROOM_HTTP_PORT=port), "serve")
    assert code == 1
    assert f"port {port} is in use" in said
    assert "SHOWROOM_HTTP_PORT" in said
    assert "Traceback" not in said


async def test_media_port_in_use_is_told_with_what_to_do(server: RunningServer, tmp_path: Path) -> None:
    """The same for the UDP port, and the store that was started already does not stay."""
    environ = environment(tmp_path / "other", SHOWROOM_ICE_PORT=str(server.ice_port))
    code, said = await output(environ, "serve")
    assert code == 1
    assert "SHOWROOM_ICE_PORT" in said
    assert "Traceback" not in said


@pytest.mark.long
async def test_secret_key_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    """A second start signs with the same key, so that sessions survive a restart."""
    keys = []
    for _ in range(2):
        async with running_server(tmp_path, "serve") as server:
            file = server.data_folder / "secret.key"
            keys.append(file.read_text())
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keys[0] == keys[1]
    assert len(keys[0]) >= 32


async def test_log_is_json_lines_without_the_secret_key(tmp_path: Path) -> None:
    """Every line can be read by a machine, from opening to the end."""
    async with running_server(tmp_path, "serve") as server:
        await get(f"{server.base_url}/")
    events: list[dict[str, Any]] = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert [event["message"] for event in events][-1] == "the fair is closed"
    assert (server.data_folder / "secret.key").read_text() not in server.log.read_text()
    assert not [event for event in events if event["level"] in ("warning", "error")]


async def test_store_away_is_told_without_a_traceback(tmp_path: Path) -> None:
    """A Redis that is named but does not answer ends the start with a sentence."""
    process = await start(environment(tmp_path, SHOWROOM_REDIS_URL="redis://127.0.0.1:1/0"), "serve")
    said, _ = await process.communicate()
    assert await ended(process) == 1
    assert b"store" in said
    assert b"Traceback" not in said
