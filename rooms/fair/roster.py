"""The roster: what each of the staff speaks, which products they explain, and when they are there."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from sqlalchemy import select

from config.errors import Denied, Invalid
from config.ids import AccountId, ProductId, RoomId
from rooms.fair import words
from rooms.fair.asking_rows import RosterRow
from rooms.fair.database import Database, insert_or_change
from rooms.fair.hours import Hours, Weekly, checked_weekly, text_of, weekly_from
from rooms.fair.models import AccountRow, ProductRow
from rooms.fair.policy import Actor, Permission, Role, require

LANGUAGES_LIMIT = 8
LANGUAGE_LENGTH = 16


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A member of staff; no languages and no products mean that nobody has said so yet.

    `weekly` are their own hours by the clock of the stand; with none at all they are there when it is open.
    """

    account: AccountId
    name: str
    languages: tuple[str, ...]
    product_lines: tuple[ProductId, ...]
    weekly: Weekly = field(default_factory=dict)

    def speaks(self, language: str) -> bool:
        """Tell whether they speak it; `pt-BR` is spoken by who speaks `pt`."""
        return base_of(language) in {base_of(own) for own in self.languages}

    def hours_at(self, stand: Hours) -> Hours:
        """Return when they are there, as far as the stand is open then."""
        return Hours(stand.zone, self.weekly) if self.weekly else stand


class Roster:
    """Keeps who speaks and explains what. Times come from `clock`, in Unix seconds."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def of_room(self, room: RoomId) -> list[RosterEntry]:
        """Return all staff of a room who may sign in, by name."""
        query = (
            select(AccountRow.id, AccountRow.name, RosterRow)
            .outerjoin(RosterRow, RosterRow.account == AccountRow.id)
            .where(AccountRow.room == room, AccountRow.role == Role.STAFF, AccountRow.disabled_at.is_(None))
            .order_by(AccountRow.name, AccountRow.id)
        )
        async with self._database.reading() as session:
            return [_entry(account, name, row) for account, name, row in await session.execute(query)]

    async def set(
        self, actor: Actor, languages: Collection[str], product_lines: Collection[ProductId],
        weekly: Weekly | None = None,
    ) -> RosterEntry:
        """Keep what `actor` says of themselves; without `weekly` their own hours stay as they are.

        What has been arranged stays so, too, as with the hours of the stand. `Denied`, `Invalid`
        (`bad_language`, `bad_product`, `bad_hours`).
        """
        require(actor, Permission.EDIT_ROSTER, actor.room)
        if actor.room is None:
            raise Denied("Only staff stand on a roster.", code="denied")
        spoken = checked_languages(languages)
        lines = tuple(dict.fromkeys(product_lines))
        hours = {} if weekly is None else {"weekly": text_of(checked_weekly(weekly))}
        async with self._database.session() as session:
            own = await session.scalars(select(ProductRow.id).where(ProductRow.room == actor.room))
            if not set(lines) <= set(own):
                raise Invalid("Choose among the products of your own shelf.", code="bad_product")
            await insert_or_change(session, RosterRow, {
                "account": actor.id, "languages": ",".join(spoken), "product_lines": ",".join(lines),
                "changed_at": self._clock(), **hours,
            })
            row = await session.get(RosterRow, actor.id)
        return _entry(actor.id, actor.name, row)


def checked_languages(languages: Collection[str]) -> tuple[str, ...]:
    """Return languages by their codes, each once; `Invalid` (`bad_language`)."""
    clean = tuple(dict.fromkeys(words.line(language).lower() for language in languages))
    if len(clean) > LANGUAGES_LIMIT or not all(_is_language(language) for language in clean):
        message = "Name up to {limit} languages by their codes, such as en or zh."
        raise Invalid(message, code="bad_language", fields={"limit": LANGUAGES_LIMIT})
    return clean


def base_of(language: str) -> str:
    """Return a language without its region or script."""
    return language.lower().replace("_", "-").partition("-")[0]


def _is_language(text: str) -> bool:
    plain = text.replace("-", "")
    return 2 <= len(text) <= LANGUAGE_LENGTH and plain.isascii() and plain.isalnum()


def _entry(account: str, name: str, row: RosterRow | None) -> RosterEntry:
    if row is None:
        return RosterEntry(AccountId(account), name, (), ())
    lines = tuple(ProductId(line) for line in _listed(row.product_lines))
    weekly = weekly_from(row.weekly or "{}")
    return RosterEntry(AccountId(account), name, _listed(row.languages), lines, weekly)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()
