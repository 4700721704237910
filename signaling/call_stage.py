"""The stage of private calls: each party publishes to the others through the relay, behind closed doors.

A publication of a call has a name that no public door can say; its doors open to a ticket that names the
call, and to those alone who are in it now.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from config.errors import Denied, Missing
from config.ids import AccountId, CallId, RoomId, SessionId
from media.answers import Answered, Restarted
from media.events import RelayEvents
from media.relay import Relay
from rooms.fair.policy import Actor, Permission, Role, require
from rooms.negotiation import thirds
from rooms.negotiation.call import Call
from rooms.negotiation.calls import Calls
from rooms.negotiation.states import CallState, WrongMoment
from rooms.negotiation.thirds import Thirds
from signaling.call_channels import CallChannels, Channels, may_hear
from signaling.sessions import Held, Sessions, digest, is_restart
from signaling.tickets import Grounds, Purpose, Ticket, Tickets

PREFIX = "call:"
BUYER, STAFF = "buyer", "staff"


@dataclass(frozen=True, slots=True)
class Sent:
    """What one seat of a call sends."""

    call: CallId
    seat: str

    @property
    def name(self) -> str:
        """How the relay calls it; call ids and seats hold no slash."""
        return f"{PREFIX}{self.call}/{self.seat}"


@dataclass(frozen=True, slots=True)
class View:
    """One seat of a call that sees and hears another."""

    call: CallId
    seat: str
    listener: str


def seat_of(call: Call, account: AccountId) -> str:
    """Return the seat somebody has: of the two by what they are, of a third person by their id."""
    if account == call.buyer:
        return BUYER
    return STAFF if account == call.answered_by else thirds.seat_of(account)


class CallStage:
    """Takes the relay's events of calls and leaves all others to whoever took them before."""

    def __init__(
        self, relay: Relay, tickets: Tickets, calls: Calls, thirds: Thirds, channels: CallChannels
    ) -> None:
        self._relay = relay
        self._tickets = tickets
        self._calls = calls
        self._thirds = thirds
        self._channels = channels
        self._sessions = Sessions()
        self._names: dict[str, Sent] = {}
        self._publishers: dict[str, SessionId] = {}
        self._views: dict[SessionId, View] = {}
        self._others: RelayEvents = relay.events
        relay.events = self

    def ticket(self, actor: Actor, call: CallId, ttl: float, grounds: Grounds | None) -> str:
        """Return what opens the doors of a call; the caller has asked the policy."""
        return self._tickets.mint(actor, Purpose.CALL_MEDIA, call=call, ttl=ttl, grounds=grounds)

    async def publish(self, call_id: CallId, bearer: str, offer: str, address: str) -> Answered:
        """Let a party send; their newest session replaces the one before.

        `Denied` (`no_bearer`, `ticket_…`, `denied`), `Conflict` (`wrong_moment`), `Invalid`, `Busy`.
        """
        call, ticket = await self._admit(call_id, bearer)
        sent = Sent(call.id, seat_of(call, ticket.actor.id))
        answered = await self._relay.publish(sent.name, offer, address, replace=True)
        self._names[sent.name] = sent
        self._publishers[sent.name] = answered.session
        self._keep(answered, call.id, ticket, bearer)
        return answered

    async def view(
        self, call_id: CallId, seat: str, bearer: str, offer: str, address: str
    ) -> Answered:
        """Let a party see and hear another seat; `Conflict` (`not_live`) while nothing comes from it."""
        call, ticket = await self._admit(call_id, bearer)
        answered = await self._relay.subscribe(Sent(call.id, seat).name, offer, address)
        self._keep(answered, call.id, ticket, bearer)
        self._views[answered.session] = View(call.id, seat, seat_of(call, ticket.actor.id))
        self._relay.viewer(answered.session).hush(True)  # until it is known for whom the other speaks
        await self.keep_channels(call.id)
        return answered

    async def keep_channels(self, call: CallId) -> Channels:
        """Let everybody hear what is for them, and nothing else; return for whom each speaks."""
        channels = await self._channels.of(call)
        for session, view in list(self._views.items()):
            if view.call == call:
                with suppress(Missing):  # it ended by itself just now
                    self._relay.viewer(session).hush(not may_hear(channels, view.seat, view.listener))
        return channels

    def change(
        self, call: CallId, session: SessionId, etag: str | None, body: str, content_type: str
    ) -> Restarted | None:
        """Take trickled candidates or restart ICE; whoever knows a session's address may change it."""
        held = self._sessions.get(_place(call), session)
        if not is_restart(held, etag, content_type):
            self._relay.trickle(session, body)
            return None
        restarted = self._relay.restart_ice(session, body)
        self._sessions.retag(session, restarted.etag)
        return restarted

    def end_session(self, call: CallId, session: SessionId) -> None:
        """End one session; `Missing` when it has ended already."""
        held = self._sessions.get(_place(call), session)
        self._sessions.forget(session)
        self._relay.end_session(held.session)

    def send_away(self, call: CallId, account: AccountId) -> None:
        """End all that somebody sends or sees in a call."""
        for session in self._sessions.of(_place(call), account):
            self._end(session)
        self._drop(Sent(call, thirds.seat_of(account)).name)

    def connected(self, call: CallId) -> set[AccountId]:
        """Return who sends or sees something in a call at this node."""
        return {AccountId(owner) for owner in self._sessions.owners(_place(call))}

    def end_void(self, is_void: Callable[[Grounds], bool]) -> None:
        """End what is sent or seen in any call on grounds that are good no more."""
        for held in self._sessions.void(is_void):
            self._end(held.session)

    def end(self, call: CallId) -> None:
        """The call is over, or goes another way: close all its doors."""
        for sent in [sent for sent in self._names.values() if sent.call == call]:
            self._drop(sent.name)

    def drop_idle(self, call: CallId) -> None:
        """Forget what nobody sends any more; it opens again when somebody publishes."""
        for sent in [sent for sent in self._names.values() if sent.call == call]:
            if not self._sessions.has(self._publishers.get(sent.name)):
                self._drop(sent.name)

    def calls(self) -> set[CallId]:
        """Return the calls that go through here."""
        return {sent.call for sent in self._names.values()}

    def live(self, call: CallId) -> list[Sent]:
        """Return the seats of a call whose packets flow now."""
        found = [sent for sent in self._names.values() if sent.call == call]
        return [sent for sent in found if self._relay.is_live(sent.name)]

    # What the relay tells.

    def publication_live(self, name: str) -> None:
        """Hear that packets flow; what is to be done about it is looked at each second."""
        if not name.startswith(PREFIX):
            self._others.publication_live(name)

    def publication_away(self, name: str) -> None:
        """Hear that packets have ceased."""
        if not name.startswith(PREFIX):
            self._others.publication_away(name)

    def audience_changed(self, name: str, viewers: int) -> None:
        """Hear how many watch: in a call nobody counts."""
        if not name.startswith(PREFIX):
            self._others.audience_changed(name, viewers)

    def session_ended(self, session: SessionId) -> None:
        """Hear that a session is over."""
        self._sessions.forget(session)
        self._views.pop(session, None)
        self._others.session_ended(session)

    def _end(self, session: SessionId) -> None:
        self._sessions.forget(session)
        with suppress(Missing):  # it ended by itself just now
            self._relay.end_session(session)

    def _drop(self, name: str) -> None:
        self._names.pop(name, None)
        self._publishers.pop(name, None)
        self._relay.end_publication(name)

    def _keep(self, answered: Answered, call: CallId, ticket: Ticket, bearer: str) -> None:
        owner, place = ticket.actor.id, _place(call)
        self._sessions.keep(
            Held(answered.session, place, answered.etag, owner, digest(bearer), ticket.grounds)
        )

    async def _admit(self, call_id: CallId, bearer: str) -> tuple[Call, Ticket]:
        if not bearer:
            raise Denied("Send the token this call gave you.", code="no_bearer")
        ticket = self._tickets.read(bearer, Purpose.CALL_MEDIA)
        call = await self._calls.get(call_id)
        require(ticket.actor, Permission.JOIN_CALL, call.room, call)
        if ticket.call != call.id:
            raise Denied("This ticket is for another call.", code="denied")
        if ticket.actor.role is Role.THIRD:
            await self._thirds.require_here(ticket.actor)
        if call.state is not CallState.TALKING:
            raise WrongMoment(call.state)
        return call, ticket


def _place(call: CallId) -> RoomId:
    """Return where the sessions of a call are kept: beside those of rooms, whose names hold no dot."""
    return RoomId(call)
