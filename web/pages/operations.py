"""What operators ask: is it alive, is it ready, and how is it doing."""

from __future__ import annotations

import asyncio

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from config.errors import FairError
from web import keys

CHECK_SECONDS = 2.0


async def alive(_request: web.Request) -> web.Response:
    """Say that the process answers."""
    return web.json_response({"alive": True})


async def ready(request: web.Request) -> web.Response:
    """Say whether people can be let in: both stores answer and the media port is open."""
    checks = await asyncio.gather(_database(request), _redis(request), _media(request))
    reasons = [reason for reason in checks if reason]
    return web.json_response(
        {"ready": not reasons, "reasons": reasons},
        status=503 if reasons else 200,
        headers={"Cache-Control": "no-store"},
    )


async def metrics(request: web.Request) -> web.Response:
    """Give all counters in Prometheus' text format."""
    text = generate_latest(request.app[keys.COUNTERS].registry)
    return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _database(request: web.Request) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await request.app[keys.DATABASE].ping()
    except (FairError, SQLAlchemyError, OSError, TimeoutError):
        return "the database does not answer"
    return ""


async def _redis(request: web.Request) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await request.app[keys.REDIS].ping()
    except (FairError, RedisError, OSError, TimeoutError):
        return "the Redis store does not answer"
    return ""


async def _media(request: web.Request) -> str:
    return "" if request.app[keys.RELAY].port else "the media port is not open"
