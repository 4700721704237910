"""What the server says over the sockets: the shapes of objects, ready to become JSON.

`signaling.told` lists the events; `docs/protocol.md` says what each means, and a test compares the two. Times
are Unix seconds, texts are plain.
"""

from __future__ import annotations

from typing import TypedDict

from rooms.fair.policy import Actor, Role
from rooms.fair.products import Product
from rooms.live.chat import Post
from rooms.live.duty import Attendant
from rooms.live.shows import Show, ShownFilm
from signaling.recording_news import RecordingNews
from signaling.turn import IceServer
from signaling.wire_appointments import AppointmentData
from signaling.wire_asking import LineData, VisitorData
from signaling.wire_callroom import GatheringData
from signaling.wire_moments import StillData
from signaling.wire_programme import RehearsalData, ReminderData


class ShownFilmData(TypedDict):
    """A recording that runs as a show: over HTTP it is at `url`, and in `pieces` the seconds of that.

    Each is a second of the film and the recording's second it goes on from; anew after `seconds`.
    """

    recording: str
    seconds: float
    pieces: list[list[float]]
    url: str


class ShowData(TypedDict):
    """A show on the air, or one whose picture is away for a moment."""

    id: str
    state: str
    anchor: str
    started_at: float
    product_id: str | None
    title: str
    is_film: bool
    film: ShownFilmData | None


class ProductData(TypedDict):
    """A product; the price is a decimal number as text."""

    id: str
    title: str
    summary: str
    price_from: str | None
    currency: str
    minimum_order: int | None
    unit: str
    picture: str


class PostData(TypedDict, total=False):
    """A post; `mine` is true towards its author where the server can tell."""

    id: str
    author: str
    company: str
    role: str
    text: str
    at: float
    mine: bool


class AttendantData(TypedDict):
    """A member of staff on duty; `is_busy` says that they are in a call."""

    id: str
    name: str
    is_busy: bool


class BuyerData(TypedDict):
    """Who asks for a call, or is called."""

    id: str
    name: str
    company: str
    country: str
    language: str


class CallData(TypedDict):
    """A request for a private call and what became of it."""

    id: str
    room: str
    company: str
    show_id: str | None
    show_second: float | None
    is_replay: bool
    show_started_at: float | None
    product: ProductData | None
    buyer: BuyerData
    state: str
    requested_at: float
    rings_until: float
    answered_by: str | None
    answered_by_id: str | None
    now: float
    meeting: str | None
    stills: list[StillData]
    kind: str
    called_by: str | None
    called_by_id: str | None
    about: str | None
    buyer_away: bool
    first: list[str]
    passed: list[str]
    has_left: bool


class LiveRoomData(TypedDict):
    """A room on the air, as the hall shows it."""

    room: str
    state: str
    viewers: int
    started_at: float
    product: ProductData | None
    staffed: int
    is_film: bool


class RoomData(TypedDict):
    """A room by its slug and its company's name."""

    id: str
    company: str


class MeData(TypedDict):
    """Who the server takes this client for."""

    id: str
    name: str
    role: str


class SendingData(TypedDict):
    """How the picture of a show arrives at the server."""

    kbps: int
    lost: float
    width: int | None
    height: int | None
    quality: str


class RecordingData(TypedDict):
    """Whether the show of a room is on the disk, and whether lines without UDP can watch it."""

    state: str
    since: float
    reason: str
    has_hls: bool


class PartyData(TypedDict, total=False):
    """One of the two in a meeting; `id` only towards oneself."""

    id: str
    name: str
    company: str
    country: str
    role: str


class HallSnapshot(TypedDict):
    """A room, or the whole hall, as it is now."""

    room: RoomData | None
    show: ShowData | None
    viewers: int
    pinned: ProductData | None
    posts: list[PostData]
    duty: list[AttendantData]
    call: CallData | None
    me: MeData
    live: list[LiveRoomData]
    reminders: list[ReminderData]
    calls: list[CallData]
    line: LineData | None
    visibility: str | None
    appointments: list[AppointmentData]
    now: float


class BoothSnapshot(TypedDict):
    """A room as its staff see it."""

    room: RoomData
    show: ShowData | None
    viewers: int
    pinned: ProductData | None
    products: list[ProductData]
    posts: list[PostData]
    duty: list[AttendantData]
    on_duty: bool
    calls: list[CallData]
    sending: SendingData | None
    rehearsal: RehearsalData | None
    recording: RecordingData
    visitors: list[VisitorData]
    appointments: list[AppointmentData]
    me: MeData
    now: float


class MeetingSnapshot(TypedDict):
    """A meeting as one of the two sees it."""

    call: CallData
    me: PartyData
    other: PartyData
    other_present: bool
    polite: bool
    posts: list[PostData]
    product: ProductData | None
    ice_servers: list[IceServer]
    now: float
    seat: str
    media_ticket: str
    gathering: GatheringData


def show_data(show: Show | None) -> ShowData | None:
    """Return a show; None when the room is dark."""
    if show is None:
        return None
    return ShowData(
        id=show.id, state=show.state.value, anchor=show.anchor, started_at=show.started_at,
        product_id=show.product, title=show.title, is_film=show.film is not None,
        film=_film_data(show.film) if show.film else None,
    )


def _film_data(film: ShownFilm) -> ShownFilmData:
    name = film.recording
    url = f"/recordings/{name}.webm" if film.is_file else f"/hls/{name}/whole/index.m3u8"
    pieces = [list(piece) for piece in film.pieces]
    return ShownFilmData(recording=name, seconds=film.seconds, pieces=pieces, url=url)


def recording_data(news: RecordingNews) -> RecordingData:
    """Return how the recording of a room's show goes."""
    return RecordingData(state=news.state.value, since=news.since, reason=news.reason, has_hls=news.has_hls)


def product_data(product: Product) -> ProductData:
    """Return a product."""
    return ProductData(
        id=product.id, title=product.title, summary=product.summary,
        price_from=None if product.price_from is None else str(product.price_from),
        currency=product.currency, minimum_order=product.minimum_order, unit=product.unit,
        picture=f"/pictures/{product.picture}",
    )


def post_data(post: Post) -> PostData:
    """Return a post as everybody sees it."""
    return PostData(
        id=post.id, author=post.author, company=post.company, role=post.role.value, text=post.text,
        at=post.at,
    )


def posts_data(posts: list[Post], reader: Actor) -> list[PostData]:
    """Return posts as `reader` sees them: one's own are marked."""
    return [PostData(**post_data(post), mine=post.author_id == reader.id) for post in posts]


def duty_data(duty: list[Attendant]) -> list[AttendantData]:
    """Return who is on duty."""
    return [AttendantData(id=it.id, name=it.name, is_busy=it.is_busy) for it in duty]


def me_data(actor: Actor) -> MeData:
    """Return whom the server takes somebody for."""
    return MeData(id=actor.id, name=actor.name, role=actor.role.value)


def party_data(name: str, company: str, country: str, role: Role) -> PartyData:
    """Return the other party of a meeting."""
    return PartyData(name=name, company=company, country=country, role=role.value)
