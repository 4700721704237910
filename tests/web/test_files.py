"""Files: cached as long as they are true, and nothing outside their folders, ever."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
import pytest_asyncio

from tests.web.conftest import OpenFair
from tests.web.visitor import Visitor
from web.assets import Assets

pytestmark = pytest.mark.asyncio(loop_scope="session")

FOR_EVER = "public, max-age=31536000, immutable"
TARGETS = ["etc/passwd", "secret.webp", "secrets.key", "fair.sqlite3", "templates/base.html", "app.py"]
STEPS = [
    "../",
    "..%2f",
    "%2e%2e/",
    "%2e%2e%2f",
    "..\\",
    "..%5c",
    "..%255c",
    "%252e%252e%252f",
    "....//",
    "..;/",
    "..%c0%af",
    "/",
    "//",
    "\x00/",
    "%00",
    "./.././",
    "C:\\",
    "file:///",
    "~/",
]


def corpus() -> Iterator[str]:
    """Yield ways out that people have tried."""
    for step in STEPS:
        for depth in (1, 2, 6):
            for target in TARGETS:
                yield step * depth + target


@pytest_asyncio.fixture(loop_scope="session")
async def folder(fair: OpenFair) -> str:
    """The data folder with one picture in it and a secret beside the pictures."""
    data = fair.parts.settings.data.folder
    (data / "pictures").mkdir(exist_ok=True)
    (data / "pictures" / "lamp-1.webp").write_bytes(b"RIFF....WEBPlamp")
    (data / "pictures" / "page.html").write_text("<script>secret</script>")
    (data / "secret.webp").write_text("secret")
    link = data / "pictures" / "link.webp"
    link.unlink(missing_ok=True)
    link.symlink_to(data / "secret.webp")
    return str(data)


@pytest.mark.usefixtures("folder")
async def test_pictures_are_served_for_ever(guest: Visitor) -> None:
    answer = await guest.get("/pictures/lamp-1.webp")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/webp")
    assert answer.headers["Cache-Control"] == FOR_EVER


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("prefix", ["/pictures/", "/static/", "/thumbnails/"])
async def test_no_path_leads_out(guest: Visitor, prefix: str) -> None:
    for path in corpus():
        for written in {path, quote(path, safe=""), quote(path, safe="/%")}:
            answer = await guest.get(prefix + written.replace("\x00", "%00"))
            assert answer.status in (400, 403, 404), path
            assert "secret" not in answer.text or "secret" in path
            assert "root:" not in answer.text


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "name",
    [
        "page.html",
        "link.webp",
        ".hidden.webp",
        "lamp-1.svg",
        "lamp-1.webp.html",
        "no-such.webp",
        "a" * 300 + ".webp",
    ],
)
async def test_only_pictures_the_server_made_are_served(guest: Visitor, name: str) -> None:
    assert (await guest.get(f"/pictures/{name}")).status == 404


async def test_static_files_are_cached_by_version(guest: Visitor) -> None:
    assets = Assets()
    fresh = await guest.get(assets.url("css/base.css"))
    assert fresh.headers["Cache-Control"] == FOR_EVER
    assert fresh.headers["Content-Type"].startswith("text/css")
    for path in ("/static/css/base.css", "/static/v/000000000000/css/base.css"):
        plain = await guest.get(path)
        assert (plain.status, plain.headers["Cache-Control"]) == (200, "no-cache")
        again = await guest.get(path, headers={"If-None-Match": plain.headers["ETag"]})
        assert again.status == 304


async def test_scripts_have_the_type_browsers_insist_on(guest: Visitor) -> None:
    for path in ("vendor/lit.js", "vendor/socket.io.js", "js/i18n.js"):
        answer = await guest.get(f"/static/{path}")
        assert answer.headers["Content-Type"].startswith("text/javascript")


async def test_folders_are_not_listed(guest: Visitor) -> None:
    for path in ("/static/", "/static/css", "/static/js/", "/pictures/", "/static/vendor"):
        assert (await guest.get(path)).status == 404


async def test_no_live_picture_is_missing(guest: Visitor) -> None:
    answer = await guest.get("/thumbnails/tile.jpg")
    assert answer.status == 404


async def test_every_icon_is_drawn_from_the_sprite() -> None:
    icons = Assets()
    assert str(icons.icon("phone")).startswith('<svg class="icon"')
