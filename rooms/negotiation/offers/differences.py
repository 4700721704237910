"""What changed from one version to another, as data that both screens show alike."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from rooms.negotiation.offers.records import Document

FIELDS = (
    "seller", "buyer", "currency", "incoterm", "place", "lead_days", "payment", "valid_until_ms", "notes",
    "total",
)
ORDER = "order"
LINE_FIELDS = ("product", "title", "quantity", "unit", "price", "breaks", "amount")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that is not what it was; values are as documents have them."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line that was added (`before` is None), taken out (`after` is None) or changed; places from 0 on."""

    before: int | None
    after: int | None
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Differences:
    """All that changed; the two versions say the same when both are empty."""

    fields: tuple[FieldChange, ...]
    lines: tuple[LineChange, ...]

    def data(self) -> dict[str, Any]:
        """Return them as JSON has them."""
        return {
            "fields": [_field_data(it) for it in self.fields],
            "lines": [
                {"before": it.before, "after": it.after, "fields": [_field_data(one) for one in it.fields]}
                for it in self.lines
            ],
        }


def differences(before: Document, after: Document) -> Differences:
    """Compare two versions. Lines belong together by product, else by title, else by their place.

    Lines that changed places are the change of a field `order`: their places in the older version, once as
    they stood there and once as they stand now.
    """
    old, new = before["lines"], after["lines"]
    pairs = list(_pairs(old, new))
    changed = (
        LineChange(was, now, () if was is None or now is None else _changes(LINE_FIELDS, old[was], new[now]))
        for was, now in pairs
    )
    lines = tuple(it for it in changed if it.fields or it.before is None or it.after is None)
    return Differences(_changes(FIELDS, before, after) + _order(pairs), lines)


def _order(pairs: list[tuple[int | None, int | None]]) -> tuple[FieldChange, ...]:
    kept = [was for was, now in pairs if was is not None and now is not None]
    return (FieldChange(ORDER, sorted(kept), kept),) if kept != sorted(kept) else ()


def _pairs(old: list[Document], new: list[Document]) -> Iterator[tuple[int | None, int | None]]:
    """Yield each line of both versions once, in the order of the new one, lines taken out at the end."""
    paired: dict[int, int] = {}
    for key in (_by_product, _by_title):
        paired |= _named_alike(key, old, new, paired)
    left = set(range(len(old))) - set(paired.values())
    for place in range(len(new)):
        if place not in paired and place in left:
            paired[place] = place
        yield paired.get(place), place
    yield from ((place, None) for place in sorted(left - set(paired.values())))


def _named_alike(
    key: Callable[[Document], str], old: list[Document], new: list[Document], paired: dict[int, int]
) -> dict[int, int]:
    """Return by new place the old lines with the same name, first to first, of those not paired yet."""
    waiting: defaultdict[str, deque[int]] = defaultdict(deque)
    for place in sorted(set(range(len(old))) - set(paired.values())):
        waiting[key(old[place])].append(place)
    names = ((place, key(line)) for place, line in enumerate(new) if place not in paired)
    return {place: waiting[name].popleft() for place, name in names if name and waiting[name]}


def _by_product(line: Document) -> str:
    return line["product"] or ""


def _by_title(line: Document) -> str:
    return str(line["title"])


def _changes(names: tuple[str, ...], before: Document, after: Document) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, before[name], after[name]) for name in names if before[name] != after[name]
    )


def _field_data(change: FieldChange) -> dict[str, Any]:
    return {"name": change.name, "before": change.before, "after": change.after}
