"""The web application: puts the parts of the fair under their keys and the handlers behind the guards."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from aiohttp import web

from rooms.fair.pictures import FOLDER, Pictures
from signaling.turn import Turn
from web import keys
from web.allowance import Allowance
from web.assets import Assets
from web.client import Client
from web.i18n import Catalogues
from web.kept import Kept
from web.middleware import MIDDLEWARES
from web.routes import add_routes
from web.templating import Pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis.asyncio import Redis

    from config.counters import Counters
    from config.settings import Settings
    from media.relay import Relay
    from media.storage.places import Places
    from rooms.fair.accounts import Accounts
    from rooms.fair.calendar_feeds import CalendarFeeds
    from rooms.fair.caption_keys import CaptionKeys
    from rooms.fair.captions import Captions
    from rooms.fair.companies import Companies
    from rooms.fair.database import Database
    from rooms.fair.departures import Departures
    from rooms.fair.moments import Moments
    from rooms.fair.products import Products
    from rooms.fair.programme import Programme
    from rooms.fair.recordings import Recordings
    from rooms.fair.reservations import Reservations
    from rooms.fair.shows_log import ShowLog
    from rooms.fair.stills import Stills
    from rooms.fair.stream_keys import StreamKeys
    from rooms.live.audience import Audience
    from rooms.live.chat import Chat
    from rooms.live.duty import Duty
    from rooms.live.shows import Shows
    from rooms.negotiation.appointments.book import Appointments
    from rooms.negotiation.calls import Calls
    from rooms.negotiation.offers.bureau import Bureau
    from rooms.negotiation.outcomes import Outcomes
    from rooms.negotiation.sheets.sheets import Sheets
    from signaling.appointing import Appointing
    from signaling.asking import Asking
    from signaling.call_room import CallRoom
    from signaling.captioner import Captioner
    from signaling.films import Films
    from signaling.herald import Herald
    from signaling.photographer import Photographer
    from signaling.sockets import Sockets
    from signaling.stage import Stage
    from signaling.tickets import Tickets
    from signaling.whep import Whep
    from signaling.whip import Whip
    from web.hls import Hls
    from web.recordings import RecordedFiles

BODY_LIMIT_BYTES = 256 * 1024
"""Largest body of any request; SDP has a smaller limit of its own."""

KEEPALIVE_SECONDS = 30.0
"""For the runner: a connection that sends nothing is closed after so long (aiohttp's default is an hour)."""


STILLS_PER_MINUTE = 6
"""For each person; a still costs the server a picture at full size and a place for ever."""

PICTURES_PER_MINUTE = 30
"""For each organiser or member of staff; what was replaced stays on the disk."""

MESSAGES_PER_MINUTE = 10
"""For each buyer."""

COPIES_PER_MINUTE = BELONGINGS_PER_MINUTE = 4
"""For each person; a copy of a thread is printed anew each time, and what is taken along put together."""

JOINS_PER_MINUTE = 60
"""For each address: a link into a call has 256 random bits, and is looked up in the records."""

CAPTION_REQUESTS_PER_MINUTE = 600
"""For each room; a captioner may send each word."""

WHOLE_FILES, CAPTION_TEXTS = 32, 16
"""How many are kept in memory: half a megabyte of eight hours in WebM, one to two of what is said in them."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything the web layer talks to, built by the assembly; `settings.secrets.key` is filled in."""

    settings: Settings
    clock: Callable[[], float]
    database: Database
    redis: Redis
    counters: Counters
    accounts: Accounts
    companies: Companies
    departures: Departures
    products: Products
    stream_keys: StreamKeys
    programme: Programme
    reservations: Reservations
    films: Films
    shows: Shows
    audience: Audience
    duty: Duty
    chat: Chat
    calls: Calls
    asking: Asking
    herald: Herald
    outcomes: Outcomes
    recordings: Recordings
    moments: Moments
    relay: Relay
    tickets: Tickets
    stage: Stage
    whip: Whip
    whep: Whep
    hls: Hls
    places: Places
    sockets: Sockets
    stills: Stills
    show_log: ShowLog
    captions: Captions
    caption_keys: CaptionKeys
    captioner: Captioner
    photographer: Photographer
    bureau: Bureau
    sheets: Sheets
    appointments: Appointments
    appointing: Appointing
    calendar_feeds: CalendarFeeds
    call_room: CallRoom
    recorded_files: RecordedFiles


def build_app(parts: Parts) -> web.Application:
    """Return the application with all routes; the caller starts and closes the parts."""
    app = web.Application(middlewares=MIDDLEWARES, client_max_size=BODY_LIMIT_BYTES)
    _keep(app, parts)
    assets, catalogues = Assets(), Catalogues(parts.settings.locale.default)
    app[keys.ASSETS] = assets
    app[keys.PICTURES] = Pictures(parts.settings.data.folder / FOLDER)
    app[keys.TURN] = Turn(parts.settings.turn, parts.clock)
    app[keys.CLIENT] = Client(parts.settings)
    app[keys.CATALOGUES] = catalogues
    app[keys.PAGES] = Pages(assets)
    app[keys.WHOLE_FILES], app[keys.CAPTION_TEXTS] = Kept(WHOLE_FILES), Kept(CAPTION_TEXTS)
    app[keys.SIGN_IN_ALLOWANCE] = Allowance(parts.settings.accounts.sign_ins_per_minute)
    app[keys.STILL_ALLOWANCE] = Allowance(STILLS_PER_MINUTE)
    app[keys.PICTURE_ALLOWANCE] = Allowance(PICTURES_PER_MINUTE)
    app[keys.MESSAGE_ALLOWANCE] = Allowance(MESSAGES_PER_MINUTE)
    app[keys.CALL_FILE_ALLOWANCE] = Allowance(parts.settings.calls.files_per_minute)
    app[keys.JOIN_ALLOWANCE] = Allowance(JOINS_PER_MINUTE)
    app[keys.CAPTION_ALLOWANCE] = Allowance(CAPTION_REQUESTS_PER_MINUTE)
    app[keys.COPY_ALLOWANCE] = Allowance(COPIES_PER_MINUTE)
    app[keys.BELONGINGS_ALLOWANCE] = Allowance(BELONGINGS_PER_MINUTE)
    app[keys.SIGNING_ALLOWANCE] = Allowance(parts.settings.accounts.sign_ins_per_minute)
    add_routes(app)
    parts.sockets.attach(app)
    return app


def _keep(app: web.Application, parts: Parts) -> None:
    """Keep every part under the key that has its name."""
    for part in fields(parts):
        app[getattr(keys, part.name.upper())] = getattr(parts, part.name)
