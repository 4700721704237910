"""The offline check: whatever was changed, taken out or added is told, and told rightly."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

from rooms.negotiation.sheets.canonical import canonical, parse
from rooms.negotiation.sheets.certificate import Trusted
from rooms.negotiation.sheets.checking import check
from rooms.negotiation.sheets.findings import Mark
from rooms.negotiation.sheets.printing import Sheet, export
from rooms.negotiation.sheets.sealing import signer_of
from tests.media.scale import scaled
from tests.rooms.sheets.signed import SealingFair, document, new_fair, printed

FLIPS, PDF_FLIPS = 200, scaled(40, 200)
"""A PDF is read in a third of a second, JSON in a thousandth."""
SEED = 31


@pytest.fixture(scope="module")
def other() -> SealingFair:
    """Another fair, with keys of its own."""
    return new_fair(b"o" * 32)


def test_genuine_files_hold(fair: SealingFair, sealed: bytes) -> None:
    """PDF and JSON: everything is so, and nothing is left to check."""
    for content in (sealed, export(fair.signed(document()))):
        report = check(content, fair.trusted)
        assert {it.mark for it in report.findings} == {Mark.TRUE}, report


def test_without_a_certificate_it_says_what_it_cannot_know(fair: SealingFair, sealed: bytes) -> None:
    """The file alone proves that nothing was changed, not who sealed it."""
    report = check(sealed, None)
    assert report.is_good
    assert report.unknown == {"certificate"}
    report = check(export(fair.signed(document())), None)
    assert report.is_good
    assert report.unknown == {"key"}


def test_each_flipped_bit_of_a_pdf_is_detected(fair: SealingFair, sealed: bytes) -> None:
    """Spread evenly over the whole file, and over the signature itself, which no signature covers."""
    rng = random.Random(SEED)
    hole = sealed.index(b"/Contents <") + len(b"/Contents <")
    spread = [len(sealed) * step // (PDF_FLIPS // 2) for step in range(PDF_FLIPS // 2)]
    inside = [hole + 2 * rng.randrange(1000) + rng.randrange(2) for _ in range(PDF_FLIPS // 2)]
    passed = [place for place in spread + inside if check(_flipped(sealed, place, rng), fair.trusted).is_good]
    assert passed == []


def test_each_flipped_bit_of_the_json_is_detected(fair: SealingFair) -> None:
    """Texts, amounts, hashes, seals, and what stands between them."""
    data, rng = export(fair.signed(document())), random.Random(SEED)
    places = [len(data) * step // FLIPS for step in range(FLIPS)]
    assert [it for it in places if check(_flipped(data, it, rng), fair.trusted).is_good] == []


def test_every_changed_field_is_detected(fair: SealingFair) -> None:
    """Each field of the terms and of the signatures, one after the other, in otherwise perfect JSON."""
    value = parse(export(fair.signed(document(30))))
    changed = list(_changes(value, value))
    assert len(changed) > FLIPS
    assert [path for path, other in changed if check(canonical(other), fair.trusted).is_good] == []


def test_missing_party_is_named(fair: SealingFair) -> None:
    """One signature makes no agreement, and a doubled one no second."""
    assert check(fair.pdf(fair.signed(document(), "seller")), fair.trusted).wrong == {"buyer.signed"}
    twice = fair.signed(document(), "seller", "seller")
    assert check(export(twice), fair.trusted).wrong == {"seller.signed", "buyer.signed"}


def test_terms_that_were_not_signed_are_told_from_those_that_were(fair: SealingFair) -> None:
    """The fair's own seal on the file does not make up for a signature of something else."""
    sheet = fair.signed(document())
    swapped = replace(sheet, document=document(total="1.00"))
    assert check(fair.pdf(swapped), fair.trusted).wrong == {"seller.hash", "buyer.hash"}


def test_seal_of_another_version_does_not_count(fair: SealingFair) -> None:
    """The same words in version 4 are another document."""
    sheet = replace(fair.signed(document()), document=document(version=4))
    assert check(export(sheet), fair.trusted).wrong == {
        "seller.hash", "buyer.hash", "seller.seal", "buyer.seal",
    }  # fmt: skip


def test_file_of_another_fair_is_whole_but_not_ours(fair: SealingFair, other: SealingFair) -> None:
    """A perfect forgery with other keys: only the certificate tells."""
    theirs = other.signed(document())
    assert check(other.pdf(theirs), None).is_good
    assert check(other.pdf(theirs), fair.trusted).wrong == {"certificate", "key"}
    assert check(export(theirs), fair.trusted).wrong == {"key"}


