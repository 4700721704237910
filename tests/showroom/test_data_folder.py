"""The data folder: its keys are made once and whole, and what cannot be used is said with its path."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from config.errors import Invalid, Missing
from config.settings import Settings, load_settings
from showroom import data_folder
from showroom.data_folder import LOCK_FILE, NODE, SEAL, SECRET, KeyFile


def settings_in(folder: Path, **more: str) -> Settings:
    return load_settings(None, {"SHOWROOM_DATA_FOLDER": str(folder), **more})


def use(folder: Path) -> tuple[str, bytes, str]:
    """Make all keys of the folder, or read them."""
    key = data_folder.prepare(settings_in(folder)).secrets.key
    return key, data_folder.seal_key(folder), data_folder.node_of(folder)


def test_keys_are_made_once_and_read_by_their_owner_only(tmp_path: Path) -> None:
    """No half-written file is left beside them."""
    made = use(tmp_path)
    assert use(tmp_path) == made
    assert {file.name for file in tmp_path.iterdir()} == {SECRET.name, SEAL.name, NODE.name}
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("kind", "content"),
    [*((kind, content) for kind in (SECRET, SEAL, NODE) for content in (b"", b"x", b"\xff" * 31)),
     (SEAL, b"ab" * 31), (SEAL, b"no" * 32)],
)
def test_a_key_that_is_not_whole_is_refused_with_its_path(
    tmp_path: Path, kind: KeyFile, content: bytes
) -> None:
    """As a power cut or an editor leaves it; another one is not made unasked."""
    use(tmp_path)
    (tmp_path / kind.name).write_bytes(content)
    with pytest.raises(Invalid, match=rf"{tmp_path / kind.name} is no whole key: put a copy of it back"):
        use(tmp_path)
    assert (tmp_path / kind.name).read_bytes() == content


def test_who_may_not_make_the_seal_is_told_that_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(Missing, match=str(tmp_path / SEAL.name)):
        data_folder.seal_key(tmp_path, may_make=False)
    assert not list(tmp_path.iterdir())
    made = data_folder.seal_key(tmp_path)
    assert data_folder.seal_key(tmp_path, may_make=False) == made


def test_what_cannot_be_written_is_said_with_its_path(tmp_path: Path) -> None:
    """Whether the folder cannot be, or the server may not write into it; with a key in the settings too."""
    (tmp_path / "file").touch()
    with pytest.raises(Invalid, match=rf"{tmp_path / 'file' / 'data'} cannot be used"):
        data_folder.prepare(settings_in(tmp_path / "file" / "data", SHOWROOM_SECRETS_KEY="k" * 32))
    (tmp_path / LOCK_FILE).mkdir()
    with pytest.raises(Invalid, match=rf"{tmp_path / LOCK_FILE} cannot be used"), data_folder.held(tmp_path):
        pass


def test_to_look_where_a_fair_lies_makes_nothing(tmp_path: Path) -> None:
    """Errands look before they touch."""
    found = data_folder.located(settings_in(tmp_path / "mistyped"))
    assert found.database.url == f"sqlite+aiosqlite:///{tmp_path}/mistyped/fair.sqlite3"
    assert not (tmp_path / "mistyped").exists()
