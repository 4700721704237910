"""The outbox: mails that the fair owes somebody, written down with the fact they are about.

A letter is put into the transaction that makes it due, so that there is none without its fact and no fact
without it. `once` names what it says: written again, it is the same letter. Whoever sends takes a letter for
a while; a node that dies with one leaves it to the others, and so a mail whose sending nobody could confirm
goes out again, under the same Message-ID.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from config.ids import new_id
from rooms.fair.database import Database, insert_once
from rooms.fair.outbox_rows import LetterRow

LEASE_SECONDS = 120.0
"""So long a node may take to send one."""
WAITS_SECONDS = (30.0, 120.0, 600.0, 1800.0, 7200.0, 21600.0, 43200.0)
"""How long is waited after each try that failed; after the last one the letter is given up."""
KEEP_SECONDS = 30 * 24 * 3600.0
"""Letters that are done are kept for a month, against being written again."""
PROBLEM_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to be: who gets it, in which language, by which template, and what that fills in (JSON).

    After `useful_until` it is not sent any more.
    """

    once: str
    recipient: str
    name: str
    language: str
    template: str
    facts: Mapping[str, Any]
    useful_until: float | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A letter that somebody took on themselves to send; `tries` counts this one."""

    id: str
    letter: Letter
    tries: int
    created_at: float


class Outbox:
    """Keeps letters until they are sent or given up. Where the fair sends no mail it keeps none."""

    def __init__(self, database: Database, clock: Callable[[], float], *, is_on: bool) -> None:
        self._database = database
        self._clock = clock
        self._is_on = is_on

    async def put(self, session: AsyncSession, letter: Letter) -> None:
        """Owe somebody a letter once the transaction of `session` is committed."""
        if not self._is_on:
            return
        now = self._clock()
        row = {
            "id": new_id(), "once": letter.once, "recipient": letter.recipient, "name": letter.name,
            "language": letter.language, "template": letter.template,
            "facts": json.dumps(dict(letter.facts), ensure_ascii=False), "created_at": now,
            "next_try_at": now, "tries": 0, "sent_at": None, "problem": "",
            "useful_until": letter.useful_until,
        }
        await insert_once(session, LetterRow, row)

    async def take(self) -> Due | None:
        """Take the letter that waits longest, or return None; nobody else has it for two minutes."""
        now = self._clock()
        due = select(LetterRow).where(LetterRow.next_try_at <= now)
        due = due.order_by(LetterRow.next_try_at, LetterRow.id).limit(1)
        async with self._database.reading() as session:
            if await session.scalar(due) is None:
                return None
        async with self._database.session() as session:
            await _give_up_late(session, now)
            row = await session.scalar(due.with_for_update(skip_locked=True))
            if row is None:
                return None
            row.tries += 1
            row.next_try_at = now + LEASE_SECONDS
            return _due(row)

    async def sent(self, due: Due) -> None:
        """Note that a letter has gone out."""
        done = update(LetterRow).where(LetterRow.id == due.id)
        async with self._database.session() as session:
            await session.execute(done.values(next_try_at=None, sent_at=self._clock(), problem=""))

    async def failed(self, due: Due, problem: str, *, is_final: bool = False) -> bool:
        """Note why a letter did not go out; return whether it will be tried again.

        One that was taken back meanwhile will not.
        """
        again = not is_final and due.tries <= len(WAITS_SECONDS)
        next_try = self._clock() + WAITS_SECONDS[due.tries - 1] if again else None
        waits = update(LetterRow).where(LetterRow.id == due.id, LetterRow.next_try_at.is_not(None))
        change = waits.values(next_try_at=next_try, problem=problem[:PROBLEM_LENGTH])
        async with self._database.session() as session:
            done = await session.execute(change.returning(LetterRow.id))
            return done.first() is not None and again

    async def tidy(self) -> None:
        """Forget what was done with a month ago."""
        old = delete(LetterRow).where(LetterRow.next_try_at.is_(None))
        async with self._database.session() as session:
            await session.execute(old.where(LetterRow.created_at < self._clock() - KEEP_SECONDS))


async def take_back(session: AsyncSession, start: str) -> None:
    """Send none of the letters that wait and whose `once` starts so; one on its way may still arrive."""
    waits = LetterRow.next_try_at > 0, LetterRow.once.startswith(start, autoescape=True)
    await session.execute(update(LetterRow).where(*waits).values(next_try_at=None, problem="taken back"))


async def _give_up_late(session: AsyncSession, now: float) -> None:
    late = LetterRow.next_try_at <= now, LetterRow.useful_until <= now
    await session.execute(update(LetterRow).where(*late).values(next_try_at=None, problem="too late"))


def _due(row: LetterRow) -> Due:
    letter = Letter(
        row.once, row.recipient, row.name, row.language, row.template, json.loads(row.facts), row.useful_until
    )
    return Due(row.id, letter, row.tries, row.created_at)
