"""Signing: one version, by one person of each side, who has just proved again who they are.

A signature is an order of intent, not a qualified electronic signature: it says who agreed to which words
when, and the fair's seal proves that it said so. The second signature ends the offer for ever.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from config.errors import Conflict, Invalid
from rooms.fair.accounts import Account, Accounts
from rooms.fair.database import insert_once
from rooms.fair.departures import check_at_fair
from rooms.fair.offer_rows import SignatureRow
from rooms.fair.policy import Actor
from rooms.fair.seal import Seal
from rooms.negotiation.offers import reading, rules
from rooms.negotiation.offers.desk import Change, Desk, moved
from rooms.negotiation.offers.document import sealed_facts, signature_data
from rooms.negotiation.offers.proving import is_as_signed
from rooms.negotiation.offers.records import OfferId, Signature, Version
from rooms.negotiation.offers.requests import Receipt
from rooms.negotiation.offers.threads import side_of

CONSENT_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody who signs has seen: the version, its hash, and the words they consent to, in a
    language."""

    version: int
    sha256: str
    consent: str
    language: str


class Signing:
    """Takes signatures."""

    def __init__(self, desk: Desk, accounts: Accounts, seal: Seal) -> None:
        self._desk = desk
        self._accounts = accounts
        self._seal = seal

    async def sign(self, actor: Actor, offer: OfferId, seen: Seen, password: str, key: str) -> Receipt:
        """Sign what was seen; nothing is changed by a refusal.

        `Denied` (`wrong_password`), `Conflict` (`superseded`, `withdrawn`, `expired`, `agreed`,
        `already_signed`, `erased`), `Invalid` (`wrong_document`), `Missing` (`no_offer`, `exhibitor_left`).
        """
        await self._desk.thread_of(actor, offer)
        account = await self._accounts.confirm(actor.id, password)
        return await self.sign_confirmed(actor, account, offer, seen, key)

    async def sign_confirmed(
        self, actor: Actor, account: Account, offer: OfferId, seen: Seen, key: str
    ) -> Receipt:
        """Sign for an actor whose password was confirmed to be that of `account`."""
        if not 0 < len(seen.consent) <= CONSENT_LENGTH:
            raise Invalid("Say what you consent to.", code="no_consent")
        thread = await self._desk.thread_of(actor, offer)

        async def work(change: Change) -> Receipt:
            return await self._write(change, actor, account, offer, seen)

        asked = [offer, seen.version, seen.sha256]
        return await self._desk.once(actor, thread, key, asked, "signed", work)

    async def _write(
        self, change: Change, actor: Actor, account: Account, offer: OfferId, seen: Seen
    ) -> Receipt:
        await check_at_fair(change.session, change.thread.room)
        found = await reading.read_offer(change.session, offer)
        side = side_of(actor)
        state = rules.after_signature(found, side, seen.version, seen.sha256, change.now_ms)
        signature = Signature(
            side, account.id, account.name, account.company, account.email, change.now_ms, seen.consent,
            seen.language, seen.sha256, "",
        )
        seal = self._seal.sign(sealed_facts(signature, offer, seen.version))
        row = signature_data(replace(signature, seal=seal)) | {"offer": offer, "version": seen.version}
        if not await insert_once(change.session, SignatureRow, row):
            raise Conflict("Your side has signed this version already.", code="already_signed")
        return await moved(change, offer, seen.version, seen.sha256, state)

    def is_genuine(self, offer: OfferId, version: Version) -> bool:
        """Tell whether a version and its signatures are what was signed: words, who, when, consent."""
        return is_as_signed(self._seal, offer, version)
