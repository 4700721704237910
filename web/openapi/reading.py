"""The document as a page shows it: shapes as rows of a table, and examples made of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from web.openapi.document import SHAPES, TAGS
from web.openapi.operation import JSON, Operation
from web.openapi.parameters import PATH_PARAMETERS, names_in
from web.openapi.shapes import REF, Shape

KINDS = {
    "string": "text", "integer": "whole number", "number": "number", "boolean": "true or false",
    "object": "object", "array": "list",
}
BOUNDS = (
    ("minLength", "maxLength", "characters"), ("minimum", "maximum", ""), ("minItems", "maxItems", "entries"),
)
LONGEST_LINE = 60
_BODIES = [it.takes.shape for tag in TAGS for it in tag.operations if it.takes]
SENT = frozenset(re.findall(rf"{REF}(\w+)", json.dumps(_BODIES)))
"""Shapes that stand in bodies: what must be there is worth saying."""


@dataclass(frozen=True, slots=True)
class Row:
    """A field: `of` is the name of the shape it has, where that has one."""

    name: str
    kind: str
    of: str
    is_needed: bool
    about: str
    bounds: str
    choices: tuple[str, ...]


def rows_of(shape: Shape, before: str = "") -> list[Row]:
    """Return the fields of an object, those of objects within it too; none for a shape with a name."""
    needed = shape.get("required", [])
    found: list[Row] = []
    for name, field in shape.get("properties", {}).items():
        found.append(row_of(f"{before}{name}", field, is_needed=name in needed))
        inner, mark = _within(field)
        found += rows_of(inner, f"{before}{name}{mark}.")
    return found


def row_of(name: str, shape: Shape, *, is_needed: bool) -> Row:
    """Return one field."""
    core, _ = _within(shape)
    choices = tuple(str(one) for one in core.get("enum", ()) if one is not None)
    return Row(
        name, _kind(shape), _named_in(core), is_needed, shape.get("description", ""),
        _bounds(shape), choices,
    )


def shape_of(shape: Shape) -> Shape:
    """Return a shape, looked up where it is a name."""
    return SHAPES[shape["$ref"].removeprefix(REF)] if "$ref" in shape else shape


def example_of(shape: Shape) -> Any:
    """Return what could be sent or answered in this shape."""
    if "examples" in shape:
        return shape["examples"][0]
    if "oneOf" in shape:
        return example_of(shape["oneOf"][0])
    shape = shape_of(shape)
    if "properties" in shape:
        return {name: example_of(field) for name, field in shape["properties"].items()}
    if "items" in shape:
        return [example_of(shape["items"])]
    return _plain_example(shape)


def example_text(shape: Shape) -> str:
    """Return an example as JSON, indented where it is long."""
    value = example_of(shape)
    short = json.dumps(value, ensure_ascii=False)
    return short if len(short) <= LONGEST_LINE else json.dumps(value, ensure_ascii=False, indent=2)


def request_of(operation: Operation, public_url: str) -> str:
    """Return a request as a line of shell, with the helpers of the introduction."""
    path = operation.path
    for name in names_in(path):
        path = path.replace(f"{{{name}}}", PATH_PARAMETERS[name][2])
    asked = "&".join(f"{query.name}={example_of(query.shape)}" for query in operation.query)
    address = f"{public_url}{path}{'?' if asked else ''}{asked}"
    return " \\\n  ".join([f'curl "{address}"', *_options(operation)])


def _options(operation: Operation) -> Iterator[str]:
    if operation.method not in ("GET", "POST") or (operation.is_change and not operation.takes):
        yield f"-X {operation.method}"
    if operation.bearer:
        yield '-H "Authorization: Bearer $KEY"'
    elif not operation.is_public or operation.is_change:
        yield "-b jar"
        if operation.is_change:
            yield '-H "X-CSRF-Token: $(token)"'
    if operation.takes and operation.takes.shape:
        yield f"--json '{example_text(operation.takes.shape)}'"
    elif operation.takes:
        yield f'-H "Content-Type: {operation.takes.media[0]}" --data-binary @file'


def answer_of(operation: Operation) -> tuple[int, str]:
    """Return the status of the first answer, and an example of it; empty where it is no JSON."""
    status, answer = next(iter(operation.gives.items()))
    return status, example_text(answer.shape) if answer.shape and answer.media == JSON else ""


def _within(shape: Shape) -> tuple[Shape, str]:
    """Return what a list or table holds, or else the shape itself, with what marks it in a path."""
    mark = ""
    while "items" in shape or isinstance(shape.get("additionalProperties"), dict):
        mark += "[]" if "items" in shape else "{}"
        shape = shape.get("items") or shape["additionalProperties"]
    return shape, mark


def _named_in(shape: Shape) -> str:
    found = shape.get("$ref") or next((one["$ref"] for one in shape.get("oneOf", ()) if "$ref" in one), "")
    return str(found).removeprefix(REF)


def _kind(shape: Shape) -> str:
    """Return in words what a field is; the name of a shape is said elsewhere."""
    if "items" in shape:
        inner = _kind(shape["items"])
        return f"list of {inner}".strip() + _or_null(shape)
    if "oneOf" in shape:
        return "or null"
    if "type" not in shape:
        return "" if "$ref" in shape else "any JSON"
    kinds = [shape["type"]] if isinstance(shape["type"], str) else shape["type"]
    return KINDS[kinds[0]] + _or_null(shape)


def _or_null(shape: Shape) -> str:
    return " or null" if "null" in shape.get("type", ()) else ""


def _bounds(shape: Shape) -> str:
    told = []
    for low, high, unit in BOUNDS:
        least, most = shape.get(low), shape.get(high)
        if most is not None and least is not None:
            told.append(f"{least} to {most:,} {unit}".strip())
        elif most is not None:
            told.append(f"at most {most:,} {unit}".strip())
        elif least is not None:
            told.append(f"{least} or more {unit}".strip())
    return ", ".join(told)


def _plain_example(shape: Shape) -> Any:
    kind = shape.get("type", "object")
    if not isinstance(kind, str):
        return None
    return {"string": "…", "integer": 1, "number": 1.5, "boolean": True, "array": [], "object": {}}[kind]
