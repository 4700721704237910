"""The herald: tells the screens what has changed, in every namespace that must know, on every node.

Socket rooms: `room:<room>` in /hall, `hall` for those who walk there, `staff:<room>` there too;
`booth:<room>` and `duty:<room>:<account>` in /booth; `account:<account>` in both; `meeting:<call>`, and of
those in it `pair:<call>` and `thirds:<call>`, in /meeting.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Any, Protocol

from config.counters import Counters
from config.ids import AccountId, CallId, RoomId
from media.facts import PublicationFacts
from rooms.fair.reservations import Reminder
from rooms.fair.webvtt import Cue
from rooms.live.chat import Post
from rooms.live.duty import Duty
from rooms.live.rehearsals import Rehearsal
from rooms.live.shows import Show
from rooms.negotiation.calls import Call, CallState
from rooms.negotiation.offers.desk import News
from rooms.negotiation.routing import Place, ringers
from rooms.negotiation.states import UNANSWERED, CallKind
from signaling import wire
from signaling.recording_news import RecordingNews
from signaling.views import Views
from signaling.wire import ProductData, SendingData
from signaling.wire_asking import VisitorData, line_data
from signaling.wire_moments import cue_data
from signaling.wire_offers import offer_news_data
from signaling.wire_programme import rehearsal_data, reminder_data

WALKERS = "hall"
POOR_LOSS, FAIR_LOSS = 0.08, 0.02
POOR_KBPS, FAIR_KBPS = 150, 500


class Emit(Protocol):
    """Sends an event to a socket room of a namespace."""

    def __call__(
        self, event: str, data: Mapping[str, Any], *, namespace: str, room: str, skip_sid: str | None = None
    ) -> Awaitable[None]: ...


class EndReason(StrEnum):
    """Why a meeting is over for a client."""

    HUNG_UP = "hung_up"
    OTHER_GONE = "other_gone"
    ELSEWHERE = "elsewhere"


class Herald:
    """Speaks through `emit`, which the sockets set; before that nobody listens."""

    def __init__(self, views: Views, duty: Duty, counters: Counters) -> None:
        self.emit: Emit = _nobody
        self._views = views
        self._duty = duty
        self._counters = counters
        self._hanging_up: set[CallId] = set()
        self.on_end: Callable[[CallId], Awaitable[None]] = _nobody_hears
        """Hears that a call is over before anybody else, at the node that notes it; never raises."""

    async def show_changed(self, room: RoomId, show: Show | None) -> None:
        """A show began, went away, came back or ended."""
        await self._tell_room(room, "show", {"show": wire.show_data(show)})

    async def viewers_changed(self, room: RoomId, viewers: int) -> None:
        """More or fewer people watch."""
        await self._tell_room(room, "viewers", {"viewers": viewers})

    async def sending_changed(self, room: RoomId, facts: PublicationFacts) -> None:
        """The picture arrives like this."""
        await self.emit("sending", sending_data(facts), namespace="/booth", room=booth(room))

    async def recording_changed(self, room: RoomId, news: RecordingNews) -> None:
        """The recording of a show has begun, or stopped."""
        await self.emit("recording", wire.recording_data(news), namespace="/booth", room=booth(room))

    async def programme_changed(self, room: RoomId) -> None:
        """What is announced in a room is no longer what its pages show."""
        await self._tell_room(room, "programme", {"room": room})
        await self.emit("programme", {"room": room}, namespace="/hall", room=WALKERS)

    async def rehearsal_changed(
        self, room: RoomId, rehearsal: Rehearsal | None, *, has_picture: bool
    ) -> None:
        """A rehearsal began or ended, or its picture did."""
        data = {"rehearsal": rehearsal_data(rehearsal, has_picture=has_picture)}
        await self.emit("rehearsal", data, namespace="/booth", room=booth(room))

    async def reminded(self, reminder: Reminder) -> None:
        """A show is about to begin, or has begun, for somebody who reserved it."""
        company = await self._views.company_name(reminder.show.room)
        data = {"reminder": reminder_data(reminder, company, self._views.clock())}
        await self.emit("reminder", data, namespace="/hall", room=account(reminder.account))

    async def pinned(self, room: RoomId, product: ProductData | None) -> None:
        """Another product is explained."""
        await self._tell_room(room, "pinned", {"product": product})

    async def posted(self, room: RoomId, post: Post) -> None:
        """Somebody has said something."""
        self._counters.posts.inc()
        await self._tell_room(room, "posted", {"post": wire.post_data(post)})

    async def duty_changed(self, room: RoomId) -> None:
        """Staff came or left, or are in a call, or no more."""
        duty = wire.duty_data(await self._duty.on_duty(room))
        await self._tell_room(room, "duty", {"duty": duty})

    async def call_changed(self, call: Call) -> None:
        """A call has reached another state; told once over all nodes, the buyer on every page of the fair."""
        if call.state is CallState.ENDED:
            await self.on_end(call.id)
        if call.state is CallState.RINGING and call.is_request:
            ring = {"call": await self._views.call(call)}
            for account_id in ringers(call, await self._duty.crew(call.room)):
                await self.emit("ring", ring, namespace="/booth", room=on_duty(call.room, account_id))
        await self._tell_staff(call)
        own = {"call": await self._views.call(call, call.buyer)}
        await self.emit("call", own, namespace="/hall", room=account(call.buyer))
        if call.state in (CallState.MISSED, CallState.DECLINED, CallState.ENDED) or call.about:
            await self.follow_up_changed(call.room)
        if call.state is CallState.ENDED:
            reason = EndReason.HUNG_UP if call.id in self._hanging_up else EndReason.OTHER_GONE
            ended = {"call": await self._views.call(call), "reason": reason}
            await self.emit("ended", ended, namespace="/meeting", room=meeting(call.id))
        if call.state in (CallState.TALKING, CallState.ENDED):
            await self.duty_changed(call.room)
        self._count(call)  # last: what could not be told is told again

    async def line_moved(self, _room: RoomId, line: list[Place]) -> None:
        """Tell everybody in a line where they stand."""
        for place in line:
            data = {"line": line_data(place)}
            await self.emit("line", data, namespace="/hall", room=account(place.call.buyer))

    async def visitors_changed(self, room: RoomId, visitors: list[VisitorData]) -> None:
        """Other visitors are in a room, or may be seen."""
        await self.emit("visitors", {"visitors": visitors}, namespace="/booth", room=booth(room))

    async def follow_up_changed(self, room: RoomId) -> None:
        """Something else is to be followed up."""
        await self.emit("follow_up", {}, namespace="/booth", room=booth(room))

    async def still_attached(self, call: Call) -> None:
        """Another still belongs to a call: whoever sees the call sees it too."""
        await self._tell_staff(call)
        own = {"call": await self._views.call(call, call.buyer)}
        await self.emit("call", own, namespace="/hall", room=account(call.buyer))
        stills = {"stills": await self._views.stills(call.id)}
        await self.emit("stills", stills, namespace="/meeting", room=meeting(call.id))

    async def offer_changed(self, news: News) -> None:
        """Something happened to an offer: the pages of both sides hear it, wherever they are."""
        thread, company = news.thread, await self._views.company_name(news.thread.room)
        data = {"offer": offer_news_data(news, company)}
        for room in (account(thread.buyer), staff(thread.room)):
            await self.emit("offer", data, namespace="/hall", room=room)

    async def captioned(self, room: RoomId, language: str, cues: list[Cue]) -> None:
        """Somebody wrote down what is said."""
        data = {"language": language, "cues": [cue_data(cue) for cue in cues]}
        await self._tell_room(room, "caption", data)

    async def hang_up(self, call: CallId, work: Awaitable[Call]) -> None:
        """Do `work`, which ends the call, and have the end told as hung up."""
        self._hanging_up.add(call)
        try:
            await work
        finally:
            self._hanging_up.discard(call)

    async def _tell_staff(self, call: Call) -> None:
        data = {"call": await self._views.call(call)}
        await self.emit("call", data, namespace="/booth", room=booth(call.room))
        if call.answered_by and call.state is CallState.TALKING:
            data = {"call": await self._views.call(call, call.answered_by)}
            await self.emit("call", data, namespace="/booth", room=account(call.answered_by))

    async def _tell_room(self, room: RoomId, event: str, data: Mapping[str, Any]) -> None:
        await self.emit(event, data, namespace="/hall", room=inside(room))
        await self.emit(event, data, namespace="/booth", room=booth(room))

    def _count(self, call: Call) -> None:
        if call.state in UNANSWERED:
            if call.is_new:
                self._counters.calls.labels("requested").inc()
            return
        outcome = "accepted" if call.state is CallState.TALKING else call.state.value
        self._counters.calls.labels(outcome).inc()
        if call.state is CallState.TALKING and call.kind is not CallKind.APPOINTMENT:
            self._counters.call_answer_seconds.observe(max(0.0, call.since - call.requested_at))


def inside(room: RoomId) -> str:
    """Return the socket room of everybody in a room of the fair."""
    return f"room:{room}"


def booth(room: RoomId) -> str:
    """Return the socket room of the consoles of a room."""
    return f"booth:{room}"


def on_duty(room: RoomId, who: AccountId) -> str:
    """Return the socket room of the consoles at which calls for one of the staff ring."""
    return f"duty:{room}:{who}"


def account(who: AccountId) -> str:
    """Return the socket room of one person's consoles, or of their pages in the hall."""
    return f"account:{who}"


