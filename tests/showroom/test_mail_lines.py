"""Mails of a real server over TLS: they go to who proves to be the mail server, and wait else."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select, update

from rooms.fair.appointment_rows import AppointmentRow
from rooms.fair.database import Database
from rooms.fair.hours import Hours, HoursStore
from rooms.fair.outbox_rows import LetterRow
from rooms.negotiation.appointments.appointment import Wish
from tests.databases import url_for
from tests.rooms.diaries import ALL_DAY, HOUR, office, people_of
from tests.rooms.fair_facts import OAK, Clock, buyer, furnish, staff
from tests.showroom.server import environment, running_server
from tests.web.mail_server import Inbox

USER, PASSWORD, HOST = "fair", "three dovetails", "localhost"
PATIENCE_SECONDS = 120.0
LETTERS = {"asked": 1, "accept": 2, "remind": 2}


@dataclass
class Post:
    """A mail server that takes mail from one user and by TLS only; `stranger` is not who it should be."""

    folder: Path
    port: int = 0
    inbox: Inbox = field(default_factory=Inbox)
    refused: list[str] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    context: ssl.SSLContext = field(default_factory=lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))

    def prove_to_be(self, name: str) -> None:
        self.context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")

    def check(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, said: Any) -> AuthResult:
        assert isinstance(said, LoginPassword)
        is_known = (said.login, said.password) == (USER.encode(), PASSWORD.encode())
        self.users += [USER] * is_known
        return AuthResult(success=is_known)


@asynccontextmanager
async def mail_server(folder: Path, tls: str) -> AsyncIterator[Post]:
    for name in ("right", "stranger"):
        certify(folder, name)
    post = Post(folder)
    post.prove_to_be("stranger")
    is_within = tls == "starttls"

    def answer() -> SMTP:
        return SMTP(
            post.inbox, hostname=HOST, authenticator=post.check, auth_required=True,
            auth_require_tls=is_within, tls_context=post.context if is_within else None,
            require_starttls=is_within,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(answer, HOST, 0, ssl=None if is_within else post.context)
    post.port = server.sockets[0].getsockname()[1]
    yield post
    server.close()
    await server.wait_closed()


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it is within TLS throughout
@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_mails_go_by_tls_and_wait_while_a_stranger_answers(tmp_path: Path, tls: str) -> None:
    data = Path(environment(tmp_path)["SHOWROOM_DATA_FOLDER"])
    data.mkdir()
    stored = url_for(data)
    database = Database(stored or f"sqlite+aiosqlite:///{data / 'fair.sqlite3'}")
    await agree_on_a_time(database)
    async with mail_server(tmp_path, tls) as post:
        settings = {
            "SHOWROOM_MAIL_HOST": HOST, "SHOWROOM_MAIL_PORT": str(post.port), "SHOWROOM_MAIL_TLS": tls,
            "SHOWROOM_MAIL_USER": USER, "SHOWROOM_MAIL_PASSWORD": PASSWORD,
            "SHOWROOM_MAIL_SENDER": "The fair <fair@fair.example>", "SHOWROOM_DATABASE_URL": stored,
            "SSL_CERT_FILE": str(tmp_path / "right.pem"),  # whom the machine trusts
        }
        async with running_server(tmp_path, "serve", **settings):
            await until(lambda: all_tried(database))
            assert (post.inbox.mails, post.users) == ([], [])
            post.prove_to_be("right")
            await wait_no_longer(database)
            await until(lambda: all_sent(database))
    assert len(post.users) == sum(LETTERS.values())
    to = Counter(str(mail["To"]).split()[0] for mail in post.inbox.mails)
    assert to == {"Buyer": 2, "Staff": 3}
    assert {mail["From"] for mail in post.inbox.mails} == {"The fair <fair@fair.example>"}
    await database.close()


async def agree_on_a_time(database: Database) -> None:
    """Let a buyer and one of the staff have agreed a day ago on a time within the hour."""
    await database.migrate()
    await furnish(database)
    await people_of(database, ("en",))
    clock = Clock((time.time() // HOUR - 24) * HOUR)
    await HoursStore(database, clock).set(staff(), OAK, Hours("UTC", ALL_DAY))
    book = office(database, clock).book
    asked = await book.request(buyer(), OAK, Wish(clock() + HOUR, 15))
    await book.accept(staff(1), asked.id)
    async with database.session() as session:
        await session.execute(update(AppointmentRow).values(starts_at=time.time() + HOUR / 2))


async def all_tried(database: Database) -> bool:
    """Tell whether each letter was tried, is kept because of the certificate, and will be tried again."""
    rows = await letters(database)
    what = Counter(row.once.split(":")[2] for row in rows)
    tried = [row for row in rows if "certificate" in row.problem.lower() and row.next_try_at is not None]
    assert not [row for row in rows if row.sent_at]
    return what == LETTERS and len(tried) == len(rows)


async def all_sent(database: Database) -> bool:
    return all(row.sent_at for row in await letters(database))


async def wait_no_longer(database: Database) -> None:
    """Let the next try be due, as waiting half a minute would."""
    async with database.session() as session:
        await session.execute(update(LetterRow).values(next_try_at=time.time()))


async def letters(database: Database) -> list[LetterRow]:
    async with database.reading() as session:
        return list(await session.scalars(select(LetterRow)))


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await is_so():
            await asyncio.sleep(0.2)


def certify(folder: Path, name: str) -> None:
    """Write a certificate of this machine's name, signed by itself, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / f"{name}.pem").write_bytes(certificate.public_bytes(pem))
    (folder / f"{name}.key").write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()))
