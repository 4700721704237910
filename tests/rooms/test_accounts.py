"""Accounts: made once, signed in by password, known by token, and closed for good."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio
from argon2 import PasswordHasher
from sqlalchemy import select

from config.errors import Busy, Conflict, Denied, Invalid, Missing
from config.ids import AccountId, RoomId
from rooms.fair.accounts import Account, Accounts, sign_in_of
from rooms.fair.database import Database
from rooms.fair.models import AccountRow, SessionRow
from rooms.fair.passwords import WAITING_LIMIT, Passwords, is_outdated
from rooms.fair.policy import Role
from tests.rooms.fair_facts import LAMP, OAK, PASSWORD, Clock, furnish


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def accounts(database: Database, clock: Clock) -> Accounts:
    await furnish(database)
    return Accounts(database, clock, session_hours=12)


async def register(accounts: Accounts, email: str = "ana@trade.example", password: str = PASSWORD) -> Account:
    return await accounts.register_buyer("Ana", "Trade Ltd", email, password, "PT", "pt")


async def test_a_registered_buyer_signs_in_with_the_address_in_any_case(accounts: Accounts) -> None:
    account = await register(accounts, "  Ana@Trade.example ")
    assert (account.email, account.role, account.room) == ("ana@trade.example", Role.BUYER, None)
    signed_in, token = await accounts.sign_in("ANA@trade.EXAMPLE", PASSWORD)
    assert signed_in == account
    assert await accounts.account_of(token) == account


async def test_one_address_has_one_account(accounts: Accounts) -> None:
    results = await asyncio.gather(*(register(accounts) for _ in range(4)), return_exceptions=True)
    refusals = [result for result in results if isinstance(result, Conflict)]
    assert [refusal.code for refusal in refusals] == ["email_taken"] * 3


@pytest.mark.parametrize(
    ("name", "company", "email", "password", "code"),
    [
        ("", "Trade", "a@b.example", PASSWORD, "bad_name"),
        ("\u202e \x00", "Trade", "a@b.example", PASSWORD, "bad_name"),
        ("\u200b\u2060", "Trade", "a@b.example", PASSWORD, "bad_name"),
        ("Lin", "\u3164 \u2800", "a@b.example", PASSWORD, "bad_company"),
        ("A" * 81, "Trade", "a@b.example", PASSWORD, "bad_name"),
        ("Ana", " ", "a@b.example", PASSWORD, "bad_company"),
        ("Ana", "Trade", "nobody", PASSWORD, "bad_email"),
        ("Ana", "Trade", "a@b", PASSWORD, "bad_email"),
        ("Ana", "Trade", "a b@c.example", PASSWORD, "bad_email"),
        ("Ana", "Trade", "a\x00@c.example", PASSWORD, "bad_email"),
        ("Ana", "Trade", "a" * 250 + "@c.example", PASSWORD, "bad_email"),
        ("Ana", "Trade", "a@b.example", "short pwd", "weak_password"),
        ("Ana", "Trade", "a@b.example", "x" * 201, "weak_password"),
        ("Ana", "Trade", "a@b.example", "zzzzzzzzzzzz", "weak_password"),
        ("Ana", "Trade", "ana@b.example", "ANA@b.example", "weak_password"),
    ],
)
async def test_a_registration_that_is_refused_keeps_nothing(
    accounts: Accounts, database: Database, name: str, company: str, email: str, password: str, code: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        await accounts.register_buyer(name, company, email, password, "PT", "pt")
    assert refusal.value.code == code
    async with database.reading() as session:
        assert (await session.scalars(select(AccountRow))).all() == []


async def test_names_are_kept_as_one_visible_line(accounts: Accounts) -> None:
    name, company = " Ana\n\tda\x07 Silva ", "Tr\u202eade"
    account = await accounts.register_buyer(name, company, "a@b.example", PASSWORD, "PT", "pt")
    assert (account.name, account.company) == ("Ana da Silva", "Trade")


async def test_a_wrong_sign_in_says_the_same_for_every_reason(accounts: Accounts) -> None:
    account = await register(accounts)
    await accounts.disable((await register(accounts, "gone@trade.example")).id)
    messages = set()
    for email, password in (
        (account.email, "four dovetails"), ("nobody@trade.example", PASSWORD), ("no address", PASSWORD),
        ("gone@trade.example", PASSWORD), (account.email, ""), (account.email, "\ud800" * 20), ("", ""),
    ):
        with pytest.raises(Denied) as refusal:
            await accounts.sign_in(email, password)
        messages.add((refusal.value.code, refusal.value.message))
    assert len(messages) == 1
    assert messages.pop()[0] == "wrong_password"


async def test_a_session_ends_with_its_hours(accounts: Accounts, clock: Clock) -> None:
    account = await register(accounts)
    _, token = await accounts.sign_in(account.email, PASSWORD)
    clock.move(12 * 3600 - 1)
    assert await accounts.account_of(token) == account
    clock.move(1)
    assert await accounts.account_of(token) is None


async def test_old_sessions_are_swept_out_at_the_next_sign_in(
    accounts: Accounts, clock: Clock, database: Database
) -> None:
    account = await register(accounts)
    await accounts.sign_in(account.email, PASSWORD)
    clock.move(13 * 3600)
    await accounts.sign_in(account.email, PASSWORD)
    async with database.reading() as session:
        assert len((await session.scalars(select(SessionRow))).all()) == 1


async def test_signing_out_ends_one_session_only(accounts: Accounts) -> None:
    account = await register(accounts)
    _, here = await accounts.sign_in(account.email, PASSWORD)
    _, there = await accounts.sign_in(account.email, PASSWORD)
    await accounts.sign_out(here)
    await accounts.sign_out("no such token")
    assert await accounts.account_of(here) is None
    assert await accounts.account_of(there) == account


async def test_a_sign_in_that_was_ended_is_known_to_be_over_and_no_other_is(
    accounts: Accounts, clock: Clock
) -> None:
    """Not one that began since, nor one that ended with its hours: what it opened goes on."""
    account, old = await accounts.sign_in((await register(accounts)).email, PASSWORD)
    clock.move(13 * 3600)
    _, here = await accounts.sign_in(account.email, PASSWORD)
    assert await accounts.sign_ins_ended_since(0) == {}
    _, there = await accounts.sign_in(account.email, PASSWORD)
    began, noon = clock.now, clock.now + 60
    clock.move(60)
    await accounts.sign_out("no such token")
    await accounts.sign_out(old)
    assert await accounts.sign_ins_ended_since(0) == {}
    await accounts.sign_out(here)
    ended = await accounts.sign_ins_ended_since(noon - 1)
    assert list(ended) == [account.id]
    after = ended[account.id]
    assert [after.has_ended(sign_in_of(token), began) for token in (here, there)] == [True, False]
    clock.move(1)
    _, again = await accounts.sign_in(account.email, PASSWORD)
    assert not after.has_ended(sign_in_of(again), clock.now)
    assert await accounts.sign_ins_ended_since(noon) == {}


async def test_disabling_an_account_ends_its_sessions(accounts: Accounts) -> None:
    account = await register(accounts)
    _, token = await accounts.sign_in(account.email, PASSWORD)
    await accounts.disable(account.id)
    assert await accounts.account_of(token) is None
    with pytest.raises(Missing):
        await accounts.disable(AccountId("nobody"))


@pytest.mark.parametrize("comes", ["another password", "the end of the account"])
async def test_a_sign_in_that_is_under_way_does_not_outlast_what_ends_it(
    accounts: Accounts, clock: Clock, monkeypatch: pytest.MonkeyPatch, comes: str
) -> None:
    """The password was right when it was looked at."""
    account, match = await register(accounts), Passwords.matches

    async def match_and_be_slow(passwords: Passwords, password_hash: str | None, password: str) -> bool:
        found = await match(passwords, password_hash, password)
        monkeypatch.undo()
        clock.move(1)
        if comes == "another password":
            await accounts.renew_password(account.id, f"{PASSWORD} and a half")
        else:
            await accounts.disable(account.id)
        return found

    monkeypatch.setattr(Passwords, "matches", match_and_be_slow)
    with pytest.raises(Denied) as refusal:
        await accounts.sign_in(account.email, PASSWORD)
    assert refusal.value.code == "wrong_password"


async def test_whoever_signs_in_while_their_weak_hash_is_renewed_comes_in(
    any_database: Database, clock: Clock
) -> None:
    accounts = Accounts(any_database, clock, session_hours=12)
    account = await register(accounts)
    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    async with any_database.session() as session:
        (await session.get_one(AccountRow, account.id)).password_hash = weak
    both = await asyncio.gather(*(accounts.sign_in(account.email, PASSWORD) for _ in range(2)))
    assert [found for found, _ in both] == [account, account]
    async with any_database.reading() as session:
        assert not is_outdated((await session.get_one(AccountRow, account.id)).password_hash)


async def test_tokens_and_passwords_are_not_kept_in_the_open(accounts: Accounts, database: Database) -> None:
    account = await register(accounts)
    _, token = await accounts.sign_in(account.email, PASSWORD)
    async with database.reading() as session:
        kept = (await session.scalars(select(SessionRow))).one()
        row = (await session.scalars(select(AccountRow))).one()
    assert token not in (kept.token_hash, kept.account)
    assert row.password_hash.startswith("$argon2id$")


async def test_staff_belong_to_the_company_of_their_room(accounts: Accounts) -> None:
    bo = await accounts.add("bo@oak.example", PASSWORD, "Bo", Role.STAFF, OAK)
    ada = await accounts.add("ada@oak.example", PASSWORD, "Ada", Role.STAFF, OAK)
    await accounts.add("cy@lamp.example", PASSWORD, "Cy", Role.STAFF, LAMP)
    assert (bo.room, bo.company, bo.country) == (OAK, "Oak & Ash", "PT")
    assert await accounts.staff_of(OAK) == [ada, bo]
    await accounts.disable(bo.id)
    assert await accounts.staff_of(OAK) == [ada]


@pytest.mark.parametrize(
    ("role", "room", "error"),
    [
        (Role.GUEST, None, Invalid), (Role.STAFF, None, Invalid), (Role.BUYER, OAK, Invalid),
        (Role.ORGANISER, OAK, Invalid), (Role.STAFF, RoomId("nowhere"), Missing),
    ],
)
async def test_a_role_without_its_room_is_refused(
    accounts: Accounts, role: Role, room: RoomId | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await accounts.add("x@y.example", PASSWORD, "X", role, room)


async def test_a_crowd_at_the_door_is_told_to_come_back() -> None:
    passwords = Passwords()
    kept = await passwords.hash(PASSWORD)
    crowd = (passwords.matches(kept, PASSWORD) for _ in range(WAITING_LIMIT + 5))
    answers = await asyncio.gather(*crowd, return_exceptions=True)
    assert answers.count(True) == WAITING_LIMIT
    assert sum(isinstance(answer, Busy) for answer in answers) == 5
