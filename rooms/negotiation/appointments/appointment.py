"""An appointment as the parts know it, and what is said when one is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from config.ids import AccountId, AppointmentId, CallId, ProductId, RoomId
from rooms.negotiation.appointments.states import AppointmentState

MINUTE_SECONDS = 60.0


class Side(StrEnum):
    """One of the two."""

    BUYER = "buyer"
    STAFF = "staff"

    @property
    def other(self) -> Side:
        """The other one."""
        return Side.STAFF if self is Side.BUYER else Side.BUYER


class Stage(StrEnum):
    """What a screen is told of an appointment beside its state."""

    CHANGED = "changed"
    TEN_MINUTES = "ten_minutes"
    ONE_MINUTE = "one_minute"


@dataclass(frozen=True, slots=True)
class Asker:
    """The buyer as they are written down when an appointment begins; `name` is empty after an erasure."""

    account: AccountId
    name: str
    company: str
    country: str
    language: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for or proposed: a time, what it is about, in which language; `zone` is the buyer's."""

    starts_at: float
    minutes: int
    product: ProductId | None = None
    language: str = "en"
    note: str = ""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Appointment:
    """A time for a private call. Times are Unix seconds.

    `buyer_name` and `staff_name` are empty after an erasure, `buyer_zone` where the buyer never said it.
    `proposed_by` is who suggested the time it has now, so the other one answers, until `hold_until`.
    `revision` counts the changes that calendars must know of. `came` are those who were in the call, `absent`
    who missed it; `outcome` and `next_step` are what staff noted afterwards.
    """

    id: AppointmentId
    room: RoomId
    state: AppointmentState
    starts_at: float
    minutes: int
    buyer: AccountId
    buyer_name: str
    buyer_company: str
    buyer_country: str
    buyer_language: str
    buyer_zone: str
    staff: AccountId
    staff_name: str
    product: ProductId | None
    language: str
    note: str
    proposed_by: Side
    hold_until: float | None
    revision: int
    created_at: float
    changed_at: float
    begun_at: float | None = None
    call: CallId | None = None
    came: frozenset[Side] = frozenset()
    absent: frozenset[Side] = frozenset()
    outcome: str = ""
    next_step: str = ""

    @property
    def ends_at(self) -> float:
        """When it shall be over."""
        return self.starts_at + MINUTE_SECONDS * self.minutes

    @property
    def buyer_shown(self) -> str:
        """The buyer as the staff see them: by name, after an erasure by company."""
        return self.buyer_name or self.buyer_company

    def staff_shown(self, company: str) -> str:
        """The member of staff as the buyer sees them: by name, after an erasure by their company's."""
        return self.staff_name or company

    @property
    def answered_by(self) -> AccountId:
        """The member of staff, as the policy asks for the parties of a call."""
        return self.staff

    def side_of(self, account: AccountId) -> Side:
        """Return whose side somebody is on: whoever is not the buyer is of the exhibitor's."""
        return Side.BUYER if account == self.buyer else Side.STAFF
