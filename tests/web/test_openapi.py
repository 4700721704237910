"""The OpenAPI document: it is valid, says what the URL table and the code say, and can be read by people."""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import jsonschema_rs
import pytest
from aiohttp import web

from config import errors
from config.errors import FairError
from rooms.fair.policy import Role
from tests.contracts.source import python_files, tree
from tests.web.conftest import PEOPLE
from tests.web.visitor import PASSWORD, Visitor
from web.openapi.document import SHAPES, TAGS, openapi, session_cookie
from web.openapi.operation import JSON, Operation
from web.openapi.parameters import PATH_PARAMETERS, names_in
from web.openapi.reading import answer_of, example_of
from web.openapi.refusals import REFUSALS, STATUSES
from web.problems import status_of
from web.routes import DATA, OPERATIONS, PAGES

ALL = [operation for tag in TAGS for operation in tag.operations]
FAIR = "https://fair.example"
ELSEWHERE = {"/pictures/{name}", "/static/{path}", "/favicon.ico"}
"""What pages are made of, which no program needs."""
ROUTER_CODES = {"not_found"}
"""Codes that are made of what aiohttp says."""


def routes() -> dict[tuple[str, str], dict[str, str]]:
    """Return method and address of every route that is no page, with the patterns in its address."""
    table = [it for it in (*PAGES, *DATA, *OPERATIONS) if isinstance(it, web.RouteDef)]
    known = {address for _method, address in documented()}
    found = {}
    for it in table:
        address, patterns = apart(it.path)
        if it in DATA or address in known or address.startswith("/api/"):
            found[it.method, address] = patterns
    return found


def apart(path: str) -> tuple[str, dict[str, str]]:
    """Return an address without the patterns of its parameters, and those; `{room:[a-z]{1,8}}` has braces."""
    address, patterns, depth, start = "", {}, 0, 0
    for place, sign in enumerate(path):
        if sign == "{":
            depth += 1
            start = place + 1 if depth == 1 else start
        elif sign == "}":
            depth -= 1
            if depth == 0:
                name, _, pattern = path[start:place].partition(":")
                patterns[name] = pattern
                address += f"{{{name}}}"
        elif depth == 0:
            address += sign
    return address, patterns


def documented() -> set[tuple[str, str]]:
    return {(operation.method, operation.path) for operation in ALL}


def test_every_address_of_the_interface_is_documented_and_every_documented_one_is_there() -> None:
    there = {key for key in routes() if key[1] not in ELSEWHERE}
    assert documented() - there == set()
    assert there - documented() == set()
    assert len([path for _method, path in there if path.startswith("/api/")]) > 50


def test_parameters_have_the_patterns_of_the_url_table() -> None:
    table = routes()
    for operation in ALL:
        patterns = table[operation.method, operation.path]
        assert list(patterns) == names_in(operation.path)
        assert patterns == {name: PATH_PARAMETERS[name][0] for name in patterns}, operation.path


def test_the_document_is_openapi() -> None:
    """Against the schema that the OpenAPI Initiative publishes for 3.1."""
    schemas = files("openapi_spec_validator").joinpath("resources/schemas/v3.1/schema.json")
    jsonschema_rs.validator_for(json.loads(schemas.read_text("utf-8"))).validate(openapi(FAIR))
    for shape in SHAPES.values():
        jsonschema_rs.meta.validate(shape)


def test_names_of_operations_and_shapes_are_each_used_once_and_lead_somewhere() -> None:
    names = [operation.id for operation in ALL]
    assert len(names) == len(set(names))
    text = json.dumps(openapi(FAIR))
    used = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert used == set(SHAPES)


@pytest.mark.parametrize("operation", ALL, ids=lambda it: str(it.id))
def test_examples_are_of_the_shape_they_are_examples_of(operation: Operation) -> None:
    if operation.takes and operation.takes.shape:
        validator(operation.takes.shape).validate(example_of(operation.takes.shape))
    for answer in operation.gives.values():
        if answer.shape and answer.media == JSON:
            validator(answer.shape).validate(example_of(answer.shape))
    assert answer_of(operation)[0] in operation.gives


def validator(shape: dict[str, Any]) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(shape | {"components": {"schemas": SHAPES}})


