"""Schemathesis against a server: every operation of its OpenAPI document, by a guest, a buyer and staff.

It sends what the document allows and what it does not, up to the bounds and beyond. Nothing may break, every
answer must be one that is documented, and what the document forbids must be refused. With SOAK_SECONDS set it
tries more.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from rooms.fair.policy import Role
from tests.databases import url_for
from tests.showroom.at_work import Names, furnished
from tests.showroom.server import environment, running_server
from tests.web.conftest import PEOPLE
from tests.web.visitor import visitor
from web.openapi.document import TAGS
from web.openapi.reading import SENT

pytestmark = pytest.mark.asyncio(loop_scope="module")

IS_SOAK = float(os.environ.get("SOAK_SECONDS", "0")) > 0
EXAMPLES = 100 if IS_SOAK else 2
"""Of each operation and kind of data, by chance; the bounds of everything are tried beside them."""
OPERATIONS = {it.id: it for tag in TAGS for it in tag.operations}
PUBLIC = {name for name, it in OPERATIONS.items() if it.is_public}
BUYERS = {
    "request_appointment", "counter_appointment", "write_message", "reserve", "unreserve", "erase",
    "sign_offer",
}
ALIKE = {"save_draft", "counter_offer"}
"""They read a sheet as sending one does, and its bounds are many."""
TRIED = {"guest": PUBLIC, "buyer": BUYERS, "staff": set(OPERATIONS) - PUBLIC - BUYERS - ALIKE}
"""Who tries the bounds of which operations; all others are only asked once. A soak has everybody try all."""
MAKES = frozenset({"upload_captions.language", "edit_captions.language"})
SLOW = ("order_as_pdf", "thread_as_pdf", "belongings")
"""A page takes seconds of processor time; what can be wrong with its address is wrong with the JSON too."""
SETTINGS = {"SHOWROOM_CALLS_SEAT_SECONDS": "600", "SHOWROOM_CALLS_FILES_PER_MINUTE": "2000"}


@dataclass(frozen=True, slots=True)
class Work:
    """A server, what is there, and its document, in which answers may have no field that it does not name."""

    base_url: str
    folder: Path
    names: Names
    document: Path


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def work(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Work]:
    """A fair with something of everything, served by a process of its own."""
    folder = tmp_path_factory.mktemp("openapi")
    settings = SETTINGS | {"SHOWROOM_DATABASE_URL": url_for(folder)}
    names = await furnished(environment(folder, **settings))
    async with running_server(folder, "serve", **settings) as server, visitor(server.base_url) as guest:
        document = folder / "openapi.json"
        told = (await guest.get("/api/openapi.json")).json
        document.write_text(json.dumps(peopled(strict(told), names)))
        yield Work(server.base_url, folder, names, document)


def strict(document: dict[str, Any]) -> dict[str, Any]:
    """Close every object that is only answered, so that a field nobody wrote down is noticed."""
    for name, shape in document["components"]["schemas"].items():
        if name not in SENT:
            close(shape)
    for operations in document["paths"].values():
        for operation in operations.values():
            close(operation["responses"])
    return document


def close(part: Any) -> None:
    if isinstance(part, list):
        for one in part:
            close(one)
    elif isinstance(part, dict):
        if part.get("type") == "object" and "properties" in part:
            part.setdefault("additionalProperties", False)
        for one in part.values():
            close(one)


def peopled(document: dict[str, Any], names: Names) -> dict[str, Any]:
    """Name in the document what is there, so that requests find it; what is not there is asked for too."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    name(parameter, operation["operationId"], names)
    _show(document["paths"], names)
    _show(document["components"], names)
    return document


def name(parameter: dict[str, Any], operation: str, names: Names) -> None:
    """Let a parameter be one of the names that are there; the first one only, where any other may be made."""
    own = f"{operation}.{parameter['name']}"
    there = names.get(own) or names[parameter["name"]]
    parameter["example"] = there[0]
    if own not in MAKES:
        parameter["schema"]["enum"] = there


def _show(part: Any, names: Names) -> None:
    """Give texts of bodies that name something the names of what is there as examples."""
    if isinstance(part, list):
        for one in part:
            _show(one, names)
    elif isinstance(part, dict):
        for field, shape in part.get("properties", {}).items():
            if field in names and "string" in shape.get("type", ()):
                shape["examples"] = names[field][:2]
            elif field == "key":
                shape.pop("examples", None)  # each request has its own
        for one in part.values():
            _show(one, names)


@pytest.mark.parametrize("who", ["guest", Role.BUYER, pytest.param(Role.STAFF, marks=pytest.mark.long)])
async def test_every_answer_is_documented_and_nothing_breaks(work: Work, who: str) -> None:
    config = work.folder / f"{who}.toml"
    config.write_text(configuration(await session_of(work, who), who))
    status, said = await schemathesis(work, config)
    assert status == 0, said


async def session_of(work: Work, who: str) -> dict[str, str]:
    """Return the headers of somebody who has signed in, or is a guest."""
    async with visitor(work.base_url) as somebody:
        if who in PEOPLE:
            await somebody.sign_in(PEOPLE[Role(who)])
        answer = await somebody.get("/api/session")
        cookies = somebody.cookies
    return {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRF-Token": answer.json["csrf"], "Authorization": f"Bearer {work.names['caption_key'][0]}",
    }


def configuration(headers: dict[str, str], who: str) -> str:
    """Return what Schemathesis is to do, as TOML; JSON's texts and lists are TOML's too."""
    lines = [f"headers.{json.dumps(name)} = {json.dumps(text)}" for name, text in headers.items()]
    asked = [] if IS_SOAK else sorted(set(OPERATIONS) - TRIED[who])
    return "\n".join([*lines, BASE, ASKED % json.dumps(asked) if asked else ""])


BASE = f"""
seed = 1
suppress-health-check = ["all"]
workers = 1
warnings = false

[analysis.constants]
enabled = false

[generation]
deterministic = true
max-examples = {EXAMPLES}
database = "none"
with-security-parameters = false

[checks.not_a_server_error]
expected-statuses = ["2xx", "3xx", "4xx", "503"]

[checks.negative_data_rejection]
expected-statuses = ["303", "400", "401", "403", "404", "409", "413", "415", "429", "503"]

[checks.positive_data_acceptance]
enabled = false

[phases.coverage]
unexpected-methods = []

[phases.stateful]
enabled = false
"""
ASKED = """
[[operations]]
include-operation-id = %s
phases.coverage.enabled = false
phases.fuzzing.enabled = false
"""


async def schemathesis(work: Work, config: Path) -> tuple[int, str]:
    """Run the command and return its exit code and what it said."""
    command = (
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", str(work.document),
        "--url", work.base_url, "--no-color",
        *(word for name in SLOW for word in ("--exclude-operation-id", name)),
    )
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=STDOUT, cwd=work.folder)
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode(errors="replace")
