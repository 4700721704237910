"""The chat of a room or a meeting: its last posts, and how fast one person may write."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from redis.asyncio import Redis

from config.errors import Busy, Invalid
from config.ids import AccountId, RoomId, new_id
from config.settings import Settings
from rooms.fair import words
from rooms.fair.policy import Actor, Permission, Role, require
from rooms.live import keys
from rooms.live.scripts import Scripts

LUA = Path(__file__).parent / "lua"
KEEP_SECONDS = 7 * 24 * 3600
MEETING = "call:"
"""A meeting's chat has this before the call's id; whoever was let into the meeting may write there."""


@dataclass(frozen=True, slots=True)
class Post:
    """One post; `text` is plain text and may have line breaks."""

    id: str
    author_id: AccountId
    author: str
    company: str
    role: Role
    text: str
    at: float


class Chat:
    """Takes posts and gives the last ones back; older ones are lost."""

    def __init__(self, redis: Redis, clock: Callable[[], float], settings: Settings) -> None:
        self._redis = redis
        self._clock = clock
        self._settings = settings.chat
        self._scripts = Scripts(redis, LUA)

    async def post(self, room: str, actor: Actor, text: str) -> Post:
        """Keep a post of `actor` and return it.

        `Denied` for who may not write here, `Invalid` (`empty_post`, `long_post`), `Busy` (`too_fast`).
        """
        if not room.startswith(MEETING):
            require(actor, Permission.POST, RoomId(room))
        clean = self._checked(text)
        post = Post(new_id(), actor.id, actor.name, actor.company, actor.role, clean, self._clock())
        wait = float(await self._add(room, post))
        if wait > 0:
            seconds = math.ceil(wait)
            message = "Too fast: please wait {seconds} s."
            fields = {"seconds": seconds}
            raise Busy(message, code="too_fast", retry_after_seconds=seconds, fields=fields)
        return post

    async def tail(self, room: str) -> list[Post]:
        """Return the last posts, the oldest first."""
        return [_read(str(kept)) for kept in await self._redis.lrange(keys.chat(room), 0, -1)]

    def _checked(self, text: str) -> str:
        clean = words.paragraphs(text)
        if not clean:
            raise Invalid("There is nothing to post.", code="empty_post")
        if len(clean) > self._settings.max_length:
            message = "A post has at most {limit} characters; this has {count}."
            fields = {"limit": self._settings.max_length, "count": len(clean)}
            raise Invalid(message, code="long_post", fields=fields)
        return clean

    async def _add(self, room: str, post: Post) -> str:
        size = self._settings.posts_per_10_seconds
        both = [keys.chat(room), keys.chat_bucket(room, post.author_id)]
        kept = json.dumps(asdict(post), ensure_ascii=False)
        answer = await self._scripts.run(
            "add_post", both, post.id, kept, post.at, size, size / 10, self._settings.history, KEEP_SECONDS
        )
        return str(answer)


def _read(text: str) -> Post:
    fields = json.loads(text)
    return Post(**{**fields, "role": Role(fields["role"])})
