"""One file of a whole recording, of whatever sections it is made of, without writing it."""

from __future__ import annotations

from collections.abc import Sequence

from media.recording.facts import Container, Section, Segment
from media.recording.mp4 import with_duration
from media.recording.webm_index import VirtualFile, ranges_of, virtual_file


def kind_of(sections: Sequence[Section]) -> Container:
    """Return what the file of a recording is: what most of its sections are."""
    webm = sum(section.container is Container.WEBM for section in sections)
    return Container.WEBM if 2 * webm > len(sections) else Container.MP4


def head_of(sections: Sequence[Section]) -> Section:
    """Return the section whose initialisation the file begins with: the first that has all tracks there are.

    Raises `ValueError` for a recording without sections.
    """
    return max(
        (section for section in sections if section.container is kind_of(sections)),
        key=lambda section: (bool(section.video), bool(section.audio), -section.number),
    )


def whole_file(init: bytes, sections: Sequence[Section], segments: Sequence[Segment]) -> VirtualFile:
    """Return the file; sections of another kind than most are left out.

    `init` is that of `head_of`. Pictures of other sizes bring their parameter sets along: players that heed
    those go on. Raises `ValueError` where nothing was recorded.
    """
    kind = kind_of(sections)
    numbers = {section.number for section in sections if section.container is kind}
    chosen = [segment for segment in segments if segment.section in numbers]
    if kind is Container.WEBM:
        return virtual_file(init, chosen)
    if not chosen:
        raise ValueError("nothing was recorded")
    return VirtualFile(with_duration(init, chosen[-1].parts[-1].end), tuple(ranges_of(chosen)))
