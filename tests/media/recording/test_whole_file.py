"""Which files a recording makes: one a codec of the picture, that with most of it in front."""

from __future__ import annotations

import pytest

from media.recording.facts import Container, Section
from media.recording.whole_file import forms_of

MP4, WEBM = Container.MP4, Container.WEBM
CASES = [
    ([], []),
    ([(MP4, "avc1.42e01f", 4.0)], [("avc1", [0])]),
    ([(MP4, "avc1.42e01f", 4.0), (MP4, "avc1.640028", 4.0)], [("avc1", [0, 1])]),
    ([(MP4, "", 60.0), (WEBM, "vp8", 4.0)], [("vp8", [1]), ("sound", [0])]),
    ([(MP4, "", 60.0), (MP4, "avc1.42e01f", 4.0)], [("avc1", [1, 0])]),
    ([(MP4, "avc1.42e01f", 4.0), (MP4, "vp09.00.31.08", 9.0)], [("vp09", [1]), ("avc1", [0])]),
    ([(WEBM, "vp8", 5.0)] * 3 + [(MP4, "avc1.42e01f", 20.0)], [("avc1", [3]), ("vp8", [0, 1, 2])]),
    ([(MP4, "avc1.42e01f", 4.0), (WEBM, "vp8", 4.0)], [("avc1", [0]), ("vp8", [1])]),
]


@pytest.mark.parametrize(("facts", "files"), CASES)
def test_seconds_of_the_picture_choose_and_no_file_has_two_codecs(
    facts: list[tuple[Container, str, float]], files: list[tuple[str, list[int]]]
) -> None:
    sections = [Section(number, container, video) for number, (container, video, _) in enumerate(facts)]
    forms = forms_of(sections, {number: seconds for number, (_, _, seconds) in enumerate(facts)})
    assert [(form.name, [section.number for section in form.sections]) for form in forms] == files


def test_a_file_begins_with_the_first_section_that_has_all_tracks() -> None:
    sections = [
        Section(0, MP4, "", "opus"), Section(1, MP4, "avc1", ""), Section(2, MP4, "avc1", "opus"),
        Section(3, MP4, "avc1", "opus"),
    ]
    (form,) = forms_of(sections, {})
    assert form.head.number == 2
