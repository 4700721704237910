"""The files of a call: who sent what, and where its bytes are kept."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Busy, FairError, Missing
from config.ids import AccountId, CallId, new_id
from rooms.fair.callroom_models import CallFileRow
from rooms.fair.database import Database
from rooms.fair.models import CallRequestRow
from rooms.fair.policy import Actor, Permission, require
from rooms.negotiation.call import Call
from rooms.negotiation.file_kinds import BY_NAME, FileKind, clean_name, kind_of
from rooms.negotiation.states import CallState, WrongMoment


@dataclass(frozen=True, slots=True)
class Quota:
    """How much one call holds."""

    files: int
    bytes: int


NAMES_AT_ONCE = 500
QUOTA = Quota(files=50, bytes=100 << 20)


class Shelf(Protocol):
    """Keeps bytes under names that the fair makes: letters, digits, hyphens and underscores."""

    async def put(self, name: str, body: bytes) -> None:
        """Keep them; they are safe when this returns. `Busy` when there is no room."""

    async def read(self, name: str) -> bytes:
        """Return them; `Missing` (`no_file`)."""

    async def drop(self, name: str) -> None:
        """Forget them, if they are there."""


@dataclass(frozen=True, slots=True)
class CallFile:
    """A file that was handed over; `name` is what its sender called it, made safe to show.

    `sent_by` is the name of `sender`, empty after an erasure.
    """

    id: str
    call: CallId
    name: str
    kind: FileKind
    size: int
    sender: AccountId
    sent_by: str
    sent_at: float


class CallFiles:
    """Takes files of calls and gives them back. Times come from `clock`, in Unix seconds."""

    def __init__(
        self, database: Database, shelf: Shelf, clock: Callable[[], float], quota: Quota = QUOTA
    ) -> None:
        self._database = database
        self._shelf = shelf
        self._clock = clock
        self._quota = quota

    async def add(self, actor: Actor, call: Call, name: str, body: bytes) -> CallFile:
        """Keep a file and return it; the bytes lie on the shelf before the record says so.

        `Denied`, `WrongMoment`, `Invalid` (`bad_file`, `too_large`), `Busy` (`call_full`).
        """
        require(actor, Permission.JOIN_CALL, call.room, call)
        if call.state is not CallState.TALKING:
            raise WrongMoment(call.state)
        clean = clean_name(name)
        kind = kind_of(clean, body)
        async with self._database.reading() as session:
            await self._check_room(session, call.id, len(body))
        file = CallFile(
            new_id(), call.id, clean, kind, len(body), actor.id, actor.name, self._clock()
        )
        sha256 = await asyncio.to_thread(lambda: hashlib.sha256(body).hexdigest())
        await self._shelf.put(file.id, body)
        row = CallFileRow(
            id=file.id, call=call.id, name=clean, kind=kind.name, size=file.size, sha256=sha256,
            sent_by=actor.id, sent_by_name=actor.name, sent_at=file.sent_at,
        )
        await self._note(call.id, row)
        return file

    async def of(self, *calls: CallId) -> list[CallFile]:
        """Return the files of a call, or of several, the oldest first."""
        query = select(CallFileRow).where(CallFileRow.call.in_(calls))
        async with self._database.reading() as session:
            rows = await session.scalars(query.order_by(CallFileRow.sent_at, CallFileRow.id))
            return [_file(row) for row in rows]

    async def get(self, call: CallId, file: str) -> CallFile:
        """Return a file of this call; `Missing` (`no_file`), also for one of another."""
        async with self._database.reading() as session:
            row = await session.get(CallFileRow, file)
        if row is None or row.call != call:
            raise Missing("There is no such file in this call.", code="no_file")
        return _file(row)

    async def bytes_of(self, file: CallFile) -> bytes:
        """Return what is in a file."""
        return await self._shelf.read(file.id)

    async def _note(self, call: CallId, row: CallFileRow) -> None:
        """Write a file down, if there is still room once those that came meanwhile are counted."""
        try:
            async with self._database.session() as session:
                await session.get(CallRequestRow, call, with_for_update=True)
                await self._check_room(session, call, row.size)
                session.add(row)
        except FairError:
            await self._shelf.drop(row.id)
            raise

    async def _check_room(self, session: AsyncSession, call: CallId, size: int) -> None:
        totals = select(func.count(), func.coalesce(func.sum(CallFileRow.size), 0))
        count, used = (await session.execute(totals.where(CallFileRow.call == call))).one()
        if int(count) >= self._quota.files or int(used) + size > self._quota.bytes:
            message = "A call holds {files} files of together {size} MB."
            fields = {"files": self._quota.files, "size": self._quota.bytes >> 20}
            raise Busy(message, code="call_full", retry_after_seconds=60, fields=fields)


async def named_in(database: Database, names: Sequence[str]) -> set[str]:
    """Return which of these are files of calls."""
    found = set[str]()
    async with database.reading() as session:
        for first in range(0, len(names), NAMES_AT_ONCE):
            some = names[first : first + NAMES_AT_ONCE]
            found |= set(await session.scalars(select(CallFileRow.id).where(CallFileRow.id.in_(some))))
    return found


def _file(row: CallFileRow) -> CallFile:
    return CallFile(
        row.id, CallId(row.call), row.name, BY_NAME[row.kind], row.size, AccountId(row.sent_by),
        row.sent_by_name, row.sent_at,
    )
