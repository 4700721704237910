"""What somebody does to the database with a tool of their own is found: any byte, any row, any order."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import delete, inspect, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from rooms.fair.audit import GENESIS, Audit, Head, hash_of
from rooms.fair.audit_rows import AuditHeadRow, AuditRow
from rooms.fair.models import Table as AnyRow
from rooms.fair.offer_rows import SignatureRow, VersionRow
from rooms.fair.seal import Seal
from tests.rooms.offers.table import Table

FLIPS = 200


class Overtaken(Audit):
    """A trail that somebody else writes to just before its end is read."""

    def __init__(self, seal: Seal, table: Table) -> None:
        super().__init__(seal)
        self._table = table

    async def head(self, session: AsyncSession) -> Head:
        async with self._table.database.session() as other:
            await self._table.audit.note(other, self._table.now_ms, "buyer-1", "signed", "offer-1", {})
        return await super().head(session)


async def agree(table: Table) -> Any:
    """Let both sign the second version; return it as it was."""
    await table.called()
    first = await table.send(table.staff)
    second = await table.counter(table.buyer, first)
    await table.sign(table.buyer, second)
    await table.sign(table.staff, second)
    return second


def flipped(value: Any, chance: random.Random) -> Any:
    """Return a value with one bit of one of its characters, or of the number, turned."""
    if isinstance(value, int):
        return value ^ 1 << chance.randrange(4, 20)  # the lowest would make a number that is taken
    place = chance.randrange(len(value))
    other = chr(ord(value[place]) ^ 1 << chance.randrange(4))
    return value[:place] + (other if other.isprintable() else "~") + value[place + 1 :]


def names_of(kind: type[AnyRow]) -> list[str]:
    return [str(column.key) for column in inspect(kind).columns]


async def spoil(table: Table, kind: type[AnyRow], chance: random.Random) -> tuple[Any, dict[str, Any]]:
    """Turn a bit in some column of some row; return where, and what it was."""
    async with table.database.session() as session:
        row = chance.choice(list(await session.scalars(select(kind))))
        columns = [it for it in names_of(kind) if getattr(row, it) not in (None, "")]
        name = chance.choice(columns)
        key = {name: getattr(row, name) for name in (str(it.key) for it in inspect(kind).primary_key)}
        was = getattr(row, name)
        now = flipped(was, chance)
        await session.execute(update(kind).filter_by(**key).values({name: now}))
    return kind, {"key": key | ({name: now} if name in key else {}), "name": name, "was": was}


async def restore(table: Table, kind: type[AnyRow], note: dict[str, Any]) -> None:
    async with table.database.session() as session:
        await session.execute(update(kind).filter_by(**note["key"]).values({note["name"]: note["was"]}))


@pytest.mark.threat("T31")
async def test_any_flipped_bit_of_the_audit_trail_is_detected(table: Table) -> None:
    await agree(table)
    chance = random.Random(seed := random.randrange(1 << 30))
    for _ in range(FLIPS):
        kind, note = await spoil(table, chance.choice([AuditRow, AuditRow, AuditHeadRow]), chance)
        if kind is AuditHeadRow and note["name"] == "id":
            await restore(table, kind, note)
            continue
        assert await table.fault() is not None, f"{note}, seed {seed}"
        await restore(table, kind, note)
    assert await table.fault() is None


@pytest.mark.threat("T31")
async def test_any_flipped_bit_of_what_was_signed_is_detected(table: Table) -> None:
    """The words, who signed, when, and what was consented to."""
    signed = await agree(table)
    chance = random.Random(seed := random.randrange(1 << 30))
    for _ in range(FLIPS):
        note = await spoil_signed(table, signed.offer, chance)
        version = (await table.read(signed.offer)).versions[1]
        assert not table.signing.is_genuine(signed.offer, version), f"{note}, seed {seed}"
        await undo(table, signed.offer, note)
    assert table.signing.is_genuine(signed.offer, (await table.read(signed.offer)).versions[1])


SIGNED = {
    VersionRow: ("text", "sha256"),
    SignatureRow: (
        "account", "name", "company", "email", "signed_at_ms", "consent", "language", "sha256", "seal",
    ),
}


async def spoil_signed(table: Table, offer: str, chance: random.Random) -> Any:
    kind: Any = chance.choice([VersionRow, SignatureRow])
    name = chance.choice(SIGNED[kind])
    keys = {"offer": offer} | ({"number": 2} if kind is VersionRow else {"version": 2, "side": "buyer"})
    async with table.database.session() as session:
        was = getattr((await session.scalars(select(kind).filter_by(**keys))).one(), name)
        now = flipped(was, chance)
        if name == "text":  # it must still be JSON: another digit, or another letter of a word
            now = was.replace("13.10", "13.19") if chance.random() < 0.5 else was.replace("Oak", "0ak", 1)
        await session.execute(update(kind).filter_by(**keys).values({name: now}))
    return kind, keys, name, was


async def undo(table: Table, _offer: str, note: Any) -> None:
    kind, keys, name, was = note
    async with table.database.session() as session:
        await session.execute(update(kind).filter_by(**keys).values({name: was}))


def test_a_seal_is_written_in_one_way_only() -> None:
    """The last sign of base64 has bits that mean nothing, and readers pass over signs that are none of it."""
    seal, facts = Seal(b"k" * 32), {"audit": 1}
    signature = seal.sign(facts)
    for other in [*(signature[:-1] + sign for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef0123456789-_"),
                  signature + "=", signature + "~", " " + signature]:
        assert seal.holds(facts, other) is (other == signature)


@pytest.mark.threat("T31")
async def test_a_deleted_row_is_detected_wherever_it_stood(table: Table) -> None:
    """The first, one in the middle, and the tail of any length."""
    await agree(table)
    last = (await table.head()).sequence
    for gone in [range(number, number + 1) for number in range(1, last + 1)] + [
        range(number, last + 1) for number in range(1, last)
    ]:
        kept = await take_out(table, gone)
        assert await table.fault() is not None, gone
        await put_back(table, kept)
    assert await table.fault() is None


@pytest.mark.threat("T31")
async def test_rows_that_changed_places_are_detected(table: Table) -> None:
    await agree(table)
    last = (await table.head()).sequence
    for one in range(1, last + 1):
        for other in range(one + 1, last + 1):
            rows = await take_out(table, range(1, last + 1))
            moved = {one: other, other: one}
            placed = [it | {"sequence": moved.get(it["sequence"], it["sequence"])} for it in rows]
            await put_back(table, placed)
            assert await table.fault() is not None
            await take_out(table, range(1, last + 1))
            await put_back(table, rows)
    assert await table.fault() is None


@pytest.mark.threat("T31")
async def test_a_chain_that_was_computed_anew_lacks_the_seal(table: Table) -> None:
    """Who knows the code but not the key can make a chain that fits, but not its end."""
    await agree(table)
    head = await table.head()
    rows = await take_out(table, range(1, head.sequence + 1))
    previous, forged = GENESIS, []
    for facts in rows[:-1]:
        row = AuditRow(**facts | {"previous": previous, "actor": "somebody-else", "hash": ""})
        row.hash = previous = hash_of(row)
        forged.append({name: getattr(row, name) for name in facts})
    await put_back(table, forged)
    for seal in (head.seal, "", Seal(b"x" * 32).sign({"audit": len(forged), "hash": previous})):
        async with table.database.session() as session:
            await session.execute(
                update(AuditHeadRow).values(sequence=len(forged), hash=previous, seal=seal)
            )
        fault = await table.fault()
        assert fault is not None
        assert fault.kind == "head"


@pytest.mark.threat("T31")
async def test_a_database_put_back_to_yesterday_is_shown_by_a_receipt(table: Table) -> None:
    """A whole older state is whole; a head that was given out since tells."""
    first = await table.send()
    yesterday = await table.head()
    await table.sign(table.buyer, first)
    receipt = await table.head()
    assert table.audit.is_genuine(receipt)
    assert not Audit(Seal(b"x" * 32)).is_genuine(receipt)
    assert await table.fault(yesterday) is await table.fault(receipt) is None
    await take_out(table, range(receipt.sequence, receipt.sequence + 1))
    async with table.database.session() as session:
        await session.execute(update(AuditHeadRow).values(
            sequence=yesterday.sequence, hash=yesterday.hash, seal=yesterday.seal
        ))
    assert await table.fault() is None
    fault = await table.fault(receipt)
    assert fault is not None
    assert fault.kind == "rewound"
    other = await table.fault(Head(yesterday.sequence, "0" * 64, ""))
    assert other is not None


async def take_out(table: Table, gone: range) -> list[dict[str, Any]]:
    """Delete rows, and return what they were."""
    names = names_of(AuditRow)
    async with table.database.session() as session:
        query = select(AuditRow).where(AuditRow.sequence.in_(list(gone))).order_by(AuditRow.sequence)
        rows = [{name: getattr(row, name) for name in names} for row in await session.scalars(query)]
        await session.execute(delete(AuditRow).where(AuditRow.sequence.in_(list(gone))))
    return rows


async def put_back(table: Table, rows: list[dict[str, Any]]) -> None:
    async with table.database.session() as session:
        session.add_all([AuditRow(**row) for row in rows])


async def test_a_trail_that_grows_while_it_is_checked_is_whole(table: Table) -> None:
    await agree(table)
    before = await table.head()
    async with table.database.reading() as session:
        assert await Overtaken(Seal(b"k" * 32), table).fault(session, before) is None
    assert (await table.head()).sequence == before.sequence + 1
    assert await table.fault() is None
