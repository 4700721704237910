"""A table for tests of offers: two companies, a buyer, staff, and everything they need to agree on
something."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count

from config.ids import AccountId, CallId, ProductId, RoomId, ShowId
from rooms.fair.accounts import Account, Accounts
from rooms.fair.audit import Audit, Fault, Head
from rooms.fair.database import Database
from rooms.fair.policy import Actor, Role
from rooms.fair.products import Product, Products
from rooms.fair.seal import Seal
from rooms.negotiation.call import Call
from rooms.negotiation.offers.desk import Desk, News
from rooms.negotiation.offers.drafts import Drafts
from rooms.negotiation.offers.erasure import Erasure
from rooms.negotiation.offers.offers import Offers
from rooms.negotiation.offers.proving import READ_AT_ONCE, first_changed
from rooms.negotiation.offers.records import Offer, OfferId, ThreadKey
from rooms.negotiation.offers.requests import Receipt
from rooms.negotiation.offers.signing import Seen, Signing
from rooms.negotiation.offers.terms import Wish, WishedBreak, WishedLine
from rooms.negotiation.offers.threads import Threads
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.states import CallKind, CallState
from tests.rooms.fair_facts import OAK, PASSWORD, Clock, furnish

FAIR = "https://fair.example"
CHAIR = ProductId("chair")
CONSENT = "I order this."
WISH = Wish(
    lines=(
        WishedLine(CHAIR, "Chair", "1000", "piece", "12.50", (WishedBreak("5000", "11.90"),)),
        WishedLine("", "Pallets", "12", "piece", "8"),
    ),
    currency="USD", incoterm="FOB", place="Porto", lead_days="45", payment="30 % in advance", notes="Oak.",
)
DEARER = replace(WISH, lines=(replace(WISH.lines[0], price="13.10"), WISH.lines[1]))


@dataclass
class Table:
    """What lies on it, who sits at it, and what both screens were told."""

    database: Database
    clock: Clock
    accounts: Accounts
    audit: Audit
    seal: Seal
    offers: Offers
    drafts: Drafts
    signing: Signing
    threads: Threads
    erasure: Erasure
    buyer: Account
    staff: Account
    colleague: Account
    stranger: Account
    told: list[News]
    keys: count[int] = field(default_factory=count)

    @property
    def thread(self) -> ThreadKey:
        return ThreadKey(OAK, self.buyer.id)

    @property
    def now_ms(self) -> int:
        return int(self.clock.now * 1000)

    def key(self) -> str:
        return f"key-{next(self.keys)}"

    async def called(
        self, room: RoomId = OAK, kind: CallKind = CallKind.REQUEST, state: CallState = CallState.RINGING
    ) -> CallId:
        """Let the buyer have asked for a call from a show, or the staff have rung them."""
        number, now = next(self.keys), self.clock.now
        call = Call(
            CallId(f"{room}.{number:022d}"), room, ShowId("show-1"), 754.2, CHAIR, self.buyer.id,
            self.buyer.name, self.buyer.company, self.buyer.country, "en", state, now, now, now + 45,
            None, None, (), 1, kind=kind,
        )
        if kind is not CallKind.REQUEST:
            call = replace(call, called_by=self.staff.id, called_by_name=self.staff.name)
        if state is CallState.TALKING:
            call = replace(call, answered_by=self.staff.id, answered_by_name=self.staff.name)
        await Outcomes(self.database).record(call)
        return call.id

    async def send(self, account: Account | None = None, wish: Wish = WISH) -> Receipt:
        """Send a new offer, the buyer's unless somebody else is named."""
        return await self.offers.send(actor(account or self.buyer), self.thread, wish, self.key())

    async def counter(self, account: Account, sent: Receipt, wish: Wish = DEARER) -> Receipt:
        return await self.offers.counter(actor(account), sent.offer, sent.version, wish, self.key())

    async def sign(self, account: Account, sent: Receipt, key: str = "") -> Receipt:
        """Sign without the password, which costs a twentieth of a second."""
        seen = Seen(sent.version, sent.sha256, CONSENT, "en")
        key = key or self.key()
        return await self.signing.sign_confirmed(actor(account), account, sent.offer, seen, key)

    async def read(self, offer: OfferId) -> Offer:
        return await self.offers.get(actor(self.buyer), offer)

    async def fault(self, receipt: Head | None = None) -> Fault | None:
        async with self.database.reading() as session:
            return await self.audit.fault(session, receipt)

    async def changed(self, at_once: int = READ_AT_ONCE) -> OfferId | None:
        async with self.database.reading() as session:
            return await first_changed(session, self.seal, at_once)

    async def head(self) -> Head:
        async with self.database.reading() as session:
            return await self.audit.head(session)


def actor(account: Account) -> Actor:
    return Actor(account.id, account.role, account.name, account.company, account.room, account.country)


async def nothing_kept(_calls: Collection[CallId], _account: AccountId) -> None:
    """Have no store that has calls."""


async def lay(database: Database) -> Table:
    """Lay the table in an empty database."""
    await furnish(database)
    await Products(database).add(
        Product(CHAIR, OAK, "Chair", "Solid.", Decimal("12.50"), "EUR", 100, "piece", "chair.webp", 1)
    )
    clock, seal = Clock(), Seal(b"k" * 32)
    accounts, audit = Accounts(database, clock, 12), Audit(seal)
    told: list[News] = []

    async def tell(news: News) -> None:
        told.append(news)

    desk = Desk(database, audit, clock, tell)
    buyer = await accounts.register_buyer("Ama Owusu", "Owusu Ltd", "ama@shop.example", PASSWORD, "GH", "en")
    stranger = await accounts.register_buyer("Lin", "Lin Ltd", "lin@shop.example", PASSWORD, "CN", "zh")
    staff, colleague = [
        await accounts.add(f"{name}@oak.example", PASSWORD, name.title(), Role.STAFF, OAK)
        for name in ("rui", "ines")
    ]
    return Table(
        database, clock, accounts, audit, seal, Offers(desk, FAIR), Drafts(desk),
        Signing(desk, accounts, seal), Threads(database), Erasure(desk, audit, nothing_kept), buyer,
        staff, colleague, stranger, told,
    )


def account(number: int, role: Role, room: RoomId | None = None) -> Account:
    """Return somebody who is not in the database."""
    return Account(AccountId(f"nobody-{number}"), "x@x.example", "Nobody", role, "", room, "", "en")
