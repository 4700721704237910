"""What the two stores keep, each by the part that keeps it: facts in SQL, the state of the fair in Redis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from redis.asyncio import Redis

from config.settings import Settings
from rooms.fair.accounts import Accounts
from rooms.fair.audit import Audit
from rooms.fair.calendar_feeds import CalendarFeeds
from rooms.fair.caption_keys import CaptionKeys
from rooms.fair.captions import Captions
from rooms.fair.companies import Companies
from rooms.fair.database import Database
from rooms.fair.departures import Departures
from rooms.fair.hours import HoursStore
from rooms.fair.moments import Moments
from rooms.fair.outbox import Outbox
from rooms.fair.products import Products
from rooms.fair.programme import Programme
from rooms.fair.recordings import Recordings
from rooms.fair.reservations import Reservations
from rooms.fair.roster import Roster
from rooms.fair.seal import Seal
from rooms.fair.show_letters import ShowLetters
from rooms.fair.shows_log import ShowLog
from rooms.fair.stills import Stills
from rooms.fair.stream_keys import StreamKeys
from rooms.live.audience import Audience
from rooms.live.chat import Chat
from rooms.live.duty import Duty
from rooms.live.rehearsals import Rehearsals
from rooms.live.shows import Shows
from rooms.negotiation.appointments.book import Appointments
from rooms.negotiation.appointments.diary import Diary
from rooms.negotiation.appointments.due import DueAppointments
from rooms.negotiation.appointments.letters import Letters
from showroom import data_folder


@dataclass(frozen=True, slots=True)
class Facts:
    """What is kept for good."""

    accounts: Accounts
    companies: Companies
    departures: Departures
    products: Products
    stream_keys: StreamKeys
    show_log: ShowLog
    recordings: Recordings
    moments: Moments
    programme: Programme
    reservations: Reservations
    show_letters: ShowLetters
    stills: Stills
    captions: Captions
    caption_keys: CaptionKeys
    appointments: Appointments
    due_appointments: DueAppointments
    calendar_feeds: CalendarFeeds
    outbox: Outbox


@dataclass(frozen=True, slots=True)
class State:
    """What goes on at the moment."""

    shows: Shows
    rehearsals: Rehearsals
    audience: Audience
    duty: Duty
    chat: Chat


def facts_in(database: Database, settings: Settings, clock: Callable[[], float]) -> Facts:
    """Return who keeps the facts; makes the key of the stills when there is none yet."""
    programme = Programme(database, clock)
    outbox = Outbox(database, clock, is_on=bool(settings.mail.host))
    hours, roster = HoursStore(database, clock), Roster(database, clock)
    diary = Diary(database, hours, roster, clock, settings.appointments)
    meetings = database, diary, Letters(outbox), clock, settings.appointments
    seal = Seal(data_folder.seal_key(settings.data.folder))
    return Facts(
        Accounts(database, clock, settings.accounts.session_hours), Companies(database),
        Departures(database, Audit(seal), clock), Products(database), StreamKeys(database, clock),
        ShowLog(database, clock), Recordings(database, clock), Moments(database), programme,
        Reservations(database, programme, clock),
        ShowLetters(database, outbox, clock, settings.shows.remind_minutes * 60), Stills(database, seal),
        Captions(database, clock), CaptionKeys(database, clock), Appointments(*meetings),
        DueAppointments(*meetings), CalendarFeeds(database, clock), outbox,
    )


def state_in(redis: Redis, settings: Settings, clock: Callable[[], float]) -> State:
    """Return who keeps the state."""
    return State(
        Shows(redis, clock, settings.shows.grace_seconds), Rehearsals(redis), Audience(redis, clock),
        Duty(redis, clock), Chat(redis, clock, settings),
    )
