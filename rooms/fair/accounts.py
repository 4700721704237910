"""Accounts and sign-ins: who somebody is, proved by a password once and by a session token from then on."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from config.errors import Conflict, Denied, Invalid, Missing
from config.ids import AccountId, RoomId, new_id
from rooms.fair import sign_ins, words
from rooms.fair.database import Database
from rooms.fair.models import AccountRow, CompanyRow, SessionRow
from rooms.fair.passwords import Passwords, check_password, is_outdated
from rooms.fair.policy import Actor, Role
from rooms.fair.sign_ins import SignIns

HOUR_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody the fair knows; staff belong to exactly one room."""

    id: AccountId
    email: str
    name: str
    role: Role
    company: str
    room: RoomId | None
    country: str
    language: str

    @property
    def actor(self) -> Actor:
        """Who this is when they act at the fair."""
        return Actor(
            self.id, self.role, self.name, self.company, self.room, self.country, self.language
        )


class Accounts:
    """Makes accounts, signs people in and out. Times come from `clock`, in Unix seconds."""

    def __init__(self, database: Database, clock: Callable[[], float], session_hours: float) -> None:
        self._database = database
        self._clock = clock
        self._session_seconds = session_hours * HOUR_SECONDS
        self._passwords = Passwords()

    async def register_buyer(
        self, name: str, company: str, email: str, password: str, country: str, language: str
    ) -> Account:
        """Make a buyer's account; `Invalid` says what to change, `Conflict` (`email_taken`) it exists."""
        account = Account(
            id=AccountId(new_id()),
            email=words.email(email),
            name=words.name(name, "your name", code="bad_name"),
            role=Role.BUYER,
            company=words.name(company, "your company's name", code="bad_company"),
            room=None,
            country=words.line(country)[: words.NAME_LENGTH],
            language=_language(language),
        )
        await self._keep(account, password)
        return account

    async def add(
        self, email: str, password: str, name: str, role: Role, room: RoomId | None = None, company: str = ""
    ) -> Account:
        """Make an account of any role but guest; staff need a room and take its company and country."""
        if role in (Role.GUEST, Role.THIRD) or (role is Role.STAFF) != (room is not None):
            raise Invalid("Staff have a room, and nobody else has one.", code="bad_role")
        account = Account(
            AccountId(new_id()), words.email(email), words.name(name, "a name", code="bad_name"), role,
            words.line(company)[: words.NAME_LENGTH], room, "", "en",
        )
        await self._keep(await self._of_company(account), password)
        return await self.get(account.id)

    async def sign_in(self, email: str, password: str) -> tuple[Account, str]:
        """Return the account and a new session's token; `Denied` (`wrong_password`) whatever was wrong."""
        async with self._database.reading() as session:
            row = await session.scalar(select(AccountRow).where(AccountRow.email == _lookup(email)))
        active = row if row is not None and row.disabled_at is None else None
        matches = await self._passwords.matches(active.password_hash if active else None, password)
        if active is None or not matches:
            raise _wrong_password()
        token = secrets.token_urlsafe(32)
        await self._begin_session(active, token, password)
        return _account(active), token

    async def confirm(self, account: AccountId, password: str) -> Account:
        """Return the account if this is its password; `Denied` (`wrong_password`), or it is disabled."""
        return _account(await self._confirmed(account, password))

    async def account_of(self, token: str) -> Account | None:
        """Return whose session `token` is, or None when it is unknown, over, or the account disabled."""
        found = await self.signed_in(token)
        return found[0] if found else None

    async def signed_in(self, token: str) -> tuple[Account, float] | None:
        """Return whose session `token` is and when it began (Unix seconds), or None likewise."""
        query = (
            select(AccountRow, SessionRow.created_at).join(SessionRow, SessionRow.account == AccountRow.id)
            .where(SessionRow.token_hash == sign_in_of(token), SessionRow.expires_at > self._clock())
            .where(AccountRow.disabled_at.is_(None))
        )
        async with self._database.reading() as session:
            row = (await session.execute(query)).first()
        return (_account(row[0]), row[1]) if row else None

    async def sign_out(self, token: str) -> None:
        """End the session; a token nobody knows is none."""
        async with self._database.session() as session:
            account = await sign_ins.end(session, sign_in_of(token))
            if account is not None:
                account.sign_in_ended_at = self._clock()

    async def get(self, account: AccountId) -> Account:
        """Return an account, disabled ones too; `Missing` (`no_account`)."""
        async with self._database.reading() as session:
            row = await session.get(AccountRow, account)
        if row is None:
            raise _no_account()
        return _account(row)

    async def by_emails(self, emails: Collection[str]) -> list[Account]:
        """Return the accounts with these addresses; `Invalid` (`unknown_email`) names one that has none."""
        wanted = {words.email(email) for email in emails}
        query = select(AccountRow).where(AccountRow.email.in_(wanted)).order_by(AccountRow.email)
        async with self._database.reading() as session:
            found = [_account(row) for row in await session.scalars(query)]
        unknown = sorted(wanted - {account.email for account in found})
        if unknown:
            message = "Nobody at the fair has the address {email}."
            raise Invalid(message, code="unknown_email", fields={"email": unknown[0]})
        return found

    async def staff_counts(self) -> dict[RoomId, int]:
        """Return how many of each room's staff may sign in; rooms that have none are left out."""
        query = (
            select(AccountRow.room, func.count()).where(AccountRow.role == Role.STAFF)
            .where(AccountRow.disabled_at.is_(None)).group_by(AccountRow.room)
        )
        async with self._database.reading() as session:
            return {RoomId(room): count for room, count in await session.execute(query) if room}

    async def renew_password(self, account: AccountId, password: str) -> None:
        """Give an account another password and end its sign-ins; `Missing` (`no_account`)."""
        made = await self._passwords.hash(password)
        async with self._database.session() as session:
            row = await session.get(AccountRow, account, with_for_update=True)
            if row is None or row.disabled_at is not None:
                raise _no_account()
            check_password(password, row.email)
            row.password_hash, row.sign_in_ended_at = made, self._clock()
            await session.execute(delete(SessionRow).where(SessionRow.account == account))

    async def change_password(self, account: AccountId, current: str, password: str, token: str) -> None:
        """Give somebody who knows their password another one; of their sign-ins only that of `token` goes on.

        `Denied` (`wrong_password`), `Invalid` (`weak_password`).
        """
        before = await self._confirmed(account, current)
        check_password(password, before.email)
        made = await self._passwords.hash(password)
        async with self._database.session() as session:
            row = await session.get(AccountRow, account, with_for_update=True)
            if row is None or row.disabled_at is not None or row.password_hash != before.password_hash:
                raise _not_yours()
            row.password_hash, row.sign_in_ended_at = made, self._clock()
            theirs = delete(SessionRow).where(SessionRow.account == account)
            await session.execute(theirs.where(SessionRow.token_hash != sign_in_of(token)))

    async def emails(self) -> dict[str, Role]:
        """Return the addresses of all accounts, disabled ones too, with their roles."""
        async with self._database.reading() as session:
            rows = await session.execute(select(AccountRow.email, AccountRow.role))
            return {email: Role(role) for email, role in rows}

    async def staff_of(self, room: RoomId) -> list[Account]:
        """Return the staff of a room who may sign in, by name."""
        query = (
            select(AccountRow).where(AccountRow.room == room, AccountRow.role == Role.STAFF)
            .where(AccountRow.disabled_at.is_(None)).order_by(AccountRow.name, AccountRow.id)
        )
        async with self._database.reading() as session:
            return [_account(row) for row in await session.scalars(query)]

    async def disable(self, account: AccountId) -> None:
        """Close an account for good and end all its sessions at once; `Missing` (`no_account`)."""
        async with self._database.session() as session:
            row = await session.get(AccountRow, account)
            if row is None:
                raise _no_account()
            row.disabled_at = row.disabled_at or self._clock()
            await session.execute(delete(SessionRow).where(SessionRow.account == account))

    async def disabled_since(self, at: float) -> list[Account]:
        """Return the accounts that were disabled after `at`."""
        async with self._database.reading() as session:
            rows = await session.scalars(select(AccountRow).where(AccountRow.disabled_at > at))
            return [_account(row) for row in rows]

    async def sign_ins_ended_since(self, at: float) -> dict[AccountId, SignIns]:
        """Return the accounts of which a sign-in was ended after `at`: by hand, or by another password."""
        async with self._database.reading() as session:
            return await sign_ins.read_ended(session, at)

    async def _confirmed(self, account: AccountId, password: str) -> AccountRow:
        async with self._database.reading() as session:
            row = await session.get(AccountRow, account)
        active = row if row is not None and row.disabled_at is None else None
        matches = await self._passwords.matches(active.password_hash if active else None, password)
        if active is None or not matches:
            raise _not_yours()
        return active

    async def _of_company(self, account: Account) -> Account:
        """Give staff the name and country of the company whose room is theirs."""
        if account.room is None:
            return account
        async with self._database.reading() as session:
            row = await session.scalar(select(CompanyRow).where(CompanyRow.room == account.room))
        if row is None:
            raise Missing("There is no such room.", code="no_room")
        return Account(
            account.id, account.email, account.name, account.role, account.company or row.name, account.room,
            row.country, account.language,
        )

    async def _keep(self, account: Account, password: str) -> None:
        check_password(password, account.email)
        row = AccountRow(
            id=account.id, email=account.email, name=account.name, role=account.role, company=account.company,
            room=account.room, country=account.country, language=account.language,
            password_hash=await self._passwords.hash(password), created_at=self._clock(),
        )
        try:
            async with self._database.session() as session:
                session.add(row)
        except IntegrityError:
            message = "There is an account with this e-mail address already; sign in instead."
            raise Conflict(message, code="email_taken") from None

    async def _begin_session(self, row: AccountRow, token: str, password: str) -> None:
        """Keep the session unless the password changed meanwhile; renew a weak hash, sweep old ones out."""
        renewed = await self._passwords.hash(password) if is_outdated(row.password_hash) else None
        async with self._database.session() as session:
            there = await session.get_one(AccountRow, row.id, with_for_update=True)
            is_same = there.password_hash == row.password_hash
            is_still = is_same or await self._passwords.matches(there.password_hash, password)
            if there.disabled_at is not None or not is_still:
                raise _wrong_password()
            there.password_hash = renewed if renewed and is_same else there.password_hash
            await sign_ins.begin(session, row.id, sign_in_of(token), self._clock(), self._session_seconds)


def sign_in_of(token: str) -> str:
    """Return which sign-in a token stands for; the token has 256 random bits, so a plain hash hides it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _wrong_password() -> Denied:
    return Denied("This e-mail address and password do not belong together.", code="wrong_password")


def _no_account() -> Missing:
    return Missing("There is no such account.", code="no_account")


def _not_yours() -> Denied:
    return Denied("This password is not yours; nothing was changed.", code="wrong_password")


def _account(row: AccountRow) -> Account:
    room = RoomId(row.room) if row.room else None
    return Account(
        AccountId(row.id), row.email, row.name, Role(row.role), row.company, room, row.country, row.language
    )


def _lookup(email: str) -> str:
    """Return the address as it is kept, or one nobody has: a sign-in says the same for a malformed one."""
    try:
        return words.email(email)
    except Invalid:
        return ""


def _language(text: str) -> str:
    clean = words.line(text)
    return clean if clean and len(clean) <= 35 and clean.replace("-", "").isalnum() else "en"
