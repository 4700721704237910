"""What the browser runs that is not ours is what the manifest says."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "web" / "static"
MANIFEST = json.loads((STATIC / "vendor" / "manifest.json").read_text("utf-8"))
PINNED = json.loads((ROOT / "package.json").read_text("utf-8"))["devDependencies"]


def test_every_vendored_file_has_the_digest_of_the_manifest() -> None:
    for entry in MANIFEST:
        assert hashlib.sha256((STATIC / entry["file"]).read_bytes()).hexdigest() == entry["sha256"], entry[
            "file"
        ]


def test_every_library_has_a_free_licence_and_its_text() -> None:
    for entry in MANIFEST:
        assert entry["licence"] in {"MIT", "ISC", "BSD-3-Clause", "Apache-2.0"}
        assert (STATIC / "vendor" / "licences" / f"{entry['package']}.txt").read_text("utf-8").strip()


def test_versions_are_the_pinned_ones() -> None:
    assert {entry["package"]: entry["version"] for entry in MANIFEST}.items() <= PINNED.items()


def test_no_script_is_vendored_without_being_listed() -> None:
    listed = {entry["file"] for entry in MANIFEST}
    found = {path.relative_to(STATIC).as_posix() for path in (STATIC / "vendor").glob("*.js")}
    assert found <= listed


def test_lock_file_names_no_server() -> None:
    assert "resolved" not in (ROOT / "package-lock.json").read_text("utf-8")
