"""The sizes a viewer can choose from, and what it has chosen: the layer extension of WHEP without HTTP.

The extension is `urn:ietf:params:whep:ext:core:layer` (draft-murillo-whep-01, section 4.6), with a reading of
the state and a bound by the place the picture is shown in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from config.errors import Missing
from media.facts import publication_facts
from media.publication import Publication
from media.subscription import Subscription

ONLY = "picture"
"""What the size is called that an ordinary publisher sends."""


@dataclass(frozen=True, slots=True)
class Size:
    """One size: the name its publisher gave it, pixels (0 while unknown), and what it brings now."""

    name: str
    width: int
    height: int
    kbps: int


@dataclass(frozen=True, slots=True)
class Sizes:
    """All sizes, the largest first; which one was chosen (None: what fits), and which one is sent now.

    `needed` is the height of the place the picture is shown in, if the viewer has told it; `is_without` when
    only sound is sent.
    """

    all: tuple[Size, ...]
    chosen: str | None
    active: str
    needed: int | None
    is_without: bool


def sizes_of(viewer: Subscription) -> Sizes:
    """Return what there is to choose from now."""
    publication = viewer.publication
    largest = _largest(publication)
    smaller = (Size(one.name, one.width, one.height, one.kbps) for one in publication.smaller)
    sizes, wish = (largest, *smaller), viewer.wish
    near = [size.name for size in sizes if wish.chosen is not None and size.height <= wish.chosen]
    chosen = None if wish.chosen is None else next(iter(near), sizes[-1].name)
    return Sizes(sizes, chosen, viewer.size or largest.name, wish.needed, wish.is_without)


def choose(viewer: Subscription, name: str | None) -> None:
    """Send a viewer this size, whatever its line makes of it, or with None what fits; `Missing` (`no_size`).

    The choice is one of height: it holds for the next publisher, too, whatever that one calls its sizes.
    """
    sizes = {size.name: size.height for size in sizes_of(viewer).all}
    if name is not None and name not in sizes:
        raise Missing("There is no such size now.", code="no_size")
    viewer.choose(replace(viewer.wish, chosen=None if name is None else sizes[name]))


def bound(viewer: Subscription, height: int | None) -> None:
    """Send a viewer no more than a place of so many pixels' height needs, or with None whatever there is."""
    viewer.choose(replace(viewer.wish, needed=height))


def show(viewer: Subscription, *, is_on: bool) -> None:
    """Send a viewer the picture, or sound alone."""
    viewer.choose(replace(viewer.wish, is_without=not is_on))


def _largest(publication: Publication) -> Size:
    facts = publication_facts(publication, 0)
    lead = publication.layers.leading
    return Size(lead.name if lead else ONLY, facts.width or 0, facts.height or 0, facts.kbps_in)
