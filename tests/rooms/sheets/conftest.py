"""A fair that seals, made once, and the fonts of its sheets."""

from __future__ import annotations

import pytest

from rooms.negotiation.sheets.press_child import use_our_fonts
from tests.rooms.sheets.signed import SealingFair, document, new_fair


@pytest.fixture(scope="session", autouse=True)
def our_fonts(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let pages that are printed in this process have our fonts alone, as those of the press have."""
    use_our_fonts(tmp_path_factory.mktemp("fonts"))


@pytest.fixture(scope="session")
def fair() -> SealingFair:
    """A fair with its keys."""
    return new_fair()


@pytest.fixture(scope="session")
def sealed(fair: SealingFair) -> bytes:
    """The PDF of an order that both have signed."""
    return fair.pdf(fair.signed(document()))
