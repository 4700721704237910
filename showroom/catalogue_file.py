"""Reads a catalogue of a fair from a TOML file: halls, companies and their products, and pictures beside it.

docs/deploy.md says what stands in such a file. Faults are gathered with their places; nobody is written to.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from config.errors import FairError, Invalid
from config.ids import RoomId
from rooms.fair.catalogue import Entry, Kind
from rooms.fair.pictures import name_of
from rooms.fair.words import ROOM

ID_LENGTH = 64
TABLE = re.compile(r"^\s*\[\[\s*([a-z.]+)\s*\]\]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """What a file says, what is wrong with it, and the pictures it names: by their names at the fair."""

    entries: list[Entry] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    pictures: dict[str, Path] = field(default_factory=dict)


def read(path: Path) -> CatalogueFile:
    """Return what stands in a file; `Invalid` when it cannot be read at all, or is no TOML."""
    try:
        text = path.read_text("utf-8")
        data = tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise Invalid(f"{path} cannot be read: {error}") from None
    return _Reader(path.parent, _lines(text, data)).read(data)


class _Reader:
    """Reads one file; `lines` are where its tables begin, by their name."""

    def __init__(self, folder: Path, lines: Mapping[str, list[int]]) -> None:
        self._folder = folder
        self._lines = lines
        self._file = CatalogueFile()
        self._kinds: dict[str, dict[str, tuple[str, Callable[[Any], Any]]]] = {
            "the file": {},
            "a hall": {"number": ("number", _whole), "title": ("title", _text)},
            "a company": {
                **{key: (key, _text) for key in ("room", "name", "country", "city", "stand", "about")},
                "accent": ("accent", _text), "hall": ("hall", _whole), "languages": ("languages", _texts),
                "picture": ("portrait", self._picture), "has_left": ("has_left", _flag),
            },
            "a product": {
                **{key: (key, _text) for key in ("slug", "title", "summary", "currency", "unit")},
                "price": ("price_from", _price), "minimum": ("minimum_order", _whole),
                "picture": ("picture", self._picture), "taken_out": ("taken_out", _flag),
            },
        }

    def read(self, data: dict[str, Any]) -> CatalogueFile:
        """Return all of it."""
        halls, companies = self._tables(data, "halls", ""), self._tables(data, "companies", "")
        self._fields("the file", data, "the file")
        for place, table in halls:
            says = self._fields("a hall", table, place)
            self._add(Kind.HALL, says.pop("number", None), RoomId(""), says, place, "number")
        for place, table in companies:
            self._company(place, table)
        return self._file

    def _company(self, place: str, table: dict[str, Any]) -> None:
        room = table.get("room", "")
        place = f"{place} ({room})"
        items = self._tables(table, "products", place)
        says = self._fields("a company", table, place)
        slug = says.pop("room", None)
        self._add(Kind.COMPANY, slug, RoomId(str(room)), says, place, "room")
        for position, (where, item) in enumerate(items, 1):
            self._product(RoomId(str(room)), position, f"{where} ({item.get('slug', '')})", item)

    def _product(self, room: RoomId, position: int, place: str, table: dict[str, Any]) -> None:
        says = self._fields("a product", table, place) | {"position": position}
        slug = says.pop("slug", None)
        key = f"{room}.{slug}" if slug else None
        if key and (not ROOM.fullmatch(slug) or len(key) > ID_LENGTH):
            most = f"it and the room's name have {ID_LENGTH - 1} together at most."
            self._fault(place, f"A slug has lower-case letters, digits and hyphens inside; {most}")
            key = None
        self._add(Kind.PRODUCT, key, room, says, place, "slug" if slug is None else "")

    def _add(
        self, kind: Kind, key: Any, room: RoomId, says: dict[str, Any], place: str, missing: str
    ) -> None:
        if key is not None:
            self._file.entries.append(Entry(kind, key, room, says, place))
        elif missing:
            self._fault(place, f"It needs a {missing}.")

    def _tables(self, data: dict[str, Any], name: str, within: str) -> list[tuple[str, dict[str, Any]]]:
        """Take the tables of this name out, each with its place."""
        tables = data.pop(name, [])
        if not _are_tables(tables):
            self._fault(within or "the file", f"`{name}` are tables, each under [[{name}]].")
            return []
        return list(zip(self._places(name, within, len(tables)), tables, strict=True))

    def _places(self, name: str, within: str, count: int) -> Iterator[str]:
        """Yield where the tables stand: by their lines where they have headers, or by their numbers."""
        lines = self._lines.get(f"companies.{name}" if within else name, [])
        for number in range(1, count + 1):
            line = f"line {lines.pop(0)}" if lines else ""
            yield line or f"{within}{', ' if within else ''}{name} {number}"

    def _fields(self, what: str, table: dict[str, Any], place: str) -> dict[str, Any]:
        """Return what the keys of a table say, by the names of the record's fields."""
        keys, says = self._kinds[what], {}
        for key, value in table.items():
            try:
                name, kind = keys[key]
                says[name] = kind(value)
            except KeyError:
                there = ", ".join(keys) or "halls, companies"
                self._fault(place, f"There is no `{key}` in {what}; there are: {there}.")
            except FairError as error:
                self._fault(place, f"{key}: {error.message}")
        return says

    def _picture(self, value: Any) -> str:
        """Return the name at the fair of a picture that lies beside the file; empty for none."""
        if not (text := _text(value)):
            return ""
        path = self._folder / text
        try:
            name = name_of(path.read_bytes())
        except OSError as error:
            raise Invalid(f"{path} cannot be read: {error.strerror}.") from None
        self._file.pictures[name] = path
        return name

    def _fault(self, place: str, sentence: str) -> None:
        self._file.faults.append(f"{place}: {sentence}")


def _lines(text: str, data: Mapping[str, Any]) -> dict[str, list[int]]:
    """Return the lines at which tables begin, by their names; none of tables that have no header."""
    lines: dict[str, list[int]] = {}
    for header in TABLE.finditer(text):
        lines.setdefault(header[1], []).append(text.count("\n", 0, header.start(1)) + 1)
    companies = data.get("companies", [])
    shelves = [it.get("products", []) for it in companies] if _are_tables(companies) else []
    there = {"halls": [data.get("halls", [])], "companies": [companies], "companies.products": shelves}
    counts = {name: sum(len(it) for it in tables if _are_tables(it)) for name, tables in there.items()}
    return {name: found for name, found in lines.items() if counts.get(name) == len(found)}


def _are_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(table, dict) for table in value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Invalid("It is a text, in quotes.")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Invalid('It is a list of texts, such as ["en", "de"].')
    return tuple(map(_text, value))


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Invalid("It is a whole number.")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid("It is true or false.")
    return value


def _price(value: Any) -> Decimal | None:
    """Return a price; an empty text is none."""
    if value == "":
        return None
    try:
        price = Decimal(value) if isinstance(value, str) else Decimal(repr(value))
    except InvalidOperation:
        price = Decimal("nan")
    if isinstance(value, bool) or not price.is_finite():
        raise Invalid('It is a number, such as "94.00".')
    return price
