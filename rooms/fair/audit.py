"""The audit trail: a chain of hashes over everything that must not be denied later, its end sealed.

Each row's SHA-256 covers the row and the hash of the one before it, so that a changed, missing or moved row
breaks the chain from there on. That alone would not show a tail that was cut off, nor a chain that somebody
has computed anew: the head, the last number and hash, is sealed with the fair's key, which is not in the
database. A whole database put back to an older state is shown by any head that was given out since (`Head`,
as exports carry it).

Rows name accounts by their ids and carry no names, so that nothing has ever to be taken out of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from rooms.fair.audit_rows import AuditHeadRow, AuditRow
from rooms.fair.database import insert_once
from rooms.fair.seal import Seal, canonical

GENESIS = "0" * 64
"""What stands before the first row."""
HEAD = 1
READ_AT_ONCE = 1000

Facts = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain at some moment, with the seal that proves that the fair said so."""

    sequence: int
    hash: str
    seal: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the chain is broken first, and how: `changed`, `missing`, `unchained`, `head`, `rewound`."""

    sequence: int
    kind: str


class Audit:
    """Writes the trail, always in the transaction of what it tells of, and checks it."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    async def note(
        self, session: AsyncSession, at_ms: int, actor: str, action: str, subject: str, facts: Facts
    ) -> None:
        """Add a row; who writes next waits until this transaction has ended.

        Call it last: it holds the one lock that all who write the trail wait for.
        """
        head = await self._locked_head(session)
        row = AuditRow(
            sequence=head.sequence + 1, at_ms=at_ms, actor=actor, action=action, subject=subject,
            facts=json.dumps(facts, sort_keys=True, ensure_ascii=False), previous=head.hash, hash="",
        )
        row.hash = hash_of(row)
        session.add(row)
        head.sequence, head.hash = row.sequence, row.hash
        head.seal = self._seal.sign(_head_facts(head.sequence, head.hash))
        await session.flush()

    async def head(self, session: AsyncSession) -> Head:
        """Return the end of the chain, to be given out as a receipt."""
        row = await session.get(AuditHeadRow, HEAD)
        return Head(row.sequence, row.hash, row.seal) if row else Head(0, GENESIS, "")

    async def fault(self, session: AsyncSession, receipt: Head | None = None) -> Fault | None:
        """Return the first fault of the chain, or None when it is whole and goes through `receipt`."""
        place, previous = 0, GENESIS
        while rows := await _rows_after(session, place):
            for row in rows:
                place += 1
                kind = _fault_of(row, place, previous)
                if kind:
                    return Fault(place, kind)
                if receipt is not None and row.sequence == receipt.sequence and row.hash != receipt.hash:
                    return Fault(place, "rewound")
                previous = row.hash
        if receipt is not None and receipt.sequence > place:
            return Fault(place, "rewound")
        return None if self._is_sealed(await self.head(session), place, previous) else Fault(place, "head")

    def is_genuine(self, receipt: Head) -> bool:
        """Tell whether this fair gave a receipt out."""
        return self._seal.holds(_head_facts(receipt.sequence, receipt.hash), receipt.seal)

    def _is_sealed(self, head: Head, sequence: int, last: str) -> bool:
        if (head.sequence, head.hash) != (sequence, last):
            return False
        return sequence == 0 or self.is_genuine(head)

    async def _locked_head(self, session: AsyncSession) -> AuditHeadRow:
        locked = select(AuditHeadRow).where(AuditHeadRow.id == HEAD).with_for_update()
        locked = locked.execution_options(populate_existing=True)
        head = await session.scalar(locked)
        if head is None:
            first = {"id": HEAD, "sequence": 0, "hash": GENESIS, "seal": ""}
            await insert_once(session, AuditHeadRow, first)
            head = (await session.scalars(locked)).one()
        return head


def hash_of(row: AuditRow) -> str:
    """Return the hash that belongs to a row."""
    covered: Facts = {
        "sequence": row.sequence, "at_ms": row.at_ms, "actor": row.actor, "action": row.action,
        "subject": row.subject, "facts": row.facts, "previous": row.previous,
    }
    return hashlib.sha256(canonical(covered)).hexdigest()


def _fault_of(row: AuditRow, place: int, previous: str) -> str:
    if row.sequence != place:
        return "missing"
    if row.hash != hash_of(row):
        return "changed"
    return "" if row.previous == previous else "unchained"


async def _rows_after(session: AsyncSession, sequence: int) -> list[AuditRow]:
    query = select(AuditRow).where(AuditRow.sequence > sequence).order_by(AuditRow.sequence)
    fresh = query.limit(READ_AT_ONCE).execution_options(populate_existing=True)
    return list(await session.scalars(fresh))


def _head_facts(sequence: int, last: str) -> Facts:
    return {"audit": sequence, "hash": last}
