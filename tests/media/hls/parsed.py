"""Reads playlists as strictly as a player may (draft-pantos-hls-rfc8216bis), for the rules to look at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]*)(?:,|$)')
ENTRY_TAGS = {"EXTINF", "EXT-X-GAP", "EXT-X-MAP", "EXT-X-PROGRAM-DATE-TIME", "EXT-X-DISCONTINUITY",
              "EXT-X-PART", "EXT-X-BYTERANGE", "EXT-X-KEY", "EXT-X-BITRATE"}


def attributes(text: str) -> dict[str, str]:
    """Return an attribute list (4.2), quotes taken off; raise `ValueError` for another thing."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        match = ATTRIBUTE.match(text, at)
        if match is None or match[1] in found:
            raise ValueError(f"no attribute list: {text!r}")
        found[match[1]] = match[2].strip('"')
        at = match.end()
    return found


@dataclass(slots=True)
class Entry:
    """A segment, or at the end of a live playlist the parts of one to come, which has no address."""

    uri: str = ""
    seconds: float = 0.0
    tags: list[tuple[str, str]] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether a tag was applied to it."""
        return any(tag == name for tag, _ in self.tags)

    def value(self, name: str) -> str | None:
        """Return what a tag says of it."""
        return next((value for tag, value in self.tags if tag == name), None)

    @property
    def parts(self) -> list[dict[str, str]]:
        """The attributes of its parts."""
        return [attributes(value) for tag, value in self.tags if tag == "EXT-X-PART"]


@dataclass(slots=True)
class Playlist:
    """A playlist as its lines say it, media or multivariant."""

    lines: list[str]
    tags: list[tuple[str, str]]
    entries: list[Entry]
    growing: Entry | None
    variants: list[tuple[dict[str, str], str]]

    def all(self, name: str) -> list[str]:
        """Return the values of a tag that is not an entry's."""
        return [value for tag, value in self.tags if tag == name]

    def value(self, name: str) -> str | None:
        """Return the value of a tag that comes once."""
        return next(iter(self.all(name)), None)

    def listed(self, name: str) -> dict[str, str]:
        """Return the attributes of a tag that comes once."""
        return attributes(self.value(name) or "")

    def number(self, name: str, default: float = 0.0) -> float:
        """Return the number a tag says."""
        text = self.value(name)
        return default if text is None else float(text)

    @property
    def is_ended(self) -> bool:
        """Whether nothing comes any more."""
        return bool(self.all("EXT-X-ENDLIST"))

    @property
    def is_media(self) -> bool:
        """Whether it lists segments."""
        return bool(self.all("EXT-X-TARGETDURATION"))

    @property
    def first(self) -> int:
        """The media sequence number of its first entry, skipped ones included."""
        return int(self.number("EXT-X-MEDIA-SEQUENCE"))

    @property
    def skipped(self) -> int:
        """How many entries a delta update leaves out."""
        return int(self.listed("EXT-X-SKIP").get("SKIPPED-SEGMENTS", 0))

    @property
    def numbered(self) -> dict[int, Entry]:
        """Its entries by media sequence number."""
        return dict(enumerate(self.entries, self.first + self.skipped))

    @property
    def with_growing(self) -> list[Entry]:
        """Its entries and the one that grows."""
        return [*self.entries, *([self.growing] if self.growing else [])]


def parse(text: str) -> Playlist:
    """Return the playlist; raises `ValueError` for what no player could read."""
    found = Playlist(text.split("\n")[:-1], [], [], None, [])
    entry, variant = Entry(), ""
    for line in found.lines:
        name, _, value = line.removeprefix("#").partition(":")
        if line.startswith("#EXT") and name == "EXT-X-STREAM-INF":
            variant = value
        elif line.startswith("#EXT") and name in ENTRY_TAGS:
            entry.tags.append((name, value))
        elif line.startswith("#EXT"):
            found.tags.append((name, value))
        elif line and not line.startswith("#") and variant:
            found.variants.append((attributes(variant), line))
            variant = ""
        elif line and not line.startswith("#"):
            entry.uri, entry.seconds = line, float((entry.value("EXTINF") or "nan").partition(",")[0])
            found.entries.append(entry)
            entry = Entry()
    found.growing = entry if entry.tags else None
    return found
