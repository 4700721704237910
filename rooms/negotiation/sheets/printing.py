"""Prints an order of intent: one A4 document in both parties' languages, with the same terms as data in it.

The same sheet, fonts and versions of the libraries give the same bytes: nothing here asks for the time.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from rooms.negotiation.sheets import facts, words
from rooms.negotiation.sheets.canonical import canonical
from rooms.negotiation.sheets.copied_text import spell_glyphs
from rooms.negotiation.sheets.facts import SIDES, Document, Fair, Signature

ATTACHMENT = "order-of-intent.json"
EXPORT_FORMAT = "showroom-signed-order/1"
VARIANT = "pdf/a-3u"
"""For archives, with files in it, and its text as Unicode (ISO 19005-3)."""
FUNCTIONS = (
    facts.typed, facts.direction, facts.isolated, facts.ltr, facts.number, facts.amount, facts.money,
    facts.delivery, facts.moment, facts.show_time, facts.country, facts.currency, facts.grouped,
    facts.key_print,
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document with its signatures, and the languages it is printed in: the first decides the direction."""

    document: Document
    signatures: tuple[Signature, ...]
    languages: tuple[str, str]
    fair: Fair

    @property
    def sha256(self) -> str:
        """What both sides signed."""
        return hashlib.sha256(canonical(self.document)).hexdigest()

    @property
    def made_at_ms(self) -> int:
        """When the sheet came to be: with its last signature."""
        moments = [self.document["written_at_ms"], *(it["signed_at_ms"] for it in self.signatures)]
        return int(max(moments))


def export(sheet: Sheet) -> bytes:
    """Return the document, its signatures and the fair's key as canonical JSON, for programs."""
    return canonical({
        "format": EXPORT_FORMAT, "document": sheet.document, "signatures": list(sheet.signatures),
        "public_key": sheet.fair.public_key,
    })  # fmt: skip


def sheet_pdf(sheet: Sheet, said: words.Words) -> bytes:
    """Return the sheet as PDF/A-3 without a seal; needs about a second, so never on the event loop.

    `said` has the words in both languages. Needs the fonts of `fonts.py`.
    """
    from weasyprint import Attachment

    made = _time(sheet.made_at_ms)
    data = export(sheet)
    attachment = Attachment(
        string=data, name=ATTACHMENT, description="The same terms and signatures as data", created=made,
        modified=made, relationship="Data",
    )
    return to_pdf(_html(sheet, said), hashlib.sha256(data).digest()[:16], attachment)


def to_pdf(html: str, identifier: bytes, *attachments: Any) -> bytes:
    """Return a page in the design of the sheets as PDF/A-3; `identifier` are sixteen bytes."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    fonts = FontConfiguration()
    pdf: bytes = HTML(string=html, url_fetcher=_fetch_nothing, base_url=None).write_pdf(
        stylesheets=[CSS(string=_text("sheet.css"), font_config=fonts)], font_config=fonts,
        attachments=list(attachments) or None, pdf_variant=VARIANT, pdf_tags=True,
        pdf_identifier=identifier, finisher=_finish,
    )
    return pdf


def _finish(document: Any, pdf: Any) -> None:
    """Mend what WeasyPrint says twice or not at all: it names each associated file twice."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])
    spell_glyphs(document, pdf)


def _html(sheet: Sheet, said: words.Words) -> str:
    first, second = sheet.languages
    languages = dict.fromkeys(sheet.languages)
    document = {**sheet.document, "lines": [_Line(**line) for line in _lines(sheet.document)]}
    html: str = template("sheet.html").render(
        document=document, fair=sheet.fair, words=said, first=first,
        second=second if second != first else "",
        dir_of={it: "rtl" if it in words.RIGHT_TO_LEFT else "ltr" for it in languages},
        signed=[(side, facts.signature_of(sheet.signatures, side)) for side in SIDES],
        sha256=sheet.sha256, made=stamp(sheet.made_at_ms),
        replay=facts.replay_url(sheet.fair, sheet.document),
    )
    return html


def _lines(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = _Line.__dataclass_fields__
    return [{name: line[name] for name in names} for line in document["lines"]]


@dataclass(frozen=True, slots=True)
class _Line:
    title: str
    quantity: str
    unit: str
    price: str
    breaks: list[dict[str, str]]
    amount: str


@cache
def template(name: str) -> Any:
    """Return a page to fill in, with the functions that turn facts into texts."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        loader=FunctionLoader(_text),
    )
    environment.globals |= {function.__name__: function for function in FUNCTIONS}
    sentences = ("TITLE", "WHAT_IT_IS", "HOW_TO_CHECK", "A_COPY")
    environment.globals |= {name: getattr(words, name) for name in sentences}
    return environment.get_template(name)


def stamp(milliseconds: int) -> str:
    """Return a time as PDF's metadata has it."""
    return _time(milliseconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(name: str) -> str:
    return resources.files("rooms.negotiation.sheets").joinpath(name).read_text("utf-8")


def _time(milliseconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)


def _fetch_nothing(url: str, *_more: Any, **_names: Any) -> Any:
    """Refuse every address: a sheet is made of what it is given."""
    raise ValueError(f"a sheet loads nothing, and not {url}")
