"""The compiled packet path: it runs where its sources are the ones that stand here, and nowhere else."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from media.precompiled import BUILT, FOLDER, MODULES

ROOT = FOLDER.parent
SAME_TESTS = ("test_relay.py", "test_loss.py", "test_packets.py")


def python(*arguments: str, folder: Path, **environment: str) -> str:
    """Run another interpreter there and return what it prints; raises when it fails."""
    ran = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env={**os.environ, **environment}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )
    assert ran.returncode == 0, ran.stdout
    return ran.stdout.strip()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a folder with this package, compiled part included."""
    shutil.copytree(FOLDER, tmp_path / "media", ignore=shutil.ignore_patterns("native", "__pycache__"))
    return tmp_path


def found(folder: Path, **environment: str) -> Path:
    """Return where the code of RTP comes from when it is imported there."""
    return Path(python("-c", "import media.rtp; print(media.rtp.__file__)", folder=folder, **environment))


@pytest.mark.parametrize("name", MODULES)
def test_the_packet_path_runs_compiled(name: str) -> None:
    module = importlib.import_module(f"media.{name}")
    assert Path(module.__file__ or "").parent == BUILT / "media"


@pytest.mark.parametrize("changed", ["rtp.py", "codecs.py", "endpoint.py"])
def test_a_changed_source_runs_as_it_stands(copy: Path, changed: str) -> None:
    """Also when another than the imported one has changed: they are compiled into each other."""
    assert found(copy) == copy / "media" / "built" / "media" / found(ROOT).name
    with (copy / "media" / changed).open("a") as source:
        source.write("\n")
    assert found(copy) == copy / "media" / "rtp.py"


def test_what_was_built_for_another_python_is_left_alone(copy: Path) -> None:
    for module in (copy / "media" / "built").rglob("*.so"):
        module.rename(module.with_suffix(".other"))
    assert found(copy) == copy / "media" / "rtp.py"


def test_it_can_be_left_out(copy: Path) -> None:
    assert found(copy, WITHOUT_COMPILED="1") == copy / "media" / "rtp.py"


def test_without_it_all_is_the_same() -> None:
    """The relay's tests again, in Python alone."""
    tests = [f"tests/media/{name}" for name in SAME_TESTS]
    said = python("-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, folder=ROOT, WITHOUT_COMPILED="1")
    assert " passed" in said.splitlines()[-1]
