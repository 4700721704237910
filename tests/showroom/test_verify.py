"""`showroom verify`: plain words, and an exit code that a script can trust."""

from __future__ import annotations

from pathlib import Path

import pytest

from rooms.negotiation.sheets.printing import export
from tests.rooms.sheets.signed import SealingFair, document, new_fair
from tests.showroom.server import environment
from tests.showroom.test_commands import run


@pytest.fixture(scope="module")
def fair() -> SealingFair:
    """A fair with its keys."""
    return new_fair()


@pytest.fixture
def order(fair: SealingFair, tmp_path: Path) -> Path:
    """A signed order as JSON, beside the certificate of its fair."""
    (tmp_path / "fair.pem").write_bytes(fair.certificate.pem(fair.seal.public_key))
    (tmp_path / "order.json").write_bytes(export(fair.signed(document())))
    return tmp_path / "order.json"


def test_genuine_order_is_called_genuine(order: Path) -> None:
    """Who signed, when, and what it is not; the data folder of a fair is not needed, and none is made."""
    certificate = str(order.parent / "fair.pem")
    done = run(environment(order.parent), "verify", str(order), "--certificate", certificate)
    assert done.returncode == 0, done.stdout
    assert "order.json is genuine: both parties signed it and nothing was changed." in done.stdout
    assert "not a qualified electronic signature" in done.stdout
    assert "王芳 of 宁波宏达厨具有限公司 signed on 2026-11-25 17:01:00 UTC" in done.stdout
    assert not (order.parent / "data").exists()


def test_without_a_certificate_the_question_is_left_open(order: Path) -> None:
    """Nothing is wrong, and the words say what was not looked at."""
    done = run(environment(order.parent), "verify", str(order))
    assert done.returncode == 0
    assert "whose seal it bears is for you to check" in done.stdout


def test_changed_order_is_refused_in_plain_words(order: Path) -> None:
    """Exit code 1, what is wrong, and no traceback."""
    order.write_bytes(order.read_bytes().replace(b"12500.00", b"11500.00"))
    done = run(environment(order.parent), "verify", str(order))
    assert done.returncode == 1
    assert "NO  The buyer's signature is of other terms" in done.stdout
    assert "Do not rely on it." in done.stdout
    assert done.stderr == ""


def test_damaged_pdf_is_refused_without_a_traceback(order: Path) -> None:
    """What a library says about it is for nobody's eyes."""
    (order.parent / "order.pdf").write_bytes(b"%PDF-1.7\n" + b"\x00" * 2000)
    done = run(environment(order.parent), "verify", str(order.parent / "order.pdf"))
    assert (done.returncode, done.stderr) == (1, "")
    assert "cannot be read as the fair's PDF" in done.stdout


def test_order_nested_without_end_is_refused_without_a_traceback(order: Path) -> None:
    """Somebody wrote it to see what happens."""
    order.write_bytes(b'{"document":' + b"[" * 600 + b"]" * 600 + b"}")
    done = run(environment(order.parent), "verify", str(order))
    assert (done.returncode, done.stderr) == (1, "")
    assert "The data cannot be read." in done.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("none.pdf",), "cannot read none.pdf: No such file or directory"),
        (("order.json", "--certificate", "none.pem"), "cannot read none.pem"),
        (("order.json", "--certificate", "order.json"), "order.json is not the certificate of a fair"),
    ],
)
def test_file_that_cannot_be_read_is_a_misuse(
    order: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    """Exit code 2: nothing was found out about the order."""
    root = str(Path.cwd())
    monkeypatch.chdir(order.parent)
    done = run({**environment(order.parent), "PYTHONPATH": root}, "verify", *words)
    assert done.returncode == 2
    assert says in done.stderr
