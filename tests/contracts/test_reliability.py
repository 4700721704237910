"""What docs/reliability.md promises has the tests it names, and these name its rows in turn."""

from __future__ import annotations

import ast
import re

import pytest

from tests.contracts.source import ROOT, name_of, python_files, tree

TEXT = (ROOT / "docs" / "reliability.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| ([TDF]\d+) \|(.*)$", TEXT, re.MULTILINE))
REFERENCE = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
BY_CONSTRUCTION = "by construction"


def rows_by_test() -> dict[tuple[str, str], list[str]]:
    """Return every test, by file and name, with the rows its marker names."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        (name_of(path), node.name): marked(node)
        for path in python_files("tests")
        for node in tree(path).body
        if isinstance(node, functions)
    }


def marked(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Return what `pytest.mark.threat` of a test says."""
    calls = [call for call in node.decorator_list if isinstance(call, ast.Call)]
    return [ast.literal_eval(row) for call in calls if ast.unparse(call.func) == "pytest.mark.threat"
            for row in call.args]


TESTS = rows_by_test()


@pytest.mark.parametrize("row", [f"T{n}" for n in range(1, 16)])
def test_every_attack_has_a_test(row: str) -> None:
    assert [name for name, rows in TESTS.items() if row in rows]


@pytest.mark.parametrize("row", [f"D{n}" for n in range(1, 21)])
def test_every_defect_has_a_test_or_cannot_be(row: str) -> None:
    assert [name for name, rows in TESTS.items() if row in rows] or BY_CONSTRUCTION in ROWS[row]


@pytest.mark.parametrize("row", sorted({*ROWS, *(row for rows in TESTS.values() for row in rows)}))
def test_row_names_the_tests_that_name_it(row: str) -> None:
    assert sorted(REFERENCE.findall(ROWS[row])) == sorted(name for name, rows in TESTS.items() if row in rows)


@pytest.mark.parametrize("reference", sorted(set(REFERENCE.findall(TEXT))), ids="::".join)
def test_test_that_is_named_exists(reference: tuple[str, str]) -> None:
    assert reference in TESTS
