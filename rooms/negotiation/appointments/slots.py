"""Slots: which times can be asked for, and who of the staff would come; rules only.

Slots lie on the quarters of the hour of Unix time. The offset of every time zone in use is a multiple of a
quarter, Kathmandu's and the half hour of Lord Howe's summer included, so they are round on every clock.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from config.errors import Conflict, Invalid
from config.ids import AccountId, ProductId
from rooms.fair.hours import Hours, Stretch, covers, joined

QUARTER_SECONDS = 900
LENGTHS = (15, 30)
Spans = Iterable[Stretch]
Rota = Mapping[AccountId, Sequence[Stretch]]
"""When each of the staff is there, joined and in order."""


class Attendant(Protocol):
    """What a roster says of a member of staff."""

    @property
    def account(self) -> AccountId: ...
    @property
    def name(self) -> str: ...
    @property
    def languages(self) -> tuple[str, ...]: ...
    @property
    def product_lines(self) -> tuple[ProductId, ...]: ...
    def speaks(self, language: str) -> bool: ...
    def hours_at(self, stand: Hours) -> Hours: ...


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be asked for; `speaks` says whether somebody free then speaks the language wanted."""

    starts_at: float
    minutes: int
    speaks: bool


def quarters(starts_at: float, minutes: int) -> tuple[int, ...]:
    """Return the quarters of an hour, counted since 1970, that an appointment takes."""
    first = int(starts_at // QUARTER_SECONDS)
    return tuple(range(first, first + math.ceil(minutes * 60 / QUARTER_SECONDS)))


def starts_in(spans: Spans, minutes: int, step_minutes: int, after: float, before: float) -> list[float]:
    """Return when appointments of `minutes` can begin within the spans, each once, in order.

    From the first quarter of each span on they follow by the step, whatever comes before it; they end with
    the hours, which go on where the next span touches. Those before `after` are left out.
    """
    step, length = step_minutes * 60.0, minutes * 60.0
    found: set[float] = set()
    spans = list(spans)
    whole = joined(spans)
    for start, end in spans:
        last = next(closes for opens, closes in whole if opens <= start <= closes) - length
        first = math.ceil(start / QUARTER_SECONDS) * QUARTER_SECONDS
        moment = first + max(0, math.ceil((after - first) / step)) * step
        while moment < end and moment <= min(last, before):
            found.add(moment)
            moment += step
    return sorted(found)


def offer(
    starts: Iterable[float], minutes: int, staff: Collection[Attendant], rota: Rota,
    taken: Mapping[AccountId, Collection[int]], buyer: AccountId | None, language: str,
) -> list[Slot]:
    """Return the starts at which the buyer is free and somebody of the staff is there and free."""
    slots = []
    for start in starts:
        wanted = quarters(start, minutes)
        there = there_at(staff, rota, start, minutes)
        free = [] if _is_taken(taken, buyer, wanted) else free_at(there, taken, wanted)
        if free:
            slots.append(Slot(start, minutes, any(who.speaks(language) for who in free)))
    return slots


def rota_of(staff: Collection[Attendant], stand: Hours, day_from: date, days: int) -> Rota:
    """Return when each of the staff is there on so many days of the stand, as far as it is open then."""
    return {who.account: joined(who.hours_at(stand).open_spans(day_from, days)) for who in staff}


def there_at(staff: Collection[Attendant], rota: Rota, starts_at: float, minutes: int) -> list[Attendant]:
    """Return who of the staff is there for the whole of an appointment."""
    ends_at = starts_at + minutes * 60
    return [who for who in staff if covers(rota[who.account], starts_at, ends_at)]


def free_at(
    staff: Collection[Attendant], taken: Mapping[AccountId, Collection[int]], wanted: Collection[int]
) -> list[Attendant]:
    """Return who of the staff has nothing else in these quarters."""
    return [who for who in staff if not _is_taken(taken, who.account, wanted)]


def by_preference(
    staff: Collection[Attendant], language: str, product: ProductId | None, load: Mapping[AccountId, int]
) -> list[Attendant]:
    """Return the staff, the best first: who speaks the language, owns the product, has least to do."""
    return sorted(
        staff,
        key=lambda who: (
            not who.speaks(language), product is None or product not in who.product_lines,
            load.get(who.account, 0), who.name, who.account,
        ),
    )


def check_time(
    starts_at: float, minutes: int, now: float, notice_seconds: float, horizon_seconds: float
) -> None:
    """Raise `Invalid` (`bad_length`, `bad_time`) or `Conflict` (`too_late`) for what no slot can be."""
    if minutes not in LENGTHS:
        raise Invalid("An appointment lasts 15 or 30 minutes.", code="bad_length")
    if not math.isfinite(starts_at) or starts_at % QUARTER_SECONDS or starts_at > now + horizon_seconds:
        raise Invalid("Choose one of the times on offer.", code="bad_time")
    if starts_at < now + notice_seconds:
        raise Conflict("This time is too near by now. Choose a later one.", code="too_late")


def _is_taken(
    taken: Mapping[AccountId, Collection[int]], account: AccountId | None, wanted: Collection[int]
) -> bool:
    return account is not None and not set(wanted).isdisjoint(taken.get(account, ()))
