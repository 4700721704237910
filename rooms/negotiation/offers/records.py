"""The records of a thread: whose it is, its offers with their versions and signatures, its drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NewType

from config.ids import AccountId, CallId, RoomId, ShowId
from rooms.negotiation.offers.states import OfferState, Side
from rooms.negotiation.offers.terms import Wish

OfferId = NewType("OfferId", str)

Document = Mapping[str, Any]
"""A version as JSON has it, in the shape that `document.py` makes."""


@dataclass(frozen=True, slots=True)
class ThreadKey:
    """All that happens between one buyer and one exhibitor's room."""

    room: RoomId
    buyer: AccountId


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an offer began: in a call, and the call at a second of a show."""

    call: CallId | None = None
    show: ShowId | None = None
    show_second: float | None = None


@dataclass(frozen=True, slots=True)
class Seller:
    """The exhibitor as documents name it."""

    company: str
    country: str
    city: str
    room: RoomId


@dataclass(frozen=True, slots=True)
class Buyer:
    """The buyer as documents name them."""

    name: str
    company: str
    country: str


@dataclass(frozen=True, slots=True)
class Signature:
    """One side's signature of one version. `seal` is the fair's over all else, with offer and version."""

    side: Side
    account: AccountId
    name: str
    company: str
    email: str
    signed_at_ms: int
    consent: str
    language: str
    sha256: str
    seal: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version as it was sent: frozen. `text` is the canonical JSON that `sha256` is the hash of.

    `erased_at_ms` says when names were taken out of it at somebody's wish, if they were, so that the hash no
    longer fits and nobody can sign it any more.
    """

    number: int
    side: Side
    author: AccountId
    written_at_ms: int
    document: Document
    text: str
    sha256: str
    valid_until_ms: int | None
    withdrawn_at_ms: int | None
    erased_at_ms: int | None
    signatures: tuple[Signature, ...] = ()

    @property
    def is_erased(self) -> bool:
        """Whether names were taken out."""
        return self.erased_at_ms is not None

    def signature_of(self, side: Side) -> Signature | None:
        """Return the signature of a side, if it has signed this version."""
        return next((it for it in self.signatures if it.side is side), None)


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer with all its versions, the oldest first; `state` is as it was written down last."""

    id: OfferId
    thread: ThreadKey
    origin: Origin
    state: OfferState
    opened_at_ms: int
    changed_at_ms: int
    versions: tuple[Version, ...]

    @property
    def newest(self) -> Version:
        """The version that counts."""
        return self.versions[-1]

    def state_at(self, now_ms: int) -> OfferState:
        """Return where the offer stands at a moment: validity ends by itself."""
        until = self.newest.valid_until_ms
        is_over = until is not None and until <= now_ms
        return OfferState.EXPIRED if is_over and self.state is OfferState.OPEN else self.state


@dataclass(frozen=True, slots=True)
class Draft:
    """What a side types: for a counter to `offer`, or a new offer where it is None; revision 0 is nothing."""

    offer: OfferId | None
    wish: Wish
    revision: int
    saved_at_ms: int = 0
    saved_by: str = ""
