"""What a check of a sheet found, one plain sentence for each thing that was looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """Whether what was looked at is so, is not, or cannot be told from the file alone."""

    TRUE = "true"
    FALSE = "FALSE"
    UNKNOWN = "not checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `code` is for programs."""

    code: str
    mark: Mark
    sentence: str


Findings = Iterator[Finding]


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, in the order they were made."""

    findings: tuple[Finding, ...]

    @property
    def is_good(self) -> bool:
        """Whether nothing was found to be wrong."""
        return all(it.mark is not Mark.FALSE for it in self.findings)

    @property
    def wrong(self) -> frozenset[str]:
        """The codes of what is wrong."""
        return frozenset(it.code for it in self.findings if it.mark is Mark.FALSE)

    @property
    def unknown(self) -> frozenset[str]:
        """The codes of what could not be told."""
        return frozenset(it.code for it in self.findings if it.mark is Mark.UNKNOWN)


def found(code: str, holds: bool, true: str, false: str) -> Finding:
    """Return a finding with the sentence that fits."""
    return Finding(code, Mark.TRUE if holds else Mark.FALSE, true if holds else false)


def wrong(code: str, sentence: str) -> Finding:
    """Return a finding of something that is not so."""
    return Finding(code, Mark.FALSE, sentence)


def unknown(code: str, sentence: str) -> Finding:
    """Return a finding of something that the file alone cannot tell."""
    return Finding(code, Mark.UNKNOWN, sentence)
