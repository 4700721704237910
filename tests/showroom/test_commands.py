"""The short commands: accounts, stream keys, the settings in force, and help."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import load_settings
from showroom.data_folder import SEAL, SQLITE_FILE, seal_key
from showroom.effective import as_toml
from tests.showroom.server import environment

COMMANDS = (
    "serve", "demo", "check-config", "import", "add-account", "disable-account", "stream-key", "check-audit",
    "verify", "bench",
)
ADD_ORGANISER = ("add-account", "--role", "organiser", "--email", "o@fair.example", "--name", "O")


def run(environ: dict[str, str], *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run `showroom` with `words` to its end."""
    command = [sys.executable, "-m", "showroom", *words]
    return subprocess.run(
        command, env=environ, input=stdin, capture_output=True, text=True, timeout=60, check=False,
        start_new_session=True,  # without a terminal, wherever the tests run
    )


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """The environment of a server of its own."""
    return environment(tmp_path)


def test_help_names_every_command(environ: dict[str, str]) -> None:
    """`showroom --help` is the whole table of contents."""
    done = run(environ, "--help")
    assert done.returncode == 0
    assert all(command in done.stdout for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(environ: dict[str, str], command: str) -> None:
    """`--help` of a command ends well and says something."""
    done = run(environ, command, "--help")
    assert done.returncode == 0
    assert "usage:" in done.stdout


def test_wrong_word_is_answered_with_usage(environ: dict[str, str]) -> None:
    """Exit code 2, as for every mistake on the command line."""
    done = run(environ, "sell")
    assert done.returncode == 2
    assert "usage:" in done.stderr


def test_check_config_prints_what_is_in_force(environ: dict[str, str], tmp_path: Path) -> None:
    """What it prints is itself a file that is accepted."""
    done = run(environ | {"SHOWROOM_CALLS_RING_SECONDS": "5"}, "check-config")
    assert done.returncode == 0
    assert "ring_seconds = 5.0" in done.stdout
    file = tmp_path / "printed.toml"
    file.write_text(done.stdout)
    assert run({"PATH": os.defpath}, "check-config", "--config", str(file)).stdout == done.stdout


@pytest.mark.parametrize(
    ("variable", "text", "printed"),
    [
        ("SECRETS_KEY", "{}", 'key = "***"'),
        ("TURN_SECRET", "{}", 'secret = "***"'),
        ("STORAGE_SECRET_KEY", "{}", 'secret_key = "***"'),
        ("MAIL_PASSWORD", "{}", 'password = "***"'),
        ("REDIS_URL", "redis://:{}@cache/0", 'url = "redis://:***@cache/0"'),
        ("REDIS_URL", "redis://:a:{}@b@cache/0", 'url = "redis://:***@cache/0"'),
        ("REDIS_URL", "redis://cache/0?password={}", 'url = "redis://cache/0?password=***"'),
        ("REDIS_URL", "redis://h/0?username=a&password={}&db=1",
         'url = "redis://h/0?username=a&password=***&db=1"'),
        ("DATABASE_URL", "postgresql+asyncpg://fair:a/{}?b=c@db/fair",
         'url = "postgresql+asyncpg://fair:***@db/fair"'),
        ("DATABASE_URL", "postgresql+asyncpg://fair:{}@db/fair", 'url = "postgresql+asyncpg://fair:***@db/fair"'),
        ("DATABASE_URL", "postgresql+asyncpg:///fair?user=fair&password={}",
         'url = "postgresql+asyncpg:///fair?user=fair&password=***"'),
        ("SEAL_TIMESTAMP_URL", "https://fair:{}@tsa.example", 'timestamp_url = "https://fair:***@tsa.example"'),
    ],
)
def test_check_config_masks_secrets(variable: str, text: str, printed: str) -> None:
    """Keys and passwords are not printed, wherever in a URL they stand and whatever is in them."""
    secret = "hunter2" * 6
    said = as_toml(load_settings(None, {f"SHOWROOM_{variable}": text.format(secret)}))
    assert "hunter2" not in said
    assert printed in said.splitlines()


@pytest.mark.parametrize(
    ("variable", "text"),
    [("SHOWROOM_HTTP_PROT", "1"), ("SHOWROOM_HTTP_PORT", "x"), ("SHOWROOM_SECRETS_KEY", "short")],
)
@pytest.mark.parametrize("command", ["check-config", "serve", "demo"])
def test_bad_setting_is_refused_by_name(
    environ: dict[str, str], command: str, variable: str, text: str
) -> None:
    """Exit code 2, one line that names the culprit, no traceback."""
    done = run(environ | {variable: text}, command)
    assert done.returncode == 2
    name = variable.removeprefix("SHOWROOM_").replace("_", ".", 1).lower()
    assert variable in done.stderr or name in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_account_is_added_once(environ: dict[str, str]) -> None:
    """The second time says that there is one already, and the password is never repeated."""
    person = ("--role", "organiser", "--email", "Olga@fair.example", "--name", "Olga")
    words = ("add-account", *person, "--password-stdin")
    first = run(environ, *words, stdin="a long enough word\n")
    assert first.returncode == 0, first.stderr
    assert "olga@fair.example" in first.stdout.lower()
    second = run(environ, *words, stdin="a long enough word\n")
    assert second.returncode == 1
    assert "a long enough word" not in first.stdout + second.stderr


@pytest.mark.parametrize(
    ("role", "email", "room", "password", "named"),
    [
        ("organiser", "o@fair.example", "", "short", "password"),
        ("organiser", "nobody", "", "a long enough word", "e-mail"),
        ("staff", "o@fair.example", "", "a long enough word", "room"),
        ("staff", "o@fair.example", "no-such", "a long enough word", "room"),
    ],
)
def test_account_that_cannot_be_is_refused(
    environ: dict[str, str], role: str, email: str, room: str, password: str, named: str
) -> None:
    """One sentence that says what to change."""
    words = ("--role", role, "--email", email, "--room", room, "--name", "Olga", "--password-stdin")
    done = run(environ, "add-account", *words, stdin=f"{password}\n")
    assert done.returncode in (1, 2)
    assert named in done.stderr.lower()
    assert "Traceback" not in done.stderr


def test_password_is_not_asked_for_where_nobody_can_type_it(environ: dict[str, str]) -> None:
    """As in a container or a script: the sentence names the option."""
    done = run(environ, *ADD_ORGANISER)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "--password-stdin" in done.stderr


def test_what_is_in_the_folder_is_not_for_others(environ: dict[str, str]) -> None:
    """Whoever made the folder, and whatever its own rights are."""
    folder = Path(environ["SHOWROOM_DATA_FOLDER"])
    folder.mkdir(mode=0o755, parents=True)
    assert run(environ, *ADD_ORGANISER, "--password-stdin", stdin="a long enough word\n").returncode == 0
    assert not [file for file in folder.iterdir() if file.stat().st_mode & 0o007]


@pytest.fixture
def fair(environ: dict[str, str]) -> Path:
    """The folder of a fair that has its first account, and its keys."""
    assert run(environ, *ADD_ORGANISER, "--password-stdin", stdin="a long enough word\n").returncode == 0
    folder = Path(environ["SHOWROOM_DATA_FOLDER"])
    seal_key(folder)
    return folder


def test_stream_key_of_no_room_is_refused(environ: dict[str, str], fair: Path) -> None:
    """A key for a room that does not exist would open nothing."""
    done = run(environ, "stream-key", "no-such-room")
    assert done.returncode == 1
    assert "no such room" in done.stderr
    assert not re.search(r"sk_", done.stdout)


@pytest.mark.parametrize(
    "words", [("check-audit",), ("stream-key", "oak"), ("disable-account", "o@fair.example")]
)
def test_errand_makes_no_fair_of_a_mistyped_folder(environ: dict[str, str], words: tuple[str, ...]) -> None:
    """An empty trail would be whole; the sentence says where it looked and what to set."""
    done = run(environ, *words)
    folder = Path(environ["SHOWROOM_DATA_FOLDER"])
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert str(folder / SQLITE_FILE) in done.stderr
    assert "SHOWROOM_DATA_FOLDER" in done.stderr
    assert not folder.exists()


def test_errand_makes_no_tables_and_no_seal(environ: dict[str, str], fair: Path) -> None:
    """Neither in an empty file, nor beside the database of a fair whose key lies elsewhere."""
    (fair / SEAL.name).unlink()
    done = run(environ, "check-audit")
    assert (done.returncode, done.stdout, (fair / SEAL.name).exists()) == (1, "", False)
    assert str(fair / SEAL.name) in done.stderr
    (fair / SQLITE_FILE).write_bytes(b"")
    done = run(environ, "check-audit")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no fair in" in done.stderr


def test_a_broken_audit_trail_is_reported(environ: dict[str, str], fair: Path, tmp_path: Path) -> None:
    """An empty one is whole; an entry that nobody sealed is named, and what is no receipt is refused."""
    whole = run(environ, "check-audit")
    assert (whole.returncode, whole.stdout) == (0, "the audit trail is whole: 0 entries\n")
    with sqlite3.connect(fair / SQLITE_FILE) as database:
        database.execute("INSERT INTO audit VALUES (1, 0, 'me', 'offer.signed', 'offer:x', '{}', 'y', 'z')")
    broken = run(environ, "check-audit")
    assert (broken.returncode, broken.stdout) == (1, "")
    assert "entry 1: changed" in broken.stderr
    (tmp_path / "thread.json").write_text('{"audit": {"sequence": 1, "hash": "z", "seal": "s"}}')
    assert run(environ, "check-audit", "--receipt", str(tmp_path / "thread.json")).returncode == 2
    assert run(environ, "check-audit", "--receipt", str(tmp_path / "none.json")).returncode == 2
    (tmp_path / "deep.json").write_text("[" * 5000 + "]" * 5000)
    assert run(environ, "check-audit", "--receipt", str(tmp_path / "deep.json")).returncode == 2
