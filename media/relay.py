"""The packet relay of a process: one UDP port, publications by name, sessions by id.

The one door of this package: WHIP and WHEP hand in offers, events go out. Everything runs on the
event loop that `start` was called on.
"""

from __future__ import annotations

import asyncio
import datetime
import secrets
from collections.abc import Callable

from config.counters import Counters
from config.errors import Busy, Conflict, Missing
from config.ids import SessionId, new_id
from config.settings import IceSettings, MediaSettings
from media import sdp, sdp_answer, sdp_choice
from media.addresses import candidate_addresses
from media.answers import Answered, Restarted
from media.dtls import Certificate
from media.endpoint import Endpoint
from media.events import RelayEvents, Silence
from media.facts import PublicationFacts, publication_facts
from media.figures import Figures
from media.fragment import read_fragment, write_fragment
from media.keyframes import Keyframe
from media.on_air import OnAir, open_on_air
from media.publication import Feeder, Publication
from media.publisher import Publisher
from media.registry import Registry
from media.sdp_answer import Bitrates, Host
from media.sdp_choice import Choice
from media.session import Credentials, Party, Role, Session
from media.subscription import Subscription
from media.tcp_paths import TcpLimits

TICK_SECONDS = 0.03
TICKS_A_SECOND = 33
RENEW_BEFORE = datetime.timedelta(days=2)