def test_seals_of_another_fair_in_our_file_are_told(fair: SealingFair, other: SealingFair) -> None:
    """Signatures that another fair took do not become ours by our key beside them."""
    theirs = replace(other.signed(document()), fair=fair.fair)
    assert check(fair.pdf(theirs), fair.trusted).wrong == {"seller.seal", "buyer.seal"}


def test_certificate_of_a_fair_without_its_key_leaves_the_json_open(fair: SealingFair) -> None:
    """A JSON file is vouched for by the key alone."""
    report = check(export(fair.signed(document())), Trusted(fair.trusted.certificates, frozenset()))
    assert report.is_good
    assert report.unknown == {"key"}


def test_swapped_attachment_is_detected(fair: SealingFair, sealed: bytes) -> None:
    """Other data in an update after the seal, made as any editor would make it."""
    other = export(fair.signed(document(total="1.00")))

    def swap(writer: IncrementalPdfFileWriter) -> None:
        stream = writer.root["/AF"][0]["/EF"].raw_get("/F")
        content = generic.StreamObject({generic.pdf_name("/Type"): generic.pdf_name("/EmbeddedFile")}, other)
        writer.root["/AF"][0]["/EF"][generic.pdf_name("/F")] = writer.add_object(content)
        writer.update_container(writer.root["/AF"][0]["/EF"])
        assert stream is not None

    assert "whole" in check(_edited(sealed, swap), fair.trusted).wrong


def test_update_that_changes_nothing_is_detected_too(fair: SealingFair, sealed: bytes) -> None:
    """A file to which something was added is not the file that the fair gave."""
    assert check(_edited(sealed, lambda writer: writer.update_root()), fair.trusted).wrong
    assert check(sealed + b"\n", fair.trusted).wrong == {"whole"}


def test_second_seal_is_not_accepted(fair: SealingFair, other: SealingFair) -> None:
    """Whose seal would it be? The fair's own seal lets no reader add one; these two let each other."""
    twice = printed(fair.signed(document()))
    for name, holder in (("FairSeal", fair), ("Second", other)):
        about = PdfSignatureMetadata(
            field_name=name, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
        )
        signer = PdfSigner(about, signer_of(holder.certificate))
        twice = signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(twice))).getvalue()
    assert check(twice, fair.trusted).wrong == {"pdf"}


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"{}", b"[]", b"null", b"%PDF", b"\x00" * 100, b"{"])
def test_file_of_another_kind_is_called_so(content: bytes) -> None:
    """No traceback, whatever it is."""
    assert check(content, None).wrong <= {"pdf", "data"}
    assert not check(content, None).is_good


@pytest.mark.parametrize("depth", [65, 400, 500, 900, 5000, 100_000])
@pytest.mark.parametrize(("opens", "closes"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_file_nested_without_end_cannot_be_read(opens: bytes, closes: bytes, depth: int) -> None:
    """However deep the reader's own stack is, there is one answer, in the words of a file that is none."""
    report = check(opens * depth + b"1" + closes * depth, None)
    (finding,) = report.findings
    assert (finding.code, report.is_good) == ("data", False)
    assert finding.sentence.startswith("The data cannot be read. ")


def test_sheet_without_a_seal_is_not_accepted(fair: SealingFair) -> None:
    """What the press printed becomes a sheet by the seal alone."""
    assert check(printed(fair.signed(document())), fair.trusted).wrong == {"pdf"}


def test_older_format_is_refused_and_not_guessed(fair: SealingFair) -> None:
    """What a form means is fixed by its name."""
    sheet: Sheet = fair.signed(document(format="showroom-order-of-intent/2"))
    assert check(export(sheet), fair.trusted).wrong == {"data"}


def _flipped(content: bytes, place: int, rng: random.Random) -> bytes:
    changed = bytearray(content)
    changed[place] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _edited(pdf: bytes, edit: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    edit(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _changes(value: Any, whole: Any, path: str = "") -> Any:
    """Yield the whole with one leaf after the other changed, and where."""
    if isinstance(value, dict | list):
        for name in list(value) if isinstance(value, dict) else range(len(value)):
            kept = value[name]
            yield from _changes(kept, whole, f"{path}/{name}")
            if not isinstance(kept, dict | list):
                value[name] = _other(kept)
                yield f"{path}/{name}", json.loads(json.dumps(whole))
                value[name] = kept


def _other(leaf: Any) -> Any:
    if isinstance(leaf, str):
        return leaf[:-1] + ("B" if leaf[-1:] == "A" else "A")
    return "something" if leaf is None else leaf + 1