def test_codes_come_with_the_status_that_is_documented() -> None:
    """Each code is raised somewhere as a refusal of a kind that becomes this status; few come with two."""
    raised: dict[str, set[int]] = {}
    telling = [path for path in python_files() if re.search(r'code ?= ?"', path.read_text("utf-8"))]
    for code, status in (pair for path in telling for pair in refusals_in(tree(path))):
        raised.setdefault(code, set()).add(status)
    told = {code: refusal.status for code, refusal in REFUSALS.items() if code not in ROUTER_CODES}
    assert {code for code, status in told.items() if status not in raised.get(code, ())} == set()
    assert {refusal.status for refusal in REFUSALS.values()} <= set(STATUSES)
    used = {code for operation in ALL for codes in operation.codes_by_status().values() for code in codes}
    assert used == set(REFUSALS)


def refusals_in(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield the codes of refusals that a module raises, with the status of each."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and (kind := kind_of(node.func)):
            code = next((word.value for word in node.keywords if word.arg == "code"), None)
            if code is None or isinstance(code, ast.Constant):
                yield from told(kind, str(code.value) if code else kind.code)
        elif isinstance(node, ast.ClassDef) and (kind := kind_of(*node.bases[:1])):
            codes = [line.value for line in node.body if isinstance(line, ast.Assign)]
            yield from (pair for code in codes if isinstance(code, ast.Constant)
                        for pair in told(kind, str(code.value)))


def kind_of(*names: ast.expr) -> type[FairError] | None:
    found = getattr(errors, names[0].id, None) if names and isinstance(names[0], ast.Name) else None
    return found if isinstance(found, type) and issubclass(found, FairError) else None


def told(kind: type[FairError], code: str) -> Iterator[tuple[str, int]]:
    yield code, status_of(kind("", code=code))


def test_the_cookie_has_the_name_it_has_behind_tls() -> None:
    assert session_cookie(FAIR) == "__Host-session"
    assert session_cookie("http://127.0.0.1:8080") == "session"


pytest_fair = pytest.mark.asyncio(loop_scope="session")


@pytest_fair
async def test_the_document_may_be_kept_and_is_asked_for_by_its_version(guest: Visitor) -> None:
    answer = await guest.get("/api/openapi.json")
    assert (answer.status, answer.json["openapi"]) == (200, "3.1.1")
    assert answer.json["servers"] == [{"url": guest.base_url}] or answer.json["servers"][0]["url"]
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    again = await guest.get("/api/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")


@pytest_fair
async def test_the_page_shows_every_operation_and_all_its_links_lead_somewhere(guest: Visitor) -> None:
    answer = await guest.get("/api/docs")
    assert answer.status == 200
    for operation in ALL:
        assert f'id="{operation.id}"' in answer.text
        assert html.escape(operation.title, quote=False) in html.unescape(answer.text)
    ids = re.findall(r'\sid="([^"]+)"', answer.text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', answer.text)) <= set(ids)


@pytest_fair
@pytest.mark.parametrize("language", ["zh", "ar"])
async def test_the_frame_of_the_page_is_translated(guest: Visitor, language: str) -> None:
    answer = await guest.get("/api/docs", headers={"Accept-Language": language})
    assert answer.headers["Content-Language"] == language
    assert "Before the first request" not in answer.text


@pytest_fair
async def test_a_script_signs_in_as_the_introduction_says(guest: Visitor) -> None:
    before = (await guest.get("/api/session")).json
    assert (before["me"]["role"], before["me"]["room"]) == (Role.GUEST, None)
    form = {"csrf": before["csrf"], "email": PEOPLE[Role.STAFF], "password": PASSWORD}
    assert (await guest.ask("POST", "/sign-in", data=form)).status == 303
    after = (await guest.get("/api/session")).json
    assert (after["me"]["role"], after["me"]["room"]) == (Role.STAFF, "lumen")
    token = {"X-CSRF-Token": after["csrf"]}
    answer = await guest.ask("POST", "/api/tickets", json={"purpose": "hall"}, headers=token)
    assert answer.status == 200
    old = {"X-CSRF-Token": before["csrf"]}
    assert (await guest.ask("POST", "/api/tickets", json={"purpose": "hall"}, headers=old)).status == 403


@pytest_fair
async def test_a_guest_stays_the_same_guest(guest: Visitor) -> None:
    first, second = (await guest.get("/api/session")).json, (await guest.get("/api/session")).json
    assert first == second
