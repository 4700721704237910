"""The folder of recordings: nothing outside it is opened, and what is deleted is gone."""

from __future__ import annotations

import hashlib
import os
import random
from pathlib import Path

import pytest

from config.errors import Invalid, Missing
from media.storage.local import LocalStore
from media.storage.store import Stored

SECRET = b"nobody may read this"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of recordings beside a secret."""
    (tmp_path / "0001.mp4").write_bytes(SECRET)
    made = tmp_path / "recordings"
    (made / "show").mkdir(parents=True)
    (made / "show" / "0001.mp4").write_bytes(b"0123456789")
    return made


@pytest.mark.parametrize("name", [
    "../0001.mp4", "show/../../0001.mp4", "./0001.mp4", "/0001.mp4", "show//0001.mp4", "show/0001.mp4/",
    "show/0001.mp4\n", "show/0001.mp4\0", "show\0/0001.mp4", "show/.0001.mp4", "show/0001.mp4.moved",
    "show/0001", "show/001.mp4", "show/0001.MP4", "show/٠٠٠١.mp4", "", "show", "a" * 65 + "/0001.mp4",
    "sh.ow/0001.mp4", "%2e%2e/0001.mp4",
])
async def test_name_that_is_none_opens_nothing(folder: Path, name: str) -> None:
    """Refused before the disk is asked."""
    store = LocalStore(folder)
    for work in (store.read(name, 0, 9), store.size(name), store.exists(name), store.delete(name)):
        with pytest.raises(Invalid):
            await work
    assert (folder.parent / "0001.mp4").read_bytes() == SECRET


async def test_link_is_not_followed(folder: Path) -> None:
    """Neither a file nor a folder may be one, and deleting takes the link only."""
    store = LocalStore(folder)
    (folder / "show" / "0002.mp4").symlink_to(folder.parent / "0001.mp4")
    (folder / "linked").symlink_to(folder.parent)
    for name in ("show/0002.mp4", "linked/0001.mp4"):
        with pytest.raises(Missing):
            await store.read(name, 0, 100)
        assert not await store.exists(name)
        await store.delete(name)
    await store.delete_all("linked")
    await store.delete_all("show")
    assert not list(folder.iterdir())
    assert (folder.parent / "0001.mp4").read_bytes() == SECRET


async def test_what_is_no_file_is_missing(folder: Path) -> None:
    """A pipe would hold up whoever reads it."""
    os.mkfifo(folder / "show" / "0002.mp4")
    (folder / "show" / "0003.mp4").mkdir()
    for name in ("show/0002.mp4", "show/0003.mp4", "show/0004.mp4", "other/0001.mp4"):
        with pytest.raises(Missing):
            await LocalStore(folder).read(name, 0, 1)


async def test_range_ends_where_the_file_ends_now(folder: Path) -> None:
    """A section that is still written grows between two reads."""
    store = LocalStore(folder)
    assert await store.read("show/0001.mp4", 2, 3) == b"234"
    assert await store.read("show/0001.mp4", 8, 10) == b"89"
    assert await store.read("show/0001.mp4", 10, 10) == b""
    with (folder / "show" / "0001.mp4").open("ab") as file:
        file.write(b"ab")
    assert await store.read("show/0001.mp4", 8, 10) == b"89ab"
    assert await store.size("show/0001.mp4") == 12


async def test_deleted_recording_leaves_no_file_and_no_folder(folder: Path) -> None:
    """Whatever else lay in it; again is no error, and another one stays."""
    (folder / "show" / "0002.webm").write_bytes(b"x")
    (folder / "show" / "0001.mp4.moved").touch()
    (folder / "show2").mkdir()
    for _ in range(2):
        await LocalStore(folder).delete_all("show")
    assert [path.name for path in folder.iterdir()] == ["show2"]
    for recording in ("", ".", "..", "show2/"):
        with pytest.raises(Invalid):
            await LocalStore(folder).delete_all(recording)
    assert folder.is_dir()


async def test_folders_that_may_be_those_of_recordings_are_listed(folder: Path, tmp_path: Path) -> None:
    """Neither files nor what has no name of a recording; there may be no folder at all."""
    for name in ("show2", ".trash", "lost+found", "a" * 65):
        (folder / name).mkdir()
    (folder / "notes").write_bytes(b"x")
    assert await LocalStore(folder).recordings() == ["show", "show2"]
    assert await LocalStore(tmp_path / "none").recordings() == []


async def test_last_section_takes_the_folder_along(folder: Path) -> None:
    """Marks go with their section, other sections stay."""
    store = LocalStore(folder)
    (folder / "show" / "0002.mp4").write_bytes(b"x")
    await store.mark_moved("show/0001.mp4")
    assert await store.marked() == ["show/0001.mp4"]
    await store.delete("show/0001.mp4")
    assert [path.name for path in (folder / "show").iterdir()] == ["0002.mp4"]
    await store.delete("show/0002.mp4")
    assert not list(folder.iterdir())
    assert await store.marked() == []


async def test_file_that_is_put_appears_whole_or_not_at_all(folder: Path, tmp_path: Path) -> None:
    """Its length and hash come back; a source that cannot be read leaves nothing."""
    store, source = LocalStore(folder), tmp_path / "film.mp4"
    data = random.randbytes(3_000_000)
    source.write_bytes(data)
    assert await store.put(source, "film/0000.mp4") == Stored(len(data), hashlib.sha256(data).hexdigest())
    assert (folder / "film" / "0000.mp4").read_bytes() == data
    with pytest.raises(OSError):
        await store.put(tmp_path / "none.mp4", "film/0001.mp4")
    assert [path.name for path in (folder / "film").iterdir()] == ["0000.mp4"]
