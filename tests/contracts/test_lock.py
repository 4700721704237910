"""The lock has all that is asked for at each Python the program runs on, not only where it was made."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.contracts.source import ROOT

LOCKED = {
    canonicalize_name(name)
    for name in re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.M)
}
PYTHONS = ("3.11.0", "3.11.2", "3.11.14", "3.12.3", "3.13.5")
"""That of Debian 12 is 3.11.2: with it the packages of a fair could not be installed as the guide says."""


@pytest.mark.parametrize("python", PYTHONS)
def test_nothing_is_missing_at_another_python(python: str) -> None:
    assert len(LOCKED) > 40
    there = default_environment() | {
        "python_full_version": python, "python_version": python.rpartition(".")[0], "extra": "",
    }
    missing = {
        f"{name} needs {wanted}"
        for name in LOCKED
        for wanted in _asked_by(name)
        if wanted.marker is None or wanted.marker.evaluate(there)  # type: ignore[arg-type]  # a TypedDict and a dict
        if canonicalize_name(wanted.name) not in LOCKED
    }
    assert missing == set()


def _asked_by(name: str) -> list[Requirement]:
    """Return what a package asks for; nothing for one that this Python does not need and does not have."""
    try:
        return [Requirement(text) for text in distribution(name).requires or ()]
    except PackageNotFoundError:
        return []
