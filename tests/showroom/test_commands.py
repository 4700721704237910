"""The short commands: accounts, stream keys, the settings in force, and help."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from showroom.data_folder import SQLITE_FILE
from tests.showroom.server import environment

COMMANDS = (
    "serve", "demo", "check-config", "import", "add-account", "disable-account", "stream-key", "check-audit",
    "verify", "bench",
)


def run(environ: dict[str, str], *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run `showroom` with `words` to its end."""
    command = [sys.executable, "-m", "showroom", *words]
    return subprocess.run(
        command, env=environ, input=stdin, capture_output=True, text=True, timeout=60, check=False
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


def test_check_config_masks_secrets(environ: dict[str, str]) -> None:
    """Keys, and passwords inside URLs, are not printed."""
    secret = "hunter2" * 6
    done = run(
        environ | {
            "SHOWROOM_SECRETS_KEY": secret, "SHOWROOM_TURN_SECRET": secret,
            "SHOWROOM_REDIS_URL": f"redis://:{secret}@cache/0",
            "SHOWROOM_DATABASE_URL": f"postgresql+asyncpg://fair:{secret}@db/fair",
        },
        "check-config",
    )
    assert done.returncode == 0
    assert secret not in done.stdout
    assert 'url = "postgresql+asyncpg://fair:***@db/fair"' in done.stdout


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


def test_stream_key_of_no_room_is_refused(environ: dict[str, str]) -> None:
    """A key for a room that does not exist would open nothing."""
    done = run(environ, "stream-key", "no-such-room")
    assert done.returncode == 1
    assert "no such room" in done.stderr
    assert not re.search(r"sk_", done.stdout)


def test_a_broken_audit_trail_is_reported(environ: dict[str, str], tmp_path: Path) -> None:
    """An empty one is whole; an entry that nobody sealed is named, and what is no receipt is refused."""
    whole = run(environ, "check-audit")
    assert (whole.returncode, whole.stdout) == (0, "the audit trail is whole: 0 entries\n")
    with sqlite3.connect(Path(environ["SHOWROOM_DATA_FOLDER"]) / SQLITE_FILE) as database:
        database.execute("INSERT INTO audit VALUES (1, 0, 'me', 'offer.signed', 'offer:x', '{}', 'y', 'z')")
    broken = run(environ, "check-audit")
    assert (broken.returncode, broken.stdout) == (1, "")
    assert "entry 1: changed" in broken.stderr
    (tmp_path / "thread.json").write_text('{"audit": {"sequence": 1, "hash": "z", "seal": "s"}}')
    assert run(environ, "check-audit", "--receipt", str(tmp_path / "thread.json")).returncode == 2
    assert run(environ, "check-audit", "--receipt", str(tmp_path / "none.json")).returncode == 2
    (tmp_path / "deep.json").write_text("[" * 5000 + "]" * 5000)
    assert run(environ, "check-audit", "--receipt", str(tmp_path / "deep.json")).returncode == 2
