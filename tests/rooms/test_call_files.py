"""Files of calls: what is taken, under which name, and where it lies."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from config.errors import Busy, Denied, Invalid, Missing
from config.ids import CallId
from rooms.fair.database import Database
from rooms.negotiation import file_kinds
from rooms.negotiation.call import Call
from rooms.negotiation.call_files import CallFiles, Quota
from rooms.negotiation.file_kinds import clean_name, kind_of
from showroom.shelf import DiskShelf
from tests.rooms.calling import Booth
from tests.rooms.fair_facts import buyer, staff

PDF, PNG, ZIP = b"%PDF-1.7\n%%EOF", b"\x89PNG\r\n\x1a\n" + bytes(20), b"PK\x03\x04" + bytes(30)
ROOTS = (
    "../", "..\\", "/etc/", "C:\\", "....//", "%2e%2e/", "\u2025/", "\uff0e\uff0e/", "./", "~/", "//host/",
)
NAMES = (
    "a.pdf", ".bashrc", "con.pdf", "a.pdf\x00.html", "a.html", "a.svg", "a.pdf.svg", "x" * 300 + ".pdf",
    "\u202efdp.exe", "a;b.pdf", 'a".pdf', "a\r\nX: y.pdf", "<script>.pdf", ".pdf", "pdf", "", " . ", "a.PDF",
    "a.xhtml", "a.js", "a.csv", "a.jpg", "a.zip", "a.docx", "a.htm.pdf",
)
BODIES = (
    PDF, PNG, ZIP, b"<html><script>1</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"",
    b"\xef\xbb\xbf <!doctype html>", b"GIF89a<script>", b"a,b\r\n1,2\r\n", b"MZ\x90\x00", b"#!/bin/sh\n",
    b"\xff\xd8\xff\xe0" + bytes(20), b" %PDF-1.7", b"<?xml version='1.0'?><svg/>",
)


def corpus() -> list[tuple[str, bytes]]:
    """Return 500 odd names with odd bodies."""
    dice = random.Random(39)
    return [
        (dice.choice(("", *ROOTS)) * dice.randrange(1, 4) + dice.choice(NAMES), dice.choice(BODIES))
        for _ in range(500)
    ]


@pytest.mark.threat("T39")
async def test_nothing_of_a_hostile_corpus_leaves_the_shelf(
    booth: Booth, database: Database, tmp_path: Path
) -> None:
    """Names are made by the fair; what is taken is never markup, and its shown name is no path."""
    call, root = await _talking(booth), tmp_path / "data" / "shelf"
    files = CallFiles(database, DiskShelf(root), booth.clock, Quota(files=1000, bytes=1 << 30))
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    taken = 0
    for name, body in corpus():
        try:
            file = await files.add(buyer(), call, name, body)
        except Invalid as refusal:
            assert refusal.code == "bad_file"
            continue
        taken += 1
        assert not set(file.name) & set('/\\<>"\r\n\x00\u202e')
        assert not file.name.startswith(".")
        assert file.kind.media_type not in ("text/html", "image/svg+xml", "application/xhtml+xml")
        assert not body.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<")
        assert await files.bytes_of(file) == body
    fresh = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    made = {path for path in fresh if path.is_relative_to(root)}
    assert len(made) == taken > 20
    assert {path for path in fresh - made if "fair.sqlite3" not in path.name} == set()


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        ("a.pdf", PDF, "pdf"), ("A.PDF", PDF, "pdf"), ("photo.jpeg", b"\xff\xd8\xff\xe0", "jpeg"),
        ("a.png", PNG, "png"), ("a.webp", b"RIFF\0\0\0\0WEBPVP8 ", "webp"), ("a.xlsx", ZIP, "xlsx"),
        ("a.zip", ZIP, "zip"), ("a.csv", "größe,50\n".encode(), "text"), ("a.csv", b"a\x00b", None),
        ("a.txt", b"<b>", None), ("a.pdf", PNG, None), ("a.png", PDF, None), ("a.svg", b"<svg/>", None),
        ("a.html", b"<p>", None), ("a.exe", b"MZ", None), ("a.docx", PDF, None), ("a.pdf", b"", None),
    ],
)
def test_ending_and_bytes_must_agree(name: str, body: bytes, kind: str | None) -> None:
    if kind is not None:
        assert kind_of(name, body).name == kind
        return
    with pytest.raises(Invalid):
        kind_of(name, body)


def test_a_name_is_only_ever_its_last_part() -> None:
    assert clean_name("../../etc/passwd.txt") == "passwd.txt"
    assert clean_name("C:\\Users\\me\\My  offer.pdf") == "My offer.pdf"
    assert len(clean_name("x" * 500 + ".pdf")) == 120
    for name in ("", "noending", ".pdf", "..", "a/"):
        with pytest.raises(Invalid):
            clean_name(name)


async def test_a_call_has_room_for_so_much_and_no_more(
    booth: Booth, database: Database, tmp_path: Path
) -> None:
    quota = Quota(files=10, bytes=2 * len(PDF))
    call, shelf = await _talking(booth), DiskShelf(tmp_path / "shelf")
    files = CallFiles(database, shelf, booth.clock, quota)
    await files.add(buyer(), call, "a.pdf", PDF)
    booth.clock.move(1)
    await files.add(staff(), call, "b.pdf", PDF)
    with pytest.raises(Busy):
        await files.add(buyer(), call, "c.pdf", PDF)
    assert [file.name for file in await files.of(call.id)] == ["a.pdf", "b.pdf"]
    with pytest.raises(Invalid):
        kind_of("a.pdf", PDF + bytes(file_kinds.LIMIT_BYTES))


async def test_files_that_come_at_once_exceed_no_quota(
    booth: Booth, database: Database, tmp_path: Path
) -> None:
    """What is refused leaves nothing on the shelf."""
    shelf, quota = tmp_path / "shelf", Quota(files=3, bytes=1 << 20)
    call, files = await _talking(booth), CallFiles(database, DiskShelf(shelf), booth.clock, quota)
    uploads = (files.add(buyer(), call, f"{number}.pdf", PDF) for number in range(12))
    done = await asyncio.gather(*uploads, return_exceptions=True)
    assert sorted(type(it).__name__ for it in done) == ["Busy"] * 9 + ["CallFile"] * 3
    kept = {path.name for path in shelf.rglob("*") if path.is_file()}
    assert kept == {file.id for file in await files.of(call.id)}


async def test_files_belong_to_their_call(booth: Booth, database: Database, tmp_path: Path) -> None:
    call, files = await _talking(booth), CallFiles(database, DiskShelf(tmp_path / "shelf"), booth.clock)
    file = await files.add(buyer(), call, "a.pdf", PDF)
    with pytest.raises(Missing):
        await files.get(CallId("oak-and-ash.other"), file.id)
    with pytest.raises(Denied):
        await files.add(buyer(2), call, "a.pdf", PDF)
    for name in ("../fair.sqlite3", "a/b", "", ".", "a" * 65):
        with pytest.raises(Missing):
            await DiskShelf(tmp_path / "shelf").read(name)


async def _talking(booth: Booth) -> Call:
    await booth.on_duty()
    return await booth.calls.accept(staff(), (await booth.ring()).id, "key")
