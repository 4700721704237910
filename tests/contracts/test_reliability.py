"""What docs/reliability.md promises has the tests it names, and every row has one or says why not."""

from __future__ import annotations

import ast
import re

import pytest

from tests.contracts.source import ROOT

TEXT = (ROOT / "docs" / "reliability.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| ([TD]\d+) \|(.*)$", TEXT, re.MULTILINE))
REFERENCE = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
BY_CONSTRUCTION = "by construction"


def names_in(path: str) -> set[str]:
    """Return the names of the tests in a file."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in found.body if isinstance(node, functions)}


@pytest.mark.parametrize("row", [f"T{n}" for n in range(1, 16)] + [f"D{n}" for n in range(1, 21)])
def test_row_is_there_and_proved(row: str) -> None:
    assert row in ROWS, row
    assert REFERENCE.search(ROWS[row]) or BY_CONSTRUCTION in ROWS[row]


@pytest.mark.parametrize("reference", sorted(set(REFERENCE.findall(TEXT))), ids="::".join)
def test_test_that_is_named_exists(reference: tuple[str, str]) -> None:
    path, name = reference
    assert name in names_in(path)
