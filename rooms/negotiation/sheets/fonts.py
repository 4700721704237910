"""The fonts of the sheets: which they are, where they are looked for, and what to install without them.

Only these are used, whatever else a machine has, so that a sheet looks the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from config.errors import Busy

FOLDERS = tuple(map(Path, ("/usr/share/fonts", "/usr/local/share/fonts")))
NEEDED = {
    "NotoSans-Regular.ttf": "fonts-noto-core",
    "NotoSans-Bold.ttf": "fonts-noto-core",
    "NotoSerif-Regular.ttf": "fonts-noto-core",
    "NotoSansArabic-Regular.ttf": "fonts-noto-core",
    "NotoSansArabic-Bold.ttf": "fonts-noto-core",
    "NotoNaskhArabic-Regular.ttf": "fonts-noto-core",
    "NotoSansCJK-Regular.ttc": "fonts-noto-cjk",
    "NotoSansCJK-Bold.ttc": "fonts-noto-cjk",
    "NotoSerifCJK-Regular.ttc": "fonts-noto-cjk",
    "Symbola_hint.ttf": "fonts-symbola",
}
"""The fonts a sheet is designed with, and the Debian package of each; Symbola has the pictographs."""
OTHERS = "NotoSans*-Regular.ttf"
"""The other scripts of the world: whoever signs may have a name in one of them."""

ENDINGS = ("ttf", "ttc", "otf", "otc", "pfa", "pfb", "pcf.gz", "woff", "woff2")
"""Every kind of font file; a pattern that took folders too would let none in."""

CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
{folders}
  <cachedir>/var/cache/fontconfig</cachedir>
  <cachedir>{cache}</cachedir>
  <selectfont>
    <rejectfont>{rejected}</rejectfont>
    <acceptfont>{accepted}</acceptfont>
  </selectfont>
</fontconfig>
"""


class FontsMissing(Busy):
    """The machine lacks fonts; the sentence says which packages bring them."""

    code = "fonts_missing"


def check(folders: Iterable[Path] = FOLDERS) -> None:
    """Raise `FontsMissing` unless every font is there."""
    there = {path.name for folder in folders for path in folder.rglob("*.tt[fc]")}
    packages = sorted({package for name, package in NEEDED.items() if name not in there})
    if packages:
        raise FontsMissing(
            f"The server lacks fonts for this document. Its operator installs {', '.join(packages)}"
            f" (on Debian: apt-get install {' '.join(packages)})."
        )


def configuration(cache: Path, folders: Iterable[Path] = FOLDERS) -> str:
    """Return a fontconfig file that lets in our fonts alone and keeps its index in `cache`."""
    return CONFIGURATION.format(
        folders="\n".join(f"  <dir>{folder}</dir>" for folder in folders),
        cache=cache,
        rejected=_globs(f"*.{ending}" for ending in ENDINGS),
        accepted=_globs(f"*/{name}" for name in (*NEEDED, OTHERS)),
    )


def _globs(patterns: Iterable[str]) -> str:
    return "".join(f"<glob>{pattern}</glob>" for pattern in patterns)