class Relay:
    """Takes publishers and viewers. Set `events`, then `start`; `close` ends everything at once."""

    def __init__(self, ice: IceSettings, media: MediaSettings, counters: Counters) -> None:
        self.events: RelayEvents = Silence()
        self.port = ice.port
        self._ice = ice
        self._media = media
        limits = TcpLimits(media.max_sessions, media.max_pending_per_address, media.pending_seconds)
        self._endpoint = Endpoint(ice.host, ice.port, media.fanout_threads, limits if ice.tcp else None)
        self._guard = self._endpoint.guard
        self._figures = Figures(counters, self._endpoint)
        self._registry = Registry(media, counters)
        self._shows: dict[str, OnAir] = {}
        self._addresses: tuple[str, ...] = ()
        self._certificate: Certificate | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ticks = 0

    async def start(self) -> None:
        """Make the certificate and bind the port; raises `OSError` when it is taken."""
        self._loop = asyncio.get_running_loop()
        self._certificate = await asyncio.to_thread(Certificate.generate)
        self._addresses = self._ice.advertise or candidate_addresses(self._ice.host)
        self.port = await self._endpoint.open()
        self._timer = self._loop.call_later(TICK_SECONDS, self._tick)

    async def close(self) -> None:
        """End all sessions with a goodbye and give the port back."""
        if self._timer is not None:
            self._timer.cancel()
        for name in list(self._shows):
            self.end_publication(name)
        for session in self._registry.sessions:
            session.close()
        await asyncio.sleep(0)
        self._second()
        self._endpoint.close()
        self._certificate = None

    async def publish(self, name: str, offer: str, address: str, *, replace: bool = False) -> Answered:
        """Answer a publisher's offer.

        Raises `Invalid` for an offer that cannot be, `Conflict` while another publishes (unless it is
        to be replaced or its packets have ceased), `Busy` when there are too many sessions.
        """
        choice = sdp_choice.choose_for_publisher(sdp.read_offer(offer))
        show = self._shows.get(name)
        present = self._registry.publisher_of(name)
        is_held = present and not replace and show and (show.publication.is_live or present.is_pending)
        is_fed = show and not present and show.publication.publisher  # by a film, which has no session
        if is_held or is_fed:
            raise Conflict("somebody else is on the air in this room", code="already_publishing")
        self._registry.admit(address)
        show = show or self._open_show(name)
        publisher = Publisher(choice, show.publication, self._media.max_bitrate_kbps)
        if present:
            present.close()
        self._shows[name] = show
        show.publication.begin(publisher)
        bitrates = Bitrates(self._media.start_bitrate_kbps, self._media.max_bitrate_kbps)
        return self._answer(name, Role.PUBLISHER, address, choice, publisher,
                            lambda host: sdp_answer.answer_publisher(choice, host, bitrates))

    async def subscribe(self, name: str, offer: str, address: str) -> Answered:
        """Answer a viewer's offer.

        Raises `Invalid` for an offer that cannot be, `Conflict` when there is no such publication,
        `Busy` when there are too many sessions.
        """
        parsed = sdp.read_offer(offer)
        show = self._shows.get(name)
        if show is None:
            raise Conflict("this room is not on the air", code="not_live")
        publication = show.publication
        parameters = publication.publisher.parameters if publication.publisher else ""
        choice = sdp_choice.choose_for_viewer(parsed, publication.video_codec, parameters)
        self._registry.admit(address)
        viewer = Subscription(choice, publication, show.audience, self._time)
        ssrcs = {t.kind: (t.ssrc, t.retransmission_ssrc) for t in publication.tracks.values()}
        return self._answer(name, Role.VIEWER, address, choice, viewer,
                            lambda host: sdp_answer.answer_viewer(choice, host, ssrcs, "showroom"))

    def feed(self, name: str, feeder: Feeder) -> Publication:
        """Let a film into the publication `name` and return it; `Conflict` while somebody publishes there."""
        show = self._shows.get(name) or self._open_show(name)
        if show.publication.publisher is not None:
            raise Conflict("somebody else is on the air in this room", code="already_publishing")
        self._shows[name] = show
        show.publication.begin(feeder)
        return show.publication

    def rename(self, name: str, new: str) -> None:
        """Let a publication go on under another name; what flows then begins to flow there.

        `Missing` when there is none, `Conflict` when the new name is taken.
        """
        if new in self._shows:
            raise Conflict("somebody else is on the air in this room", code="already_publishing")
        if name not in self._shows:
            raise Missing("there is nothing of that name", code="not_live")
        show = self._shows[new] = self._shows.pop(name)
        self._registry.rename(name, new)
        show.rename(new, self.events)

    def trickle(self, session: SessionId, fragment: str) -> None:
        """Check a trickled fragment and use nothing of it: the agent is ICE-lite.

        Raises `Missing` for an unknown session, `Invalid` for a fragment that is none.
        """
        self._registry.get(session)
        read_fragment(fragment)

    def restart_ice(self, session: SessionId, fragment: str) -> Restarted:
        """Give a session fresh ICE credentials; the path it has is used until the peer has proved another.

        Raises as `trickle` does, and `Invalid` when the fragment has no credentials of its own.
        """
        held, wanted = self._registry.get(session), read_fragment(fragment)
        wanted.check_credentials()
        held.restart_ice(name := secrets.token_hex(8), password := secrets.token_hex(16))
        return Restarted(write_fragment(wanted, self._host(name, password)), new_id())

    def viewer(self, session: SessionId) -> Subscription:
        """Return the viewer behind a session; raises `Missing` when there is none."""
        party = self._registry.get(session).party
        if not isinstance(party, Subscription):
            raise Missing("nobody watches in this session", code="no_session")
        return party

    def end_session(self, session: SessionId) -> None:
        """Close a session with a goodbye; raises `Missing` when there is none."""
        self._registry.get(session).close()

    def end_publication(self, name: str) -> None:
        """The show is over: close its publisher and all its viewers."""
        show = self._shows.pop(name, None)
        if show is not None:
            show.publication.close()
            for session in self._registry.sessions_of(name):
                session.close()
            show.audience.close()

    def publication(self, name: str) -> Publication | None:
        """Return a publication, for those who take packets of it too: they put a sink into its `sinks`."""
        show = self._shows.get(name)
        return show.publication if show else None

    def viewers(self, name: str) -> int:
        """Return how many viewers are connected."""
        return len(self._shows[name].audience) if name in self._shows else 0

    def is_live(self, name: str) -> bool:
        """Tell whether packets are flowing now."""
        publication = self.publication(name)
        return publication is not None and publication.is_live

    def keyframe(self, name: str) -> Keyframe | None:
        """Return the newest complete keyframe; one that is old asks for a fresh one by the way."""
        show = self._shows.get(name)
        return show.publication.keyframe(self._time()) if show else None

    def fresh_keyframe(self, name: str) -> tuple[Keyframe, float] | None:
        """Return the newest complete keyframe and its age in seconds; asks for another when it is not new."""
        show = self._shows.get(name)
        return show.publication.fresh_keyframe(self._time()) if show else None

    def facts(self, name: str) -> PublicationFacts | None:
        """Return how a publication arrives; None when there is none."""
        show = self._shows.get(name)
        return publication_facts(show.publication, len(show.audience)) if show else None

    def _open_show(self, name: str) -> OnAir:
        return open_on_air(name, self._media, self._endpoint, self._running_loop, lambda: self.events)

    def _answer(self, name: str, role: Role, address: str, choice: Choice, party: Party,
                write: Callable[[Host], str]) -> Answered:
        if self._certificate is None:
            raise Busy("the media server is not running")
        credentials = Credentials(secrets.token_hex(8), secrets.token_hex(16), choice.fingerprints,
                                  choice.peer_waits)
        session = Session(SessionId(new_id()), role, address, credentials, self._certificate, self._endpoint,
                          party, self._figures.malformed, self._time, self._session_closed)
        self._registry.add(name, session)
        return Answered(session.id, write(self._host(credentials.name, credentials.password)), new_id())

    def _host(self, name: str, password: str) -> Host:
        fingerprint = self._certificate.fingerprint if self._certificate else ""
        return Host(self._addresses, self.port, name, password, fingerprint, with_tcp=self._ice.tcp)

    def _session_closed(self, session: Session) -> None:
        name = self._registry.remove(session)
        self.events.session_ended(session.id)
        show = self._shows.get(name)
        if show and session.role is Role.PUBLISHER and not show.publication.was_live:
            # Nothing was ever shown here: viewers who came early would wait for nothing.
            self._running_loop.call_soon(self._drop_unless_taken, name)

    def _drop_unless_taken(self, name: str) -> None:
        show = self._shows.get(name)
        if show and not show.publication.was_live and self._registry.publisher_of(name) is None:
            self.end_publication(name)

    @property
    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            raise Busy("the media server is not running")
        return self._loop

    def _time(self) -> float:
        return self._running_loop.time()

    def _tick(self) -> None:
        """Do what is due: every tick repeats of lost things, and a share of the reports."""
        self._timer = self._running_loop.call_later(TICK_SECONDS, self._tick)
        now = self._time()
        shows = list(self._shows.values())
        for show in shows:
            self._guard.do(show.publication.tick, now)
        self._guard.do(self._registry.retransmit_handshakes, now)
        self._ticks += 1
        share = self._ticks % TICKS_A_SECOND
        self._report(shows, share, now)
        if not share:
            self._guard.do(self._second)

    def _renew_certificate(self) -> None:
        """Use a fresh certificate for new sessions before the present one expires."""
        soon = datetime.datetime.now(tz=datetime.UTC) + RENEW_BEFORE
        if self._certificate is not None and self._certificate.expires < soon:
            self._certificate = Certificate.generate()

    def _report(self, shows: list[OnAir], share: int, now: float) -> None:
        """Send the reports of one tick: each publisher and each viewer has its turn once a second."""
        for show in shows[share::TICKS_A_SECOND]:
            if show.publication.publisher is not None:
                self._guard.do(show.publication.publisher.report, now)
            self._figures.add(show.publication, show.audience)
        for show in shows:
            if show.publication.is_live:
                self._guard.do(show.audience.report, show.audience.viewers[share::TICKS_A_SECOND])

    def _second(self) -> None:
        self._renew_certificate()
        self._registry.close_overdue(self._time())
        live = sum(show.publication.is_live for show in self._shows.values())
        self._figures.flush(self._registry.sessions, live)
