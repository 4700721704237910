"""What tests of the whole server ask for: a film to be shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.media.recording.stream import clip_file


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a small clip."""
    return clip_file(tmp_path_factory.mktemp("clip"))
