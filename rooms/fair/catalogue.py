"""A catalogue of halls, companies and products: checked as a whole, then put into the fair at once.

What is there is changed by its key (a hall's number, a company's room, a product's id) where the catalogue
says something of it; what it does not speak of stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Conflict, FairError, Invalid
from config.ids import CompanyId, ProductId, RoomId
from rooms.fair import companies, products
from rooms.fair.companies import Company, Hall
from rooms.fair.database import Database, insert_or_change
from rooms.fair.models import CompanyRow, HallRow, ProductRow
from rooms.fair.products import Product


class Kind(StrEnum):
    """What an entry is about."""

    HALL = "hall"
    COMPANY = "company"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a catalogue says of one thing: fields of its record by name, and where that stands for people."""

    kind: Kind
    key: str | int
    room: RoomId
    says: Mapping[str, Any]
    place: str


@dataclass(frozen=True, slots=True)
class Changes:
    """How many things of each kind were added, changed, and found as they should be."""

    added: Mapping[Kind, int]
    changed: Mapping[Kind, int]
    kept: Mapping[Kind, int]


Record = Hall | Company | Product


class Stock:
    """The fair as it stands during one transaction, and as it will."""

    def __init__(self, session: AsyncSession, now: float) -> None:
        self._session = session
        self._now = now
        self._rows: dict[tuple[Kind, str | int], Any] = {}
        self._found: dict[tuple[Kind, str | int], Record] = {}
        self._wanted: dict[tuple[Kind, str | int], Record] = {}

    async def read(self) -> None:
        """Read all of it, locked against others who would change it meanwhile.

        All who lock several do it in this order: otherwise they could wait for each other.
        """
        for hall in await self._locked(select(HallRow).order_by(HallRow.number)):
            self._keep(Kind.HALL, hall.number, hall, Hall(hall.number, hall.title))
        for company in await self._locked(select(CompanyRow).order_by(CompanyRow.id)):
            self._keep(Kind.COMPANY, company.room, company, companies.company_of(company))
        for product in await self._locked(select(ProductRow).order_by(ProductRow.id)):
            self._keep(Kind.PRODUCT, product.id, product, products.product_of(product))

    def want(self, entry: Entry) -> None:
        """Take in what an entry says; raises an error of the fair for what cannot be."""
        key = entry.kind, entry.key
        if key in self._wanted:
            raise Invalid(f"The catalogue has this {entry.kind} twice.")
        before = self._found.get(key) or _blank(entry)
        says = dict(entry.says)
        if isinstance(before, Product) and "taken_out" in says:
            is_out = says.pop("taken_out")
            says["taken_out_at"] = (before.taken_out_at or self._now) if is_out else None
        wanted = _checked(replace(before, **says))
        if isinstance(wanted, Company) and not self._has_hall(wanted.hall):
            raise Invalid(f"There is no hall {wanted.hall}, neither here nor at the fair.")
        self._wanted[key] = wanted

    def changes(self) -> Changes:
        """Return what is to be done."""
        news: dict[str, Counter[Kind]] = {"added": Counter(), "changed": Counter(), "kept": Counter()}
        for key, wanted in self._wanted.items():
            found = self._found.get(key)
            news["added" if found is None else "changed" if found != wanted else "kept"][key[0]] += 1
        return Changes(**news)

    async def write(self) -> None:
        """Do it, halls first, as companies stand in them."""
        for kind in Kind:
            for key, wanted in self._wanted.items():
                if key[0] is kind and self._found.get(key) != wanted:
                    await self._write(self._rows.get(key), wanted)
            await self._session.flush()

    async def _locked(self, query: Select[Any]) -> Iterable[Any]:
        return await self._session.scalars(query.with_for_update())

    def _keep(self, kind: Kind, key: str | int, row: Any, record: Record) -> None:
        self._rows[kind, key], self._found[kind, key] = row, record

    def _has_hall(self, number: int) -> bool:
        return any((Kind.HALL, number) in halls for halls in (self._found, self._wanted))

    async def _write(self, row: Any, wanted: Record) -> None:
        match wanted:
            case Hall(number, title):
                await insert_or_change(self._session, HallRow, {"number": number, "title": title})
            case Company() if row is not None:
                await companies.rewrite(self._session, row, wanted)
            case Company():
                facts = companies.columns_of(wanted)
                self._session.add(CompanyRow(id=wanted.id, room=wanted.room, **facts))
            case Product():
                facts = products.columns_of(wanted)
                await insert_or_change(
                    self._session, ProductRow, {"id": wanted.id, "room": wanted.room, **facts}
                )


class Catalogues:
    """Puts catalogues into the fair. Times come from `clock`, in Unix seconds."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def put(
        self, entries: Sequence[Entry], faults: Sequence[str] = (), *, only_check: bool = False
    ) -> Changes:
        """Put all of it into the fair, or nothing, and return what that changes.

        `Invalid` names all that is wrong with it, each with its place, after the `faults` found before.
        `Conflict` (`changed_meanwhile`) when somebody else has just added some of it.
        """
        try:
            async with self._database.session() as session:
                stock = Stock(session, self._clock())
                await stock.read()
                faults = [*faults, *_refusals(stock, entries)]
                if faults:
                    raise Invalid("\n".join(faults))
                if not only_check:
                    await stock.write()
        except IntegrityError:
            message = "Somebody else has just added some of this; nothing was changed. Import it again."
            raise Conflict(message, code="changed_meanwhile") from None
        return stock.changes()


def _refusals(stock: Stock, entries: Sequence[Entry]) -> Iterator[str]:
    for entry in sorted(entries, key=lambda entry: list(Kind).index(entry.kind)):
        try:
            stock.want(entry)
        except FairError as error:
            yield f"{entry.place}: {error.message}"


def _blank(entry: Entry) -> Record:
    """Return what nothing has been said of yet."""
    match entry.kind:
        case Kind.HALL:
            return Hall(int(entry.key), "")
        case Kind.COMPANY:
            return Company(CompanyId(entry.room), entry.room, "", "", "", 0, "", "", (), "", "")
        case Kind.PRODUCT:
            return Product(ProductId(str(entry.key)), entry.room, "", "", None, "", None, "", "", 0)


def _checked(record: Record) -> Any:
    match record:
        case Hall():
            return companies.checked_hall(record)
        case Company():
            return companies.checked(record)
        case Product():
            return products.checked(record)
