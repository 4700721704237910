"""The press: pages are printed beside the fair, within limits, and what cannot be printed is said so."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from config.errors import Busy
from rooms.negotiation.sheets import fonts
from rooms.negotiation.sheets.checking import check
from rooms.negotiation.sheets.press import Press
from rooms.negotiation.sheets.sheets import Sheets
from tests.rooms.sheets.signed import SAY, URL, SealingFair, document, printed

TICK_SECONDS = 0.02


async def test_fair_goes_on_while_a_sheet_is_printed(fair: SealingFair) -> None:
    """The loop is held for no longer than it takes to start a child, and the page is as if printed here."""
    sheet, longest, began = fair.signed(document(40)), 0.0, time.perf_counter()
    press = asyncio.create_task(Press(SAY).print(sheet))
    while not press.done():
        before = time.perf_counter()
        await asyncio.wait([press], timeout=TICK_SECONDS)
        longest = max(longest, time.perf_counter() - before)
    took = time.perf_counter() - began
    assert await press == printed(sheet)
    assert longest < took / 2


async def test_sheet_that_takes_too_long_is_given_up(fair: SealingFair) -> None:
    """Its child is killed, and the next one is printed."""
    press = Press(SAY, seconds=0.05)
    with pytest.raises(Busy) as refused:
        await press.print(fair.signed(document(60)))
    assert refused.value.code == "not_printed"


async def test_sheet_that_breaks_its_child_is_refused(fair: SealingFair) -> None:
    """Whatever the child dies of, the fair says that there is no document now."""
    broken = fair.signed(document(lines=0, total="no number"))
    with pytest.raises(Busy) as refused:
        await Press(SAY).print(broken)
    assert refused.value.code == "not_printed"


def test_missing_fonts_are_named_with_their_packages(tmp_path: Path) -> None:
    """The operator reads what to install, not a trace of a library."""
    with pytest.raises(Busy) as refused:
        fonts.check([tmp_path])
    assert refused.value.code == "fonts_missing"
    assert "apt-get install fonts-noto-cjk fonts-noto-core fonts-symbola" in refused.value.message
    for name in fonts.NEEDED:
        (tmp_path / name).touch()
    fonts.check([tmp_path])
    (tmp_path / "NotoSansArabic-Bold.ttf").unlink()
    with pytest.raises(Busy, match=r"apt-get install fonts-noto-core\)"):
        fonts.check([tmp_path])


async def test_both_parties_get_the_same_bytes(fair: SealingFair) -> None:
    """A sheet is printed and sealed once; it verifies, and its JSON too."""
    sheets = Sheets(Press(SAY), fair.certificate, URL, fair.seal.public_key)
    sheet = fair.signed(document())
    first = await sheets.pdf(sheet.document, sheet.signatures, ("zh", "ar"))
    assert first is await sheets.pdf(sheet.document, sheet.signatures, ("zh", "ar"))
    report = await asyncio.to_thread(check, first, fair.trusted)
    assert report.is_good
    assert check(sheets.data(sheet.document, sheet.signatures), fair.trusted).is_good
