"""The pictures of the demo fair: drawn once, in full size, and never two alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PIL import Image

from showroom.demo.catalogue import Catalogue, load_catalogue
from showroom.demo.pictures import SIZE, STAMP, make_pictures, missing_pictures, names

FEWEST_COLOURS = 2000
"""A picture of a solid in light and shadow has many; a plain one has one."""


def test_pictures_of_a_company_are_drawn_once_and_are_all_different(tmp_path: Path) -> None:
    whole = load_catalogue()
    first = whole.exhibitors[0]
    exhibitor = replace(first, items=first.items[:3])  # as many as stand before the wall of its portrait
    catalogue = Catalogue(whole.halls, (exhibitor,))
    wanted = names(exhibitor)
    assert missing_pictures(catalogue, tmp_path) == len(wanted)
    assert make_pictures(catalogue, tmp_path, workers=1) == len(wanted)
    drawn = [Image.open(tmp_path / name).convert("RGB") for name in wanted]
    assert {picture.size for picture in drawn} == {SIZE}
    for picture in drawn:
        colours = picture.getcolors(SIZE[0] * SIZE[1])
        assert colours is not None
        assert len(colours) > FEWEST_COLOURS
    assert len({picture.tobytes() for picture in drawn}) == len(wanted)
    assert make_pictures(catalogue, tmp_path, workers=1) == 0
    (tmp_path / wanted[0]).unlink()
    assert missing_pictures(catalogue, tmp_path) == len(wanted)  # those of one company belong together
    (tmp_path / STAMP).write_text("of an older version")
    assert missing_pictures(catalogue, tmp_path) == len(wanted)
