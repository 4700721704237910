"""Captions in files: read strictly, kept without what is not words, written so that players read them."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from config.errors import Invalid
from rooms.fair.webvtt import MOST_BYTES, BadCaptions, Cue, checked, clean, escape, plain, read, write
from tests.media.scale import IS_FULL

HEAD = "WEBVTT\n\n"
TIMES = "00:00:01.000 --> 00:00:02.000"
ALLOWED = re.compile(r"</?(?:[biu]|v(?: [^<>\n]*)?)>")

FILES: list[tuple[str, list[tuple[float, float, str]]]] = [
    ("WEBVTT", []),
    ("WEBVTT a title\n\nNOTE nothing\n\n", []),
    (f"{HEAD}{TIMES}\nHello", [(1, 2, "Hello")]),
    (f"\ufeff{HEAD}id 1\r\n{TIMES} position:10%\r\nHello\r\nyou\r\n\r\n", [(1, 2, "Hello\nyou")]),
    (f"{HEAD}00:01.500 --> 100:00:02.000\nA", []),
    (f"{HEAD}STYLE\n::cue {{ color: red }}\n\nREGION\nid:x\n\n{TIMES}\n<v Ann>Hi", [(1, 2, "<v Ann>Hi</v>")]),
    ("1\n00:00:01,000 --> 00:00:02,000\n{\\an8}<font color='red'>A</font>\n", [(1, 2, "A")]),
    (f"{HEAD}NOTE\tby Ada\n\nNOTE\n{TIMES[:12]}\n\n{TIMES} line:90% align:start\nA", [(1, 2, "A")]),
    (f"WEBVTT\n{TIMES}\nA\n\n00:00:03.000 --> 00:00:04.000\nB", [(1, 2, "A"), (3, 4, "B")]),
    (f"WEBVTT\nKind: captions\n{TIMES}\nA", [(1, 2, "A")]),
    (f"{HEAD}{TIMES}\n   \n\n00:00:03.000 --> 00:00:04.000\nB", [(3, 4, "B")]),
]
BAD = [
    ("", 1), ("WEBVTTX\n\n", 1), ("hello", 1), (f"{HEAD}00:00:02.000 --> 00:00:01.000\nA", 3),
    (f"{HEAD}{TIMES}\nA\n{TIMES}\nB", 3), (f"{HEAD}1:1 --> 1:2\nA", 3),
    (f"{HEAD}00:61.000 --> 00:62.000\nA", 3),
    (f"{HEAD}00:00:05.000 --> 00:00:06.000\nA\n\n{TIMES}\nB", 6), (f"{HEAD}{TIMES}\n{'x' * 501}", 3),
    (f"WEBVTT\n{TIMES}\n{'x' * 501}", 2), (f"{HEAD}{TIMES}\n&#{'9' * 5000};", 3), ("\n" * 200_001, 200_000),
    (f"{HEAD}00:00:00.000 --> 00:11:00.000\nA", 3), (f"{HEAD}-00:00:01.000 --> 00:00:02.000\nA", 3),
]
TEXTS = {
    "Hello": "Hello",
    "a < b && c": "a &lt; b &amp;&amp; c",
    "<b>bold</b> <i>and": "<b>bold</b> <i>and</i>",
    "</b>x</i>": "x",
    "<b><i>x</b></i>": "<b><i>x</i></b>",
    "<script>alert(1)</script>": "alert(1)",
    "<b onclick=alert(1)>x</b>": "<b>x</b>",
    "<v Ann & <b>Bob>x": "<v Ann &amp; &lt;b>Bob&gt;x</v>",
    "<ruby>A<rt>b</rt></ruby><00:01.000>c": "Abc",
    "a\n\n\nb --> c": "a\nb --&gt; c",
    "&lt;b&gt; &#10;&#10; &#1;": "&lt;b&gt;",
    "<v -->x": "<v>x</v>",
    f"<b>{'a&#10;' * 9}": f"<b>{'a ' * 9}</b>",
    "\u202eevil\u202c\0": "evil",
    "<img src=x onerror=alert(1)>": "",
}


def cues_of(file: str | bytes) -> list[Cue]:
    return [cue for cue in read(file.encode() if isinstance(file, str) else file) if cue]


@pytest.mark.parametrize(("text", "cues"), FILES)
def test_files_are_read(text: str, cues: list[tuple[float, float, str]]) -> None:
    try:
        found = [(cue.start, cue.end, cue.text) for cue in cues_of(text)]
    except BadCaptions:
        found = []
    assert found == cues


@pytest.mark.parametrize(("text", "line"), BAD)
def test_what_is_no_captions_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(BadCaptions) as refusal:
        cues_of(text)
    assert refusal.value.line == line


def test_bytes_that_are_no_text_and_files_beyond_measure_are_refused() -> None:
    for data in (b"WEBVTT\n\n\xff\xfe", b"WEBVTT\n" * (MOST_BYTES // 7 + 1)):
        with pytest.raises(BadCaptions):
            cues_of(data)


@pytest.mark.parametrize(("text", "kept"), TEXTS.items())
def test_of_tags_only_the_harmless_are_kept(text: str, kept: str) -> None:
    assert clean(text) == kept


def is_harmless(text: str) -> bool:
    """Tell whether nothing but allowed tags, and nothing that ends a cue, is in a text."""
    rest = ALLOWED.sub("", text)
    return not re.search(r"[<>\0\r]", rest) and not re.search(r"-->|\n\s*\n", text) and text == text.strip()


PIECES = some.sampled_from(
    ["<b>", "</b>", "<i", ">", "<v ", "</v>", "&", "&lt;", "&#10;", "-->", "\n", "\n\n", "\r", "\0", " ",
     "a", "<", "{\\", "}", "<script>", "&#x3c;", "00:01.000", "\u2028", "\u202e", "é", "<v.x\ty>"]
)
HOSTILE = some.lists(PIECES | some.text(max_size=3), max_size=30).map("".join)


@given(HOSTILE)
@example("{\\{\\}}")
@example("{{\\x}\\an8}")
def test_no_text_smuggles_anything_in(text: str) -> None:
    kept = clean(text)
    assert is_harmless(kept), kept
    assert clean(kept) == kept


@given(HOSTILE)
def test_plain_words_stay_words(text: str) -> None:
    kept = escape(text)
    assert "<" not in kept
    assert plain(kept).replace("\n", "") in text.replace("\n", "") or kept == clean(kept)


@given(some.lists(some.tuples(some.integers(0, 10**7), some.integers(1, 600_000), HOSTILE), max_size=10))
def test_what_is_written_is_read_again(cues: list[tuple[int, int, str]]) -> None:
    kept = []
    for start, length, text in sorted(cues):
        try:
            kept.append(checked(Cue("x", start / 1000, (start + length) / 1000, text)))
        except Invalid:
            continue
    again = cues_of(write(kept))
    assert [(cue.start, cue.end, cue.text) for cue in again] == [(c.start, c.end, c.text) for c in kept]


@given(some.binary(max_size=300) | some.lists(PIECES | some.just(f"\n\n{TIMES}\n"), max_size=40).map(
    lambda pieces: (HEAD + "".join(pieces)).encode()))
def test_any_bytes_are_captions_or_refused(data: bytes) -> None:
    try:
        cues = cues_of(data)
    except BadCaptions as refusal:
        assert refusal.line >= 1
        return
    assert all(is_harmless(cue.text) and 0 <= cue.start < cue.end for cue in cues)


def test_a_large_file_is_read_in_time() -> None:
    """Twenty thousand captions, and lines made to keep a pattern busy."""
    count = 20_000 if IS_FULL else 3000
    cues = [Cue("", float(n), n + 0.5, f"Caption <b>{n}</b>") for n in range(count)]
    assert len(cues_of(write(cues))) == count
    for line in ("<" * 100_000, "<v " + " " * 100_000, "0" * 100_000 + " --> ", "&" * 100_000):
        with pytest.raises(BadCaptions):
            cues_of(f"{HEAD}{TIMES}\n{line}\n\n{line}")


UNITS = ["< ", "<a.", "{\\", "<v ", "<b\t", "<i>", "</", "<.", "{\\}", "&#", "\u0301\u0323"]


@pytest.mark.parametrize("unit", UNITS)
def test_no_text_takes_longer_than_its_length_says(unit: str) -> None:
    """Forty thousand characters took ten seconds and more, in which nothing else ran; now some hundredths."""
    text = unit * (40_000 // len(unit))
    began = time.thread_time()
    clean(text)
    plain(text)
    assert time.thread_time() - began < 1.0
    with pytest.raises(Invalid):
        checked(Cue("", 0.0, 1.0, text))


def test_what_says_nothing_is_work_as_well() -> None:
    """So that who reads a few at a time does so in files that have nothing else."""
    empty = f"{TIMES}\n<x>\n\n" * 5
    assert list(read(f"{HEAD}{empty}NOTE a\n\nNOTE b".encode())) == [None] * 7
