"""How a publication arrives, for those who show it."""

from __future__ import annotations

from dataclasses import dataclass

from media.keyframes import picture_size
from media.publication import Publication

BYTES_PER_KBPS = 125


@dataclass(frozen=True, slots=True)
class PublicationFacts:
    """How a publication arrives; `lost` is the share of the last second, sizes are None while unknown."""

    codec: str
    kbps_in: int
    lost: float
    width: int | None
    height: int | None
    viewers: int


def publication_facts(publication: Publication, viewers: int) -> PublicationFacts:
    """Return what is known of it now."""
    frame = publication.latest_keyframe()
    size = picture_size(frame) if frame else None
    sources = publication.publisher.sources if publication.publisher else []
    lost = max((s.lost_share for s in sources), default=0.0)
    width, height = size or (None, None)
    kbps = int(publication.bytes_per_second / BYTES_PER_KBPS)
    return PublicationFacts(str(publication.video.codec or ""), kbps, lost, width, height, viewers)
