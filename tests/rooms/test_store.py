"""The store: real Valkey as a child, bounded waits, one more try where that is harmless, else `Busy`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from redis.asyncio import Redis

from config.errors import Busy
from rooms.live.redis_store import connect
from rooms.live.scripts import Scripts
from showroom.embedded import EmbeddedValkey

PARENT = """
import asyncio, sys
from pathlib import Path
from showroom.embedded import EmbeddedValkey
async def main():
    print(await EmbeddedValkey(Path(sys.argv[1])).start(), flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


async def answers(url: str) -> bool:
    client = connect(url, 1.0)
    try:
        return bool(await client.ping())
    except Busy:
        return False
    finally:
        await client.aclose()


async def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    for expected in (None, "1"):
        server = EmbeddedValkey(tmp_path)
        client = connect(await server.start(), 1.0)
        assert await client.get("kept") == expected
        await client.set("kept", "1")
        await client.aclose()
        await server.stop()
        await server.stop()


async def test_a_long_folder_still_has_a_socket(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path / ("long" * 30))
    url = await server.start()
    assert await answers(url)
    await server.stop()
    assert not Path(url.removeprefix("unix://")).parent.exists()


async def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    url = (await parent.stdout.readline()).decode().strip()
    assert await answers(url)
    parent.kill()
    await parent.wait()
    async with asyncio.timeout(10):
        while await answers(url):
            await asyncio.sleep(0.02)


async def test_a_store_that_does_not_start_says_where_to_look(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").write_text("not a folder")
    with pytest.raises(Busy) as refusal:
        await EmbeddedValkey(tmp_path).start()
    assert "valkey.log" in refusal.value.message


async def test_a_store_that_is_away_or_hangs_is_busy_in_bounded_time(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path)
    url = await server.start()
    client = connect(url, 1.0)
    await client.ping()
    pid = int((await client.info("server"))["process_id"])
    os.kill(pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(10):
            with pytest.raises(Busy) as refusal:
                await client.get("anything")
    finally:
        os.kill(pid, signal.SIGCONT)
    assert refusal.value.code == "store_away"
    assert await client.ping()
    await server.stop()
    with pytest.raises(Busy):
        await client.get("anything")
    await server.start()
    assert await client.get("anything") is None
    await client.aclose()
    await server.stop()


async def test_a_lost_connection_is_not_noticed(redis: Redis, valkey_url: str) -> None:
    other = connect(valkey_url, 1.0)
    await redis.set("a", "1")
    await other.client_kill_filter(_type="normal", skipme=True)
    assert await redis.get("a") == "1"
    await other.aclose()


async def test_scripts_run_after_the_store_forgot_them(redis: Redis, tmp_path: Path) -> None:
    (tmp_path / "add.lua").write_text("return redis.call('INCRBY', KEYS[1], ARGV[1])")
    scripts = Scripts(redis, tmp_path)
    assert await scripts.run("add", ["sum"], 2) == 2
    await redis.script_flush()
    assert await scripts.run("add", ["sum"], 3) == 5
