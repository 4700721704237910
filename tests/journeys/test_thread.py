"""Journeys of a thread: from the second of a show over the call and its files to offers after it, and what
each side takes home.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Locator, expect
from pyhanko.pdf_utils.reader import PdfFileReader

from tests.journeys.conftest import People
from tests.journeys.later import LIMIT_MS, end_show
from tests.journeys.offering import (
    all_changed,
    at_thread,
    counter,
    delivered,
    price_break,
    send,
    sign,
    stands,
    take,
    thread_path,
    type_line,
)
from tests.journeys.people import PASSWORD, Person
from tests.journeys.stage import buyer_in, go_live, in_meeting, open_studio, staff_of
from tests.journeys.test_accessibility import violations
from tests.journeys.words import words
from tests.rooms.sheets.test_sheets import squeezed, text_of
from tests.rooms.test_call_files import PDF
from tests.showroom.server import RunningServer, environment

pytestmark = pytest.mark.asyncio(loop_scope="session")

COMPANY = 14
CHINESE: dict[str, Any] = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
ARABIC: dict[str, Any] = {"locale": "ar-EG", "timezone_id": "Africa/Cairo"}
NOTES = "外箱需印中文唛头\nيرجى تغليف كل صينية في صندوق منفصل"
CHANGED = {
    ".sheet-breaks": ("11.90", "11.40"), ".sheet-row .sheet-breaks": ("500", "800"),
    ".term-incoterm": ("FOB", "CIF"), ".term-place": ("Ningbo", "上海"),
    ".offer-total": ("11,900.00", "11,496.00"),
}
LABELS = ("Order of intent", "Seller", "Total", "Terms", "Signatures")
BEGAN = "document.querySelector('#picture').played.start(0)"
"""The second of the recording that was played first."""


async def test_what_both_signed_is_taken_home_and_checked_offline(
    people: People, fair: RunningServer, tmp_path: Path
) -> None:
    """By a buyer who reads Chinese and an exhibitor who reads Arabic: one sheet in both, sealed."""
    stand, buyer = await at_thread(people, fair, COMPANY, "Lin Mei", stand=ARABIC, **CHINESE)
    await stand.page.click("#counter-offer")
    await stand.page.fill("#offer-notes", NOTES)
    await send(stand)
    await stands(buyer, state="Open", version=2, can_sign=True)
    await sign(buyer, PASSWORD)
    await stands(stand, state="One side has signed", version=2, can_sign=True)
    await expect(stand.page.locator(".sheet-keep")).to_have_count(0)  # half signed is no order
    await sign(stand, PASSWORD)
    await stands(stand, buyer, state="Signed by both", version=2, can_sign=False)
    certificate = tmp_path / "fair.pem"
    got = await buyer.context.request.get(f"{fair.base_url}/fair-certificate.pem")
    certificate.write_bytes(await got.body())
    for person in (buyer, stand):
        folder = tmp_path / person.language
        pdf, data = [await take(link, folder) for link in await person.page.locator(".sheet-keep a").all()]
        assert f"{pdf.name} is genuine: both parties signed it" in verified(pdf, certificate, good=True)
        text = text_of(pdf.read_bytes())
        said = [words(reader, it) for reader in (buyer, stand) for it in LABELS]
        assert [it for it in (*said, *NOTES.splitlines()) if squeezed(it) not in text] == []
        assert embedded(pdf) == data.read_bytes()
    assert f"{data.name} is genuine: both parties signed it" in verified(data, certificate, good=True)
    pdf.write_bytes(flipped(pdf.read_bytes()))
    assert "Do not rely on it." in verified(pdf, certificate, good=False)


async def test_each_side_takes_its_thread_along(
    people: People, fair: RunningServer, tmp_path: Path
) -> None:
    """As PDF in their language, as JSON and as CSV: every version, and who has signed it when."""
    stand, buyer = await at_thread(people, fair, COMPANY, "Noor Aziz", **ARABIC)
    await counter(stand, "13")
    await stands(buyer, state="Open", version=2, can_sign=True)
    await sign(buyer, PASSWORD)
    await stands(stand, state="One side has signed", version=2, can_sign=True)
    for person in (buyer, stand):
        folder, links = tmp_path / person.language, await person.page.locator(".thread-take a").all()
        pdf, data, sheet = [(await take(link, folder)).read_bytes() for link in links]
        (offer,) = json.loads(data)["offers"]
        assert [it["document"]["total"] for it in offer["versions"]] == ["12500.00", "13000.00"]
        assert [it["side"] for it in offer["versions"][1]["signatures"]] == ["buyer"]
        rows = list(csv.DictReader(io.StringIO(sheet.decode("utf-8-sig"))))
        assert [(it["version"], it["price"]) for it in rows] == [("1", "12.50"), ("2", "13.00")]
        assert [bool(it["buyer_signed_at"]) for it in rows] == [False, True]
        text = text_of(pdf)
        told_of = [words(person, it) for it in ("Negotiation", "What happened", "Total")]
        assert [it for it in told_of if squeezed(it) not in text] == []


async def test_an_offer_goes_on_after_the_call(people: People, fair: RunningServer) -> None:
    """In Chinese for the buyer, who counters it on the page of the thread; both screens mark what changed."""
    colleague, buyer = await in_meeting(people, fair, COMPANY + 1, "Lin Mei", **CHINESE)
    await colleague.page.click("#offer-panel > summary")
    await colleague.page.click("#new-offer")
    await type_line(colleague, 0, "Lacquered trays", "1000", "12.50")
    await colleague.page.locator(".cell-tools button").first.click()
    await price_break(colleague, "500", "11.90")
    await delivered(colleague, "FOB", "Ningbo")
    await send(colleague)
    await expect(buyer.page.locator(".sheet .term-place")).to_contain_text("Ningbo")
    path = await thread_path(colleague)
    await colleague.page.click("#hang-up")
    await expect(buyer.page.locator("#back-to-show")).to_be_visible()
    for person in (colleague, buyer):
        await person.go(path)
        await expect(person.page.locator(".sheet-break")).to_contain_text("11.90")
    await buyer.page.click("#counter-offer")
    await price_break(buyer, "800", "11.40")
    await expect(buyer.page.locator(".offer-break del")).to_have_text(["500", "11.90"])
    await delivered(buyer, "CIF", "上海")
    await buyer.page.get_by_role("button", name=words(buyer, "Add a line")).click()
    await type_line(buyer, 1, "托盘", "12", "8")
    await send(buyer)
    for person in (colleague, buyer):
        await all_changed(person, CHANGED)
        await expect(person.page.locator(".sheet-row.is-new")).to_contain_text("托盘")
        assert await violations(person) == []
    await colleague.page.click(".version-button >> nth=0")
    await expect(colleague.page.locator(".term-incoterm")).to_contain_text("FOB")
    await expect(colleague.page.locator("#sign-offer")).to_have_count(0)


async def test_a_thread_leads_back_to_the_second_it_began_at(
    people: People, fair: RunningServer, tmp_path: Path
) -> None:
    """In Arabic for the buyer: the show at its second, the still, and files, which each side takes home."""
    anchor = await go_live(people, fair, COMPANY + 2)
    await expect(anchor.page.locator("#tape")).to_contain_text("Recording since", timeout=LIMIT_MS)
    colleague = await open_studio(people, fair, COMPANY + 2, 1)
    buyer = await buyer_in(people, staff_of(fair, COMPANY + 2), "Noor Aziz", **ARABIC)
    await buyer.frames("#picture", 60, limit_seconds=60)
    await buyer.page.click("#take-still")
    await expect(buyer.page.locator("fair-notices a")).to_be_visible()
    await buyer.page.click("#call-button")
    await colleague.page.click("#accept")
    await asyncio.gather(*(person.page.wait_for_url("**/meeting/*") for person in (buyer, colleague)))
    files = await hand_over(buyer, colleague, tmp_path)
    path = await thread_path(colleague)
    await colleague.page.click("#hang-up")
    await end_show(anchor)
    for person in (buyer, colleague):
        await person.go(path)
        await back_to_second(person, await second_of(person, fair, path))
        await person.go(path)
        line, folder = person.page.locator("#time-line"), tmp_path / person.language
        for name, content in files.items():
            entry = line.locator(".time-entry").filter(has_text=name)
            assert (await take(entry.locator("a").first, folder)).read_bytes() == content
        await look_at_still(line, folder)
        assert await violations(person) == []


async def hand_over(buyer: Person, colleague: Person, folder: Path) -> dict[str, bytes]:
    """Let each give a file to the other in the call; return them by name."""
    Image.new("RGB", (64, 36), (180, 90, 60)).save(folder / "seam.jpg")
    (folder / "terms.pdf").write_bytes(PDF)
    await buyer.page.set_input_files("#call-file", folder / "seam.jpg")
    await colleague.page.set_input_files("#call-file", folder / "terms.pdf")
    for person in (buyer, colleague):
        there = person.page.locator(".gathering-files")
        await expect(there).to_contain_text("seam.jpg")
        await expect(there).to_contain_text("terms.pdf")
    return {name: (folder / name).read_bytes() for name in ("seam.jpg", "terms.pdf")}


async def second_of(person: Person, fair: RunningServer, path: str) -> float:
    """Return the second of the show that the request of a thread came from."""
    (call,) = (await (await person.context.request.get(f"{fair.base_url}{path}.json")).json())["calls"]
    return float(call["show_second"])


async def back_to_second(person: Person, second: float) -> None:
    """Follow the time line to the moment of the show, once its recording is whole; it plays from there on."""
    link = person.page.locator(".time-entry a[href*='/shows/']")
    async with asyncio.timeout(LIMIT_MS / 1000):
        while not await link.count():
            await asyncio.sleep(0.5)
            await person.page.reload()
    await link.click()
    await person.page.wait_for_url("**/shows/**")
    await expect(person.page.locator("#stage")).to_have_attribute("data-state", "playing", timeout=LIMIT_MS)
    assert abs(await person.page.evaluate(BEGAN) - second) < 1


async def look_at_still(line: Locator, folder: Path) -> None:
    """See the still on the time line, and take it along from its own page."""
    picture = line.locator("img[src^='/stills/']")
    await picture.scroll_into_view_if_needed()
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    await line.locator("p a[href^='/stills/']").click()
    taken = await take(line.page.locator("a[download^='still-']"), folder)
    with Image.open(taken) as still:
        assert still.format == "JPEG"


def verified(file: Path, certificate: Path, *, good: bool) -> str:
    """Return what the command says of a file that somebody took home; its exit code must be `good`."""
    command = [sys.executable, "-m", "showroom", "verify", str(file), "--certificate", str(certificate)]
    done = subprocess.run(
        command, env=environment(file.parent), stdout=subprocess.PIPE, timeout=60, text=True, check=False
    )
    assert (done.returncode == 0) is good, done.stdout
    return done.stdout


def embedded(pdf: Path) -> bytes:
    """Return the data that lies in a PDF."""
    with pdf.open("rb") as file:
        (data,) = PdfFileReader(file).root["/AF"]
        content: bytes = data.get_object()["/EF"]["/F"].data
    return content


def flipped(content: bytes) -> bytes:
    """Return a file of which one bit, in the middle, is another."""
    at = len(content) // 2
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
