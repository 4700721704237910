"""`showroom import`: a catalogue is taken whole or not at all, says what it did, and can come again."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from config.errors import Conflict, Invalid
from config.settings import load_settings
from rooms.fair.pictures import FOLDER, name_of
from showroom.data_folder import SEAL, SQLITE_FILE
from showroom.importing import import_catalogue
from tests.contracts.source import ROOT
from tests.rooms.test_call_files import PNG
from tests.showroom.server import environment
from tests.showroom.test_commands import run

EXAMPLE = ROOT / "config" / "deploy" / "catalogue.toml"
SHELF = '''
[[halls]]
number = 1
title = "Light"
[[companies]]
room = "north-lamps"
name = "North Lamps"
country = "DK"
hall = 1
languages = ["en"]
picture = "stand.png"
[[companies.products]]
slug = "harbour"
title = "Harbour pendant"
price = "118.00"
currency = "EUR"
'''


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path)


def facts(environ: dict[str, str], query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(Path(environ["SHOWROOM_DATA_FOLDER"]) / SQLITE_FILE) as database:
        return database.execute(query).fetchall()


async def imported(environ: dict[str, str], folder: Path, text: str, *, only_check: bool = False) -> str:
    """Return what is said of a file with this text, from the first colon on."""
    (folder / "fair.toml").write_text(text)
    (folder / "stand.png").write_bytes(PNG)
    done = import_catalogue(load_settings(environ=environ), folder / "fair.toml", only_check=only_check)
    return (await done).partition(": ")[2]


def test_the_example_is_imported_and_staff_can_be_added(environ: dict[str, str]) -> None:
    checked = run(environ, "import", str(EXAMPLE), "--check")
    assert "can be imported: added: 1 hall, 2 companies, 2 products;" in checked.stdout
    assert facts(environ, "SELECT * FROM companies") == []
    first = run(environ, "import", str(EXAMPLE))
    assert "added: 1 hall, 2 companies, 2 products; changed: nothing" in first.stdout
    again = run(environ, "import", str(EXAMPLE))
    assert "added: nothing; changed: nothing; as before: 1 hall, 2 companies, 2 products" in again.stdout
    person = ("--role", "staff", "--room", "north-lamps", "--email", "a@lamps.example", "--name", "Ada")
    assert run(environ, "add-account", *person, "--password-stdin", stdin="a long word\n").returncode == 0


async def test_what_a_file_does_not_speak_of_stays(environ: dict[str, str], tmp_path: Path) -> None:
    await imported(environ, tmp_path, SHELF)
    short = SHELF.partition("languages")[0].replace("North Lamps", "Nordlamper")
    assert await imported(environ, tmp_path, short) == "added: nothing; changed: 1 company; as before: 1 hall"
    ((name, languages, portrait),) = facts(environ, "SELECT name, languages, portrait FROM companies")
    assert (name, languages, portrait) == ("Nordlamper", "en", name_of(PNG))
    folder = load_settings(environ=environ).data.folder
    assert (folder / FOLDER / name_of(PNG)).read_bytes() == PNG
    out = SHELF + "taken_out = true\n"
    said = await imported(environ, tmp_path, out, only_check=True)
    assert said.startswith("added: nothing; changed: 1 company, 1 product")
    assert await imported(environ, tmp_path, out) == said
    assert (await imported(environ, tmp_path, out)).startswith("added: nothing; changed: nothing")
    assert facts(environ, "SELECT id, taken_out_at IS NULL FROM products") == [("north-lamps.harbour", 0)]


async def test_a_company_leaves_by_a_file_and_comes_back_and_the_trail_says_so(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """What a file does not speak of is not touched by it: who left stays away."""
    await imported(environ, tmp_path, SHELF)
    out, left = "has_left = true\n", "SELECT left_at IS NOT NULL FROM companies"
    short = SHELF.partition("[[companies.products]]")[0]
    said = await imported(environ, tmp_path, short + out, only_check=True)
    assert said == "added: nothing; changed: 1 company; as before: 1 hall"
    assert facts(environ, left) == [(0,)]
    assert await imported(environ, tmp_path, short + out) == said
    assert facts(environ, left) == [(1,)]
    for again in (short + out, SHELF):
        assert (await imported(environ, tmp_path, again)).startswith("added: nothing; changed: nothing")
        assert facts(environ, left) == [(1,)]
    await imported(environ, tmp_path, short + "has_left = false\n")
    assert facts(environ, left) == [(0,)]
    told = facts(environ, "SELECT actor, action, subject FROM audit ORDER BY sequence")
    assert told == [("import", f"exhibitor.{how}", "room:north-lamps") for how in ("left", "returned")]
    assert "the audit trail is whole: 2 entries" in run(environ, "check-audit").stdout


async def test_who_has_another_key_than_the_fair_takes_nobody_out(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """The trail would be sealed with it, and be broken for everybody else."""
    short = SHELF.partition("[[companies.products]]")[0]
    await imported(environ, tmp_path, short + "has_left = true\n")
    folder = Path(environ["SHOWROOM_DATA_FOLDER"])
    key = (folder / SEAL.name).rename(tmp_path / "kept")
    with pytest.raises(Conflict, match="not the key that seals the audit trail"):
        await imported(environ, tmp_path, short + "has_left = false\n")
    await imported(environ, tmp_path, SHELF)
    key.replace(folder / SEAL.name)
    assert "1 entries" in run(environ, "check-audit").stdout


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ('hall = 1', 'hall = 7', "line 5 (north-lamps)", "no hall 7"),
        ('hall = 1', 'hal = 1', "line 5 (north-lamps)", "no `hal` in a company"),
        ('"DK"', '"Denmark"', "line 5 (north-lamps)", "two capital letters"),
        ('["en"]', '"en"', "line 5 (north-lamps)", "languages: It is a list"),
        ('"stand.png"', '"none.png"', "line 5 (north-lamps)", "picture: "),
        ('"118.00"', '"dear"', "line 12 (harbour)", "price: It is a number"),
        ('hall = 1', 'hall = 1\nhas_left = "yes"', "line 5 (north-lamps)", "has_left: It is true or false"),
        ('"EUR"', '"Euro"', "line 12 (harbour)", "three capital letters"),
        ('slug = "harbour"\n', '', "line 12 ()", "needs a slug"),
        ('number = 1\n', '', "line 2", "needs a number"),
        ('[[halls]]', '[[rooms]]', "the file", "no `rooms` in the file"),
        ('"Light"', '"Light', "fair.toml", "cannot be read"),
    ],
)  # fmt: skip
async def test_what_cannot_be_is_named_with_its_place(
    environ: dict[str, str], tmp_path: Path, old: str, new: str, place: str, said: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        await imported(environ, tmp_path, SHELF.replace(old, new, 1))
    assert any(place in line and said in line for line in refusal.value.message.splitlines())
    if "cannot be read" not in said:
        assert facts(environ, "SELECT * FROM halls") == []


def test_all_faults_are_named_at_once(environ: dict[str, str], tmp_path: Path) -> None:
    wrong = SHELF.replace('"DK"', '"Denmark"').replace('"118.00"', "-3").replace("stand.png", "none.png")
    twice = wrong + '[[companies.products]]\nslug = "harbour"\ntitle = "Again"\n'
    (tmp_path / "fair.toml").write_text(twice)
    done = run(environ, "import", str(tmp_path / "fair.toml"))
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 3), done.stderr
