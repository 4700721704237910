"""Keeps many small records as packed bytes: some 40 bytes for each instead of an object and numbers."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class Packed(Sequence[T], Generic[T]):
    """A growing sequence of one kind of flat dataclass; an item is made anew whenever it is asked for.

    `layout` is what `struct` calls a format, one letter for each field in order.
    """

    def __init__(self, kind: type[T], layout: str) -> None:
        names = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # every kind here is a dataclass
        self._values: Callable[[T], tuple[Any, ...]] = attrgetter(*names)
        self._kind = kind
        self._layout = struct.Struct(layout)
        self._bytes = bytearray()

    def append(self, item: T) -> None:
        """Keep one more."""
        self._bytes += self._layout.pack(*self._values(item))

    def __len__(self) -> int:
        return len(self._bytes) // self._layout.size

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        if isinstance(index, slice):
            return tuple(self[at] for at in range(*index.indices(len(self))))
        at = index if index >= 0 else len(self) + index
        if not 0 <= at < len(self):
            raise IndexError(index)
        return self._kind(*self._layout.unpack_from(self._bytes, at * self._layout.size))
