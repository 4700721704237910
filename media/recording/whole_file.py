"""Recordings as files, of whatever sections they are made of, without writing them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from media.recording.facts import Container, Section, Segment
from media.recording.mp4 import with_duration
from media.recording.webm_index import VirtualFile, ranges_of, virtual_file

SOUND = "sound"
"""The name of a form without a picture."""


@dataclass(frozen=True, slots=True)
class Form:
    """Sections that fit into one file: one codec of the picture, called `name`, and sound alone.

    `seconds` is how long there is a picture, or sound where there is none.
    """

    name: str
    container: Container
    sections: tuple[Section, ...]
    seconds: float

    @property
    def head(self) -> Section:
        """The section whose initialisation the file begins with: the first that has all tracks there are."""
        return max(self.sections, key=lambda one: (bool(one.video), bool(one.audio), -one.number))


def forms_of(sections: Sequence[Section], seconds: Mapping[int, float]) -> tuple[Form, ...]:
    """Return the files that a recording makes, the one with most of the picture in front.

    `seconds` says how long each section is, by number. No decoder goes on under the head of another codec,
    so that each has a file of its own. Sound alone goes with the first that takes it.
    """
    pictures, sounds = defaultdict[tuple[Container, str], list[Section]](list), list[Section]()
    for section in sections:
        codec = section.video.partition(".")[0]
        (pictures[section.container, codec] if codec else sounds).append(section)
    forms = [_form(codec, container, some, seconds) for (container, codec), some in pictures.items()]
    forms.sort(key=lambda form: (-form.seconds, form.sections[0].number))
    for container in Container:
        alone = [section for section in sounds if section.container is container]
        at = next((at for at, form in enumerate(forms) if form.container is container), None)
        if alone and at is None:
            forms.append(_form(SOUND, container, alone, seconds))
        elif at is not None:
            found = forms[at]
            forms[at] = Form(found.name, container, (*found.sections, *alone), found.seconds)
    return tuple(forms)


def whole_file(init: bytes, form: Form, segments: Sequence[Segment]) -> VirtualFile:
    """Return the file of a form; `init` is that of its `head`, of `segments` it takes its own.

    Pictures of other sizes bring their parameter sets along: players that heed those go on. Raises
    `ValueError` where nothing was recorded.
    """
    numbers = {section.number for section in form.sections}
    chosen = [segment for segment in segments if segment.section in numbers]
    if form.container is Container.WEBM:
        return virtual_file(init, chosen)
    if not chosen:
        raise ValueError("nothing was recorded")
    return VirtualFile(with_duration(init, chosen[-1].parts[-1].end), tuple(ranges_of(chosen)))


def _form(name: str, container: Container, some: list[Section], seconds: Mapping[int, float]) -> Form:
    return Form(name, container, tuple(some), sum(seconds.get(one.number, 0.0) for one in some))
