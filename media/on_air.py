"""A publication with those who watch it, as the relay keeps both under one name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from config.settings import MediaSettings
from media.audience import Audience
from media.endpoint import Endpoint
from media.events import RelayEvents
from media.publication import Bounds, Publication


@dataclass(slots=True)
class OnAir:
    """What a room sends, and to whom."""

    publication: Publication
    audience: Audience

    def rename(self, name: str, events: RelayEvents) -> None:
        """Go on under another name, and tell what is so there now; what was before is not shown there."""
        self.publication.name = name
        self.publication.forget_past()
        if self.publication.is_live:
            events.publication_live(name)
        events.audience_changed(name, len(self.audience))


def open_on_air(
    name: str, media: MediaSettings, endpoint: Endpoint, loop: asyncio.AbstractEventLoop,
    events: Callable[[], RelayEvents],
) -> OnAir:
    """Return a publication that nobody sends into yet; `events` gives who is told, under the name of then."""
    bounds = Bounds(media.stall_seconds, media.keyframe_seconds, media.backlog_packets)
    publication = Publication(
        name, bounds, loop, lambda: events().publication_live(publication.name),
        lambda: events().publication_away(publication.name),
    )
    audience = Audience(
        publication, endpoint, loop, lambda count: events().audience_changed(publication.name, count)
    )
    publication.sinks.append(audience)
    return OnAir(publication, audience)