def staff(room: RoomId) -> str:
    """Return the socket room of the staff of a room of the fair, on whatever page they are."""
    return f"staff:{room}"


def meeting(call: CallId) -> str:
    """Return the socket room of the two in a meeting."""
    return f"meeting:{call}"


def pair(call: CallId) -> str:
    """Return the socket room of the two whose call it is, without third persons."""
    return f"pair:{call}"


def thirds(call: CallId) -> str:
    """Return the socket room of the third persons in a call."""
    return f"thirds:{call}"


def sending_data(facts: PublicationFacts) -> SendingData:
    """Return how a picture arrives, with a word for it."""
    return SendingData(
        kbps=facts.kbps_in, lost=round(facts.lost, 4), width=facts.width, height=facts.height,
        quality=_quality(facts),
    )


def _quality(facts: PublicationFacts) -> str:
    if facts.lost > POOR_LOSS or facts.kbps_in < POOR_KBPS:
        return "poor"
    return "fair" if facts.lost > FAIR_LOSS or facts.kbps_in < FAIR_KBPS else "good"


async def _nobody(
    event: str, data: Mapping[str, Any], *, namespace: str, room: str, skip_sid: str | None = None
) -> None:
    """Tell nobody: there are no sockets yet."""


async def _nobody_hears(_call: CallId) -> None:
    """Record nothing: there is no call room yet."""
