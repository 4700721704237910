"""Reads and writes captions: WebVTT (W3C) and SubRip in, WebVTT out; strict, bounded, and nothing but words.

A cue's text is kept as WebVTT has it, with the tags `b`, `i`, `u` and `v` only, each closed, and `&`, `<` and
`>` escaped: it holds no blank line and no `-->`. Styles, regions, positions and other tags are left out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from config.errors import Invalid
from rooms.fair import words

MOST_BYTES = 2 << 20
MOST_CUES = 20_000
MOST_CHARACTERS = 500
MOST_TEXT = 4 * MOST_CHARACTERS
"""Characters of a cue with its tags, before they are looked at and after."""
MOST_LINES = 6
MOST_FILE_LINES = 10 * MOST_CUES
"""A caption in a file is its id, its times, its lines and a blank one."""
LONGEST_SECONDS = 600.0
LAST_SECOND = 7 * 24 * 3600.0
HEAD = "WEBVTT\n"
TIMESTAMP_MAP = "X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000"
"""Of segments (RFC 8216 section 3.5): second 0 of the captions is second 0 of the picture."""

_CLOCK = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d)[.,](\d{3})"
_TIMING = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}(?:\s.*)?")
_TAG = re.compile(r"<(/?)([a-z]*)(?:[.\d][^\s>]*)?(?:\s([^>]*))?>", re.IGNORECASE)
"""Looked for up to the last `>` only, so that no search for one goes on to the end of the text in vain."""
_KEPT_TAG = re.compile(r"<[^<>]*>")
_OVERRIDE = re.compile(r"\{\\[^{}]*\}")
"""Positions as SubRip files carry them: `{\\an8}`."""
_OVERRIDE_MARK = re.compile(r"\{\\+")
"""What is left of such: without its mark it is one to nobody, whatever stood within it."""
_VANISHING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")
"""Control characters, which an entity may have brought in, and marks that turn the direction of text."""
_KEPT = frozenset({"b", "i", "u", "v"})
_IGNORED = ("NOTE", "STYLE", "REGION")


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption; times are seconds of the show, `text` is as described above."""

    id: str
    start: float
    end: float
    text: str


class BadCaptions(Invalid):
    """A file that is not captions; `line` says where, from 1."""

    code = "bad_captions"

    def __init__(self, line: int) -> None:
        super().__init__("These captions are not WebVTT or SubRip as they should be.")
        self.line = line


def read(data: bytes) -> Iterator[Cue | None]:
    """Yield the cues of a file as they are read, and None for each that says nothing. Raises `BadCaptions`.

    They are in order, ids are their numbers.
    """
    lines = _read_lines(data)
    is_vtt = re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]) is not None
    count, latest = 0, 0.0
    for number, block in _blocks(lines, _head_lines(lines) if is_vtt else 0):
        cue = None if _is_ignored(block) else _cue(block, number, count + 1)
        if cue is not None:
            count += 1
            if count > MOST_CUES or cue.start < latest:
                raise BadCaptions(number)
            latest = cue.start
        yield cue
    if not count and not is_vtt:
        raise BadCaptions(1)


