"""The typed names under which a web application carries the parts of the fair.

A handler reads a part as `request.app[CHAT]`; `web/app.py` fills every key once, at start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis.asyncio import Redis

    from config.counters import Counters
    from config.settings import Settings
    from media.recording.webm_index import VirtualFile
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
    from rooms.fair.pictures import Pictures
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
    from signaling.turn import Turn
    from signaling.whep import Whep
    from signaling.whip import Whip
    from web.allowance import Allowance
    from web.assets import Assets
    from web.client import Client
    from web.hls import Hls
    from web.i18n import Catalogues
    from web.kept import Kept
    from web.recordings import RecordedFiles
    from web.templating import Pages

SETTINGS: web.AppKey[Settings] = web.AppKey("settings")
CLOCK: web.AppKey[Callable[[], float]] = web.AppKey("clock")
DATABASE: web.AppKey[Database] = web.AppKey("database")
REDIS: web.AppKey[Redis] = web.AppKey("redis")
COUNTERS: web.AppKey[Counters] = web.AppKey("counters")

ACCOUNTS: web.AppKey[Accounts] = web.AppKey("accounts")
COMPANIES: web.AppKey[Companies] = web.AppKey("companies")
DEPARTURES: web.AppKey[Departures] = web.AppKey("departures")
PRODUCTS: web.AppKey[Products] = web.AppKey("products")
STREAM_KEYS: web.AppKey[StreamKeys] = web.AppKey("stream_keys")
STILLS: web.AppKey[Stills] = web.AppKey("stills")
SHOW_LOG: web.AppKey[ShowLog] = web.AppKey("show_log")
PICTURES: web.AppKey[Pictures] = web.AppKey("pictures")
CAPTIONS: web.AppKey[Captions] = web.AppKey("captions")
CAPTION_KEYS: web.AppKey[CaptionKeys] = web.AppKey("caption_keys")
PROGRAMME: web.AppKey[Programme] = web.AppKey("programme")
RESERVATIONS: web.AppKey[Reservations] = web.AppKey("reservations")
FILMS: web.AppKey[Films] = web.AppKey("films")

SHOWS: web.AppKey[Shows] = web.AppKey("shows")
AUDIENCE: web.AppKey[Audience] = web.AppKey("audience")
DUTY: web.AppKey[Duty] = web.AppKey("duty")
CHAT: web.AppKey[Chat] = web.AppKey("chat")
CALLS: web.AppKey[Calls] = web.AppKey("calls")
HERALD: web.AppKey[Herald] = web.AppKey("herald")
ASKING: web.AppKey[Asking] = web.AppKey("asking")
OUTCOMES: web.AppKey[Outcomes] = web.AppKey("outcomes")
BUREAU: web.AppKey[Bureau] = web.AppKey("bureau")
RECORDINGS: web.AppKey[Recordings] = web.AppKey("recordings")
RECORDED_FILES: web.AppKey[RecordedFiles] = web.AppKey("recorded_files")
APPOINTMENTS: web.AppKey[Appointments] = web.AppKey("appointments")
APPOINTING: web.AppKey[Appointing] = web.AppKey("appointing")
CALENDAR_FEEDS: web.AppKey[CalendarFeeds] = web.AppKey("calendar_feeds")
MOMENTS: web.AppKey[Moments] = web.AppKey("moments")

RELAY: web.AppKey[Relay] = web.AppKey("relay")
TURN: web.AppKey[Turn] = web.AppKey("turn")
TICKETS: web.AppKey[Tickets] = web.AppKey("tickets")
STAGE: web.AppKey[Stage] = web.AppKey("stage")
WHIP: web.AppKey[Whip] = web.AppKey("whip")
WHEP: web.AppKey[Whep] = web.AppKey("whep")
CAPTIONER: web.AppKey[Captioner] = web.AppKey("captioner")
PHOTOGRAPHER: web.AppKey[Photographer] = web.AppKey("photographer")
CALL_ROOM: web.AppKey[CallRoom] = web.AppKey("call_room")
SOCKETS: web.AppKey[Sockets] = web.AppKey("sockets")
HLS: web.AppKey[Hls] = web.AppKey("hls")
PLACES: web.AppKey[Places] = web.AppKey("places")

# What the web layer makes for itself.
ASSETS: web.AppKey[Assets] = web.AppKey("assets")
CLIENT: web.AppKey[Client] = web.AppKey("client")
CATALOGUES: web.AppKey[Catalogues] = web.AppKey("catalogues")
PAGES: web.AppKey[Pages] = web.AppKey("pages")
WHOLE_FILES: web.AppKey[Kept[VirtualFile]] = web.AppKey("whole_files")
CAPTION_TEXTS: web.AppKey[Kept[bytes]] = web.AppKey("caption_texts")
SIGN_IN_ALLOWANCE: web.AppKey[Allowance] = web.AppKey("sign_in_allowance")
STILL_ALLOWANCE: web.AppKey[Allowance] = web.AppKey("still_allowance")
PICTURE_ALLOWANCE: web.AppKey[Allowance] = web.AppKey("picture_allowance")
MESSAGE_ALLOWANCE: web.AppKey[Allowance] = web.AppKey("message_allowance")
CALL_FILE_ALLOWANCE: web.AppKey[Allowance] = web.AppKey("call_file_allowance")
JOIN_ALLOWANCE: web.AppKey[Allowance] = web.AppKey("join_allowance")
CAPTION_ALLOWANCE: web.AppKey[Allowance] = web.AppKey("caption_allowance")
COPY_ALLOWANCE: web.AppKey[Allowance] = web.AppKey("copy_allowance")
BELONGINGS_ALLOWANCE: web.AppKey[Allowance] = web.AppKey("belongings_allowance")
SIGNING_ALLOWANCE: web.AppKey[Allowance] = web.AppKey("signing_allowance")
SHEETS: web.AppKey[Sheets] = web.AppKey("sheets")
