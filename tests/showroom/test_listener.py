"""The door of the fair: it is ours, or the fair does not open."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path

import pytest

from config.errors import Conflict
from config.settings import HttpSettings, load_settings
from showroom import listener
from showroom.app import open_fair
from tests.web.conftest import settings_for
from web.app import Parts


def settings_at(port: int) -> HttpSettings:
    return load_settings(None, {"SHOWROOM_HTTP_PORT": str(port)}).http


def bound(port: int = 0) -> socket.socket:
    return listener.bind(settings_at(port))


def test_of_two_who_have_bound_a_port_one_may_listen() -> None:
    """As when a server is started twice at once; the other is told as if it had come later."""
    with closing(bound()) as first:
        port = first.getsockname()[1]
        with closing(bound(port)) as second:
            listener.listen(first, settings_at(port), 8)
            with pytest.raises(Conflict, match=f"port {port} is in use"):
                listener.listen(second, settings_at(port), 8)


async def test_fair_whose_port_is_taken_while_it_opens_is_not_open(tmp_path: Path, valkey_url: str) -> None:
    with closing(bound()) as rival:
        port = rival.getsockname()[1]

        async def be_faster(_parts: Parts) -> None:
            rival.listen()

        with pytest.raises(Conflict, match=f"port {port} is in use"):
            async with open_fair(settings_for(tmp_path, valkey_url, HTTP_PORT=str(port)), be_faster):
                pass
