"""What tests of media ask for: an S3 service, a bad line to it, a node with a bucket of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.media.s3_line import Line, bad_line
from tests.media.s3_server import Service, s3_service
from tests.media.storing import World, new_world


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    """An S3 service in a process of its own."""
    with s3_service() as service:
        yield service


@pytest_asyncio.fixture
async def line(service: Service) -> AsyncIterator[Line]:
    """The way to it, good until a test gives it a plan."""
    async with bad_line(service.port) as line:
        yield line


@pytest_asyncio.fixture
async def world(tmp_path: Path, service: Service, line: Line) -> AsyncIterator[World]:
    """A node and a bucket of its own, with the bad line between them."""
    async with new_world(tmp_path, service, line.endpoint) as world:
        yield world