def _read_lines(data: bytes) -> list[str]:
    if len(data) > MOST_BYTES:
        raise BadCaptions(1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadCaptions(data[: error.start].count(b"\n") + 1) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.count("\n") > MOST_FILE_LINES:
        raise BadCaptions(MOST_FILE_LINES)
    return text.split("\n")


def write(cues: Iterable[Cue], *, is_segment: bool = False) -> str:
    """Return cues as a WebVTT file, or as one segment of a playlist."""
    head = f"WEBVTT\n{TIMESTAMP_MAP}\n" if is_segment else HEAD
    return head + "".join(map(write_cue, cues))


def write_cue(cue: Cue) -> str:
    """Return what a cue is in a file, behind `HEAD` or another cue."""
    return f"\n{clock(cue.start)} --> {clock(cue.end)}\n{cue.text}\n"


def checked(cue: Cue) -> Cue:
    """Return a cue with clean text; `Invalid` (`bad_cue`) for times or lengths out of bounds."""
    return _in_bounds(replace(cue, text=_short_and_clean(cue.text)))


def clean(text: str) -> str:
    """Return the text of a cue with what we keep of it; empty when nothing is left."""
    text = "\n".join(_lines(_OVERRIDE.sub("", words.paragraphs(text))))
    out: list[str] = []
    opened: list[str] = []
    position = 0
    for tag in _TAG.finditer(text, 0, text.rfind(">") + 1):
        out += [_escaped(text[position : tag.start()]), _tag(tag, opened)]
        position = tag.end()
    out += [_escaped(text[position:]), *(f"</{name}>" for name in reversed(opened))]
    kept = "\n".join(_lines(_OVERRIDE_MARK.sub("{", "".join(out))))
    return kept if plain(kept).strip() else ""


def plain(text: str) -> str:
    """Return the words of a cue's text."""
    return html.unescape(_KEPT_TAG.sub("", text))


def escape(text: str) -> str:
    """Return plain words as the text of a cue."""
    return clean(html.escape(text, quote=False))


def clock(seconds: float) -> str:
    """Return a time as WebVTT writes it, with hours."""
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"


def _head_lines(lines: list[str]) -> int:
    """Return how many lines the head of a WebVTT file has: up to a blank line, or to the first times."""
    under = (number for number, line in enumerate(lines) if number and ("-->" in line or not line.strip()))
    return next(under, len(lines))


def _blocks(lines: list[str], start: int) -> Iterator[tuple[int, list[str]]]:
    """Yield what stands between blank lines behind the first `start`, with the number of its first line."""
    block: list[str] = []
    for number, line in enumerate([*lines[start:], ""], start + 1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _is_ignored(block: list[str]) -> bool:
    return block[0].replace("\t", " ").split(" ")[0] in _IGNORED


def _cue(block: list[str], number: int, count: int) -> Cue | None:
    """Return the cue of a block, None when it says nothing; an identifier may stand before its times."""
    at = 0 if "-->" in block[0] else 1
    times = _TIMING.fullmatch(block[at]) if len(block) > at else None
    if times is None or any("-->" in line for line in block[at + 1 :]):
        raise BadCaptions(number)
    start, end = _seconds(times.groups()[:4]), _seconds(times.groups()[4:])
    try:
        text = _short_and_clean("\n".join(block[at + 1 :]))
        return _in_bounds(Cue(str(count), start, end, text)) if text else None
    except Invalid:
        raise BadCaptions(number + at) from None


def _short_and_clean(text: str) -> str:
    if len(text) > MOST_TEXT:
        raise _bad_length()
    return clean(text)


def _in_bounds(cue: Cue) -> Cue:
    if not 0 <= cue.start < cue.end <= min(LAST_SECOND, cue.start + LONGEST_SECONDS):
        raise Invalid("A caption ends after it begins, within ten minutes.", code="bad_cue")
    if not cue.text or len(cue.text) > MOST_TEXT or len(plain(cue.text)) > MOST_CHARACTERS:
        raise _bad_length()
    return replace(cue, start=round(cue.start, 3), end=round(max(cue.end, cue.start + 0.001), 3))


def _bad_length() -> Invalid:
    return Invalid("A caption has between 1 and 500 characters.", code="bad_cue")


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return float(hours * 3600 + minutes * 60 + seconds) + thousandths / 1000


def _lines(text: str) -> list[str]:
    return [line for line in map(str.strip, text.split("\n")) if line][:MOST_LINES]


def _escaped(text: str) -> str:
    """Return text between tags: entities are read once and written anew, and make no lines of their own."""
    lines = (html.unescape(line).replace("\n", " ") for line in text.split("\n"))
    return html.escape(_VANISHING.sub("", "\n".join(lines)), quote=False)


def _tag(tag: re.Match[str], opened: list[str]) -> str:
    """Return a tag if we keep it and it is in its place; `opened` is what is still to be closed."""
    slash, name, note = tag[1], tag[2].lower(), tag[3]
    if name not in _KEPT:
        return ""
    if not slash:
        opened.append(name)
        voice = _voice(note or "") if name == "v" else ""
        return f"<{name} {voice}>" if voice else f"<{name}>"
    if not opened or opened[-1] != name:
        return ""
    opened.pop()
    return f"</{name}>"


def _voice(note: str) -> str:
    """Return who speaks, on one line that makes no arrow with what closes the tag."""
    name = words.line(_VANISHING.sub("", html.unescape(note)))
    return html.escape(name, quote=False).rstrip("- ")
