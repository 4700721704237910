"""Any sequence of what two sides may do, on a real database beside a model that a page of paper could
hold.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from config.errors import FairError
from rooms.fair.accounts import Account
from rooms.fair.database import Database
from rooms.negotiation.offers.requests import Receipt
from tests.databases import unmade_database
from tests.media.scale import scaled
from tests.rooms.offers.table import WISH, Table, actor, lay

SIDES = st.sampled_from(["buyer", "seller"])
BACK = st.integers(0, 2)
"""How many versions back somebody looks who has not heard the news."""


@dataclass
class Model:
    """An offer as one would tell it."""

    sides: list[str] = field(default_factory=list)
    signed: list[set[str]] = field(default_factory=list)
    named: list[set[str]] = field(default_factory=list)
    """Whose names each version has."""
    is_buyer_named: bool = True
    """Whether the thread has their name, for the next version."""
    valid_until: float | None = None
    is_withdrawn: bool = False
    is_erased: bool = False
    """Whether the newest version is."""

    def state(self, now: float) -> str:
        if len(self.signed[-1]) == 2:
            return "agreed"
        if self.is_withdrawn:
            return "withdrawn"
        return "expired" if self.valid_until is not None and self.valid_until <= now else "open"


class Negotiating(RuleBasedStateMachine):
    """Does everything twice: to the offers and to the model, which must say the same."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._stack = ExitStack()
        database = Database(self._stack.enter_context(unmade_database()))
        self.run_now(database.migrate())
        self.table: Table = self.run_now(lay(database))
        self.run_now(self.table.called())
        self.model = Model()
        self.sent: list[Receipt] = []
        self.changes = 0

    def run_now(self, work: Awaitable[Any]) -> Any:
        return self._loop.run_until_complete(work)

    def who(self, side: str) -> Account:
        return self.table.buyer if side == "buyer" else self.table.staff

    def attempt(self, work: Awaitable[Receipt]) -> Receipt | str:
        """Return what was done, or the code of the refusal."""
        try:
            return self.run_now(work)  # type: ignore[no-any-return]  # the loop does not know
        except FairError as error:
            return error.code

    @precondition(lambda self: not self.sent)
    @rule(side=SIDES, minutes=st.none() | st.integers(1, 3))
    def open(self, side: str, minutes: int | None) -> None:
        self._note(side, minutes, self.attempt(self.table.send(self.who(side), self._wish(minutes))))

    @precondition(lambda self: self.sent)
    @rule(side=SIDES, back=BACK, minutes=st.none() | st.integers(1, 3))
    def counter(self, side: str, back: int, minutes: int | None) -> None:
        seen = self._seen(back)
        state = self.model.state(self.table.clock.now)
        done = self.attempt(self.table.counter(self.who(side), seen, self._wish(minutes)))
        if state == "agreed" or seen is not self.sent[-1]:
            assert done == ("agreed" if state == "agreed" else "superseded")
        else:
            self._note(side, minutes, done)

    @precondition(lambda self: self.sent)
    @rule(side=SIDES, back=BACK)
    def withdraw(self, side: str, back: int) -> None:
        seen, state = self._seen(back), self.model.state(self.table.clock.now)
        work = self.table.offers.withdraw(actor(self.who(side)), seen.offer, seen.version, self.table.key())
        done = self.attempt(work)
        if state != "open":
            assert done == state
        elif seen is not self.sent[-1]:
            assert done == "superseded"
        elif self.model.sides[-1] != side:
            assert done == "not_yours"
        else:
            assert isinstance(done, Receipt)
            self.model.is_withdrawn = True
            self.changes += 1

    @precondition(lambda self: self.sent)
    @rule(side=SIDES, back=BACK, colleague=st.booleans())
    def sign(self, side: str, back: int, colleague: bool) -> None:
        seen, state = self._seen(back), self.model.state(self.table.clock.now)
        who = self.table.colleague if colleague and side == "seller" else self.who(side)
        done = self.attempt(self.table.sign(who, seen))
        if state == "agreed":
            assert done == "agreed"
        elif seen is not self.sent[-1]:
            assert done == "superseded"
        elif state != "open":
            assert done == state
        elif self.model.is_erased:
            assert done == "erased"
        elif side in self.model.signed[-1]:
            assert done == "already_signed"
        else:
            assert isinstance(done, Receipt)
            self.model.signed[-1].add(side)
            self.changes += 1

    @precondition(lambda self: self.sent)
    @rule(side=SIDES)
    def sign_something_else(self, side: str) -> None:
        seen = replace(self.sent[-1], sha256="f" * 64)
        assert isinstance(self.attempt(self.table.sign(self.who(side), seen)), str)

    @precondition(lambda self: self.sent)
    @rule(side=SIDES)
    def erase(self, side: str) -> None:
        erased = self.run_now(self.table.erasure.ask(actor(self.who(side)), self.table.thread))
        lost = [side in it and not signed for it, signed in self._versions()]
        assert erased.versions == sum(lost)
        for (names, _), is_lost in zip(self._versions(), lost, strict=True):
            names.difference_update([side] if is_lost else [])
        self.model.is_erased |= lost[-1]
        self.model.is_buyer_named &= side != "buyer"
        self.changes += 1 + erased.versions

    @rule(seconds=st.integers(1, 90))
    def wait(self, seconds: int) -> None:
        self.table.clock.move(seconds)

    @precondition(lambda self: self.sent)
    @rule()
    def sweep(self) -> None:
        expired = self.run_now(self.table.offers.expire())
        self.changes += len(expired)
        assert len(expired) <= (self.model.state(self.table.clock.now) == "expired")

    @precondition(lambda self: self.sent)
    @invariant()
    def both_say_the_same(self) -> None:
        offer = self.run_now(self.table.read(self.sent[0].offer))
        assert offer.state_at(self.table.now_ms).value == self.model.state(self.table.clock.now)
        assert [it.side.value for it in offer.versions] == self.model.sides
        assert [{one.side.value for one in it.signatures} for it in offer.versions] == self.model.signed
        assert [it.sha256 for it in offer.versions] == [it.sha256 for it in self.sent]
        assert offer.newest.is_erased == self.model.is_erased
        words = {"buyer": self.table.buyer.name, "seller": self.table.staff.name}
        assert [{side for side, name in words.items() if name in it.text} for it in offer.versions] == (
            self.model.named
        )
        signed = [it for it in offer.versions if it.signatures]
        assert all(self.table.signing.is_genuine(offer.id, it) for it in signed)

    def teardown(self) -> None:
        assert self.run_now(self.table.fault()) is None
        assert self.run_now(self.table.changed()) is None
        assert self.run_now(self.table.head()).sequence == self.changes
        self.run_now(self.table.database.close())
        self._loop.close()
        self._stack.close()

    def _versions(self) -> list[tuple[set[str], set[str]]]:
        """Return who is named in each version, and who has signed it."""
        return list(zip(self.model.named, self.model.signed, strict=True))

    def _seen(self, back: int) -> Receipt:
        return self.sent[max(0, len(self.sent) - 1 - back)]

    def _wish(self, minutes: int | None) -> Any:
        until = None if minutes is None else self.table.now_ms + minutes * 60_000
        return replace(WISH, valid_until_ms=until, notes=f"{len(self.sent)}")

    def _note(self, side: str, minutes: int | None, done: Receipt | str) -> None:
        assert isinstance(done, Receipt), done
        self.sent.append(done)
        self.model.sides.append(side)
        self.model.signed.append(set())
        self.model.is_buyer_named |= side == "buyer"
        self.model.named.append({side} | ({"buyer"} if self.model.is_buyer_named else set()))
        self.model.is_withdrawn = self.model.is_erased = False
        self.model.valid_until = None if minutes is None else self.table.clock.now + minutes * 60
        self.changes += 1


TestNegotiating = Negotiating.TestCase
TestNegotiating.settings = settings(
    max_examples=scaled(8, 300), stateful_step_count=25, deadline=None,
    suppress_health_check=list(HealthCheck),
)
