"""A light player of low-latency HLS: reloads by blocking, fetches every part, and decodes none."""

from __future__ import annotations

import asyncio
import gzip
import re
from dataclasses import dataclass, field

PART = re.compile(r'#EXT-X-PART:DURATION=[\d.]+,URI="([^"]+)"')
HINT = re.compile(r'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="([^"]+)"')
FIRST = re.compile(r"#EXT-X-MEDIA-SEQUENCE:(\d+)")
SKIPPED = re.compile(r"#EXT-X-SKIP:SKIPPED-SEGMENTS=(\d+)")
LENGTH = re.compile(rb"\r\nContent-Length: (\d+)", re.IGNORECASE)


class Line:
    """One kept connection, one request after the other; a browser has some of these."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> tuple[int, bytes]:
        """Return status and body."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 20)
        reader, writer = self._streams
        writer.write(f"GET {path} HTTP/1.1\r\nHost: fair\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        body = await reader.readexactly(int(length[1])) if length else b""
        return int(head[9:12]), gzip.decompress(body) if b"Encoding: gzip" in head and body else body

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()


@dataclass(slots=True)
class TrackPlayer:
    """Follows one track of a show until its end; `parts` are those it fetched, in order."""

    port: int
    show: str
    track: str
    hints: bool = False
    parts: list[str] = field(default_factory=list)
    reloads: int = 0
    refused: list[tuple[str, int]] = field(default_factory=list)

    async def play(self) -> None:
        """Begin at the newest parts and go on until the playlist ends."""
        lists, media = Line(self.port), Line(self.port)
        text = await self._get(lists, f"{self.track}.m3u8")
        while "#EXT-X-ENDLIST" not in text:
            known = text
            hint = HINT.search(known) if self.hints else None
            async with asyncio.TaskGroup() as both:
                both.create_task(self._fetch(media, known, hint[1] if hint else ""))
                reload = both.create_task(self._reload(lists, known))
            text = reload.result()
        await self._fetch(media, text, "")
        lists.close()
        media.close()

    async def _reload(self, line: Line, text: str) -> str:
        self.reloads += 1
        number, part = position(text)
        return await self._get(line, f"{self.track}.m3u8?_HLS_msn={number}&_HLS_part={part}&_HLS_skip=YES")

    async def _fetch(self, line: Line, text: str, hint: str) -> None:
        listed = PART.findall(text)
        at = listed.index(self.parts[-1]) + 1 if self.parts and self.parts[-1] in listed else -3
        for uri in listed[at:] + ([hint] if hint and hint not in self.parts else []):
            status, body = await line.get(f"/hls/{self.show}/{uri}")
            if status == 200 and body:
                self.parts.append(uri)
            elif uri != hint:
                self.refused.append((uri, status))

    async def _get(self, line: Line, name: str) -> str:
        status, body = await line.get(f"/hls/{self.show}/{name}")
        if status != 200:
            self.refused.append((name, status))
            raise AssertionError(f"{name}: {status}")
        return body.decode()


def position(text: str) -> tuple[int, int]:
    """Return the media sequence number and the part that come next."""
    lines = text.split("\n")
    entries = [at for at, line in enumerate(lines) if line.startswith("#EXTINF")]
    skipped = SKIPPED.search(text)
    first = FIRST.search(text)
    number = (int(first[1]) if first else 0) + (int(skipped[1]) if skipped else 0) + len(entries)
    growing = [line for line in lines[entries[-1] if entries else 0 :] if line.startswith("#EXT-X-PART:")]
    return number, len(growing)
