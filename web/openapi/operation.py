"""What is said of one operation, and how that reads in OpenAPI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rooms.fair.policy import POLICY, Permission, Role, Scope
from web.identity import OPEN_TO_ALL
from web.openapi.parameters import names_in, path_parameter
from web.openapi.refusals import REFUSALS, STATUSES
from web.openapi.shapes import Shape, named
from web.problems import PROGRAM_PATHS

JSON = "application/json"
PROBLEM = "application/problem+json"
SAFE = frozenset({"GET"})


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is no refusal: what it means and what it holds; bytes and texts have no shape."""

    about: str
    shape: Shape | None = None
    media: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent; other media than JSON have no shape."""

    shape: Shape | None
    media: tuple[str, ...] = (JSON,)
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Query:
    """A parameter of the query."""

    name: str
    shape: Shape
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path.

    `needs` says what the policy must allow; `open_to` says in words who may where the policy alone does not.
    `refuses` are the codes of refusals beside those that the method, the path and `needs` bring with them.
    """

    method: str
    path: str
    id: str
    title: str
    about: str
    gives: Mapping[int, Answer]
    needs: Permission | None = None
    open_to: str = ""
    bearer: str = ""
    takes: Body | None = None
    query: tuple[Query, ...] = ()
    refuses: tuple[str, ...] = ()

    @property
    def is_public(self) -> bool:
        """Whether it asks for no account."""
        return not self.bearer and not self.open_to and (self.needs is None or _guests_may(self.needs))

    @property
    def is_change(self) -> bool:
        """Whether it changes something."""
        return self.method not in SAFE

    @property
    def refuses_in_json(self) -> bool:
        """Whether refusals are documents; they are pages where people follow links."""
        return self.path.startswith(PROGRAM_PATHS)

    def who(self) -> str:
        """Return in words who may."""
        if self.open_to or self.bearer:
            return self.open_to or self.bearer
        return "Everybody, guests too." if self.needs is None else audience(self.needs)

    def codes_by_status(self) -> dict[int, list[str]]:
        """Return the codes of all refusals, each once, by the status they come with."""
        found: dict[int, list[str]] = {}
        for code in sorted({*self._usual_codes(), *self.refuses}):
            found.setdefault(self._status_of(code), []).append(code)
        return {status: found[status] for status in sorted(found) if status not in self.gives}

    def _usual_codes(self) -> list[str]:
        codes = ["store_away"]
        if names_in(self.path):
            codes.append("not_found")
        if "room" in names_in(self.path) and self.needs not in (None, *OPEN_TO_ALL):
            codes.append("exhibitor_left")
        if self.is_change:
            codes += ["too_large", "slow_body"]
        if self.is_change and not self.bearer:
            codes += ["csrf", "foreign_origin"]
        if self.takes and JSON in self.takes.media:
            codes += ["malformed", "content_type"]
        if not self.is_public and not self.bearer:
            codes += ["sign_in", "denied"]
        return codes

    def document(self, tag: str) -> dict[str, Any]:
        """Return it as OpenAPI has it."""
        parameters = [path_parameter(name) for name in names_in(self.path)]
        parameters += [_query_parameter(query) for query in self.query]
        told: dict[str, Any] = {
            "operationId": self.id, "summary": self.title, "description": f"{self.about}\n\n*{self.who()}*",
            "tags": [tag], "security": self._security(), "responses": self._responses(),
        }
        if parameters:
            told["parameters"] = parameters
        if self.takes:
            content = {media: {"schema": self.takes.shape or {}} for media in self.takes.media}
            told["requestBody"] = {"required": self.takes.is_needed, "content": content}
        return told

    def _security(self) -> list[dict[str, list[str]]]:
        if self.bearer:
            return [{"captionKey": []}]
        if self.is_change:
            return [{"session": [], "csrf": []}]
        return [{}, {"session": []}] if self.is_public else [{"session": []}]

    def _responses(self) -> dict[str, Any]:
        responses = {str(status): _answer(answer) for status, answer in self.gives.items()}
        refused = self.codes_by_status().items()
        return responses | {str(status): self._refusal(status, codes) for status, codes in refused}

    def _status_of(self, code: str) -> int:
        """Return the status of a refusal; people who may sign in are led to where they can."""
        is_led_on = code == "sign_in" and not self.refuses_in_json and not self.is_change
        return 303 if is_led_on else REFUSALS[code].status

    def _refusal(self, status: int, codes: list[str]) -> dict[str, Any]:
        about = f"{STATUSES[status]} {', '.join(f'`{code}`' for code in codes)}"
        if status == 303:
            return {"description": about, "headers": {"Location": _header("Where to sign in.")}}
        content = {PROBLEM: {"schema": named("Problem")}} if self.refuses_in_json else {"text/html": {}}
        return {"description": about, "content": content}


def audience(permission: Permission) -> str:
    """Return in words whom the policy gives a permission."""
    scopes = sorted(POLICY[permission], key=lambda pair: list(Role).index(pair[0]))
    if _guests_may(permission):
        return "Everybody, guests too."
    told = ", ".join(f"{ROLES[role]}{SCOPES[scope]}" for role, scope in scopes)
    return f"{told[0].upper()}{told[1:]}. Permission `{permission}`."


ROLES = {
    Role.GUEST: "guests", Role.BUYER: "buyers", Role.STAFF: "staff", Role.ORGANISER: "organisers",
    Role.THIRD: "third persons",
}
SCOPES = {
    Scope.ANY: "", Scope.OWN_ROOM: " of the room", Scope.OWN_CALL: " whose call or appointment it is",
    Scope.OWN_STILL: " who took it", Scope.OWN_THREAD: " whose thread it is",
    Scope.INVITED_CALL: " invited to the call",
}


def _guests_may(permission: Permission) -> bool:
    return (Role.GUEST, Scope.ANY) in POLICY[permission]


def _answer(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"description": answer.about}
    if answer.media:
        told["content"] = {answer.media: {"schema": answer.shape} if answer.shape else {}}
    if answer.headers:
        told["headers"] = {name: _header(about) for name, about in answer.headers.items()}
    return told


def _header(about: str) -> dict[str, Any]:
    return {"description": about, "schema": {"type": "string"}}


def _query_parameter(query: Query) -> dict[str, Any]:
    shape = dict(query.shape)
    about = shape.pop("description", "")
    return {"name": query.name, "in": "query", "required": query.is_needed, "description": about,
            "schema": shape}


