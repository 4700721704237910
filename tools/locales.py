"""Refreshes the catalogues under web/locale from the sources: `python tools/locales.py`.

Two domains: `messages` is what Python and templates say, `scripts` what the browser's modules say. The
sentences of refusals (`raise Conflict("…")`) belong to both, because a page and a socket may show them;
those of the media, which only programs read, stay English.
A sentence that is new stands there untranslated until somebody writes it; a test counts those.
"""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment

ROOT = Path(__file__).parents[1]
LOCALES = ROOT / "web" / "locale"
DOMAINS = ("messages", "scripts")
TRANSLATED = ("zh", "ar")
SPOKEN_OUTSIDE = (ROOT / "rooms" / "negotiation" / "sheets" / "words.py",)
"""What the fair says to people where no web page is: on paper."""
MADE = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
"""The date in every catalogue; a date that moves with each run would hide what really changed."""

PLURAL_FORMS = {
    "zh": "nplurals=1; plural=0;",
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
    "n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
}
"""The forms in the order of `web.i18n.PLURAL_CATEGORIES`; Babel's own order for Arabic is another."""

SPOKEN = frozenset({"gettext", "mark", "_"})
REFUSALS = frozenset({"Invalid", "Denied", "Missing", "Conflict", "Busy"})
ON_THE_WIRE = "Refusal"
SENTENCES = frozenset({"message", "SENTENCES"})
"""Names that hold the sentence of a refusal where it does not fit on the line of the `raise`, or a table."""

_TEXT = r'"(?:[^"\\\n]|\\.)*"'
_TEXTS = rf"{_TEXT}(?:\s*\+\s*{_TEXT})*"
_IN_SCRIPT = re.compile(
    rf"(?<![\w.$])(?:_\(\s*(?P<text>{_TEXTS})|plural\(\s*(?P<one>{_TEXTS})\s*,\s*(?P<many>{_TEXTS}))"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence in the sources: its text, or the two English forms of a plural, and its file."""

    id: str | tuple[str, str]
    file: str


def sentences(domain: str) -> list[Found]:
    """Return every sentence of a domain, in the order of the files."""
    own = _of_python_and_templates() if domain == "messages" else _of_scripts()
    return [*own, *_of_refusals()]


def refresh() -> None:
    """Write the catalogues anew; translations of sentences that still exist stay."""
    for domain in DOMAINS:
        template = _template(domain)
        for language in TRANSLATED:
            catalog = catalogue(language, domain)
            catalog.update(template, no_fuzzy_matching=True)
            catalog.obsolete.clear()
            keep(catalog, catalogue_path(language, domain))


def catalogue(language: str, domain: str) -> Catalog:
    """Return a catalogue as it stands, or an empty one."""
    path = catalogue_path(language, domain)
    if not path.exists():
        catalog = Catalog(language, domain, project="Showroom", version="1", creation_date=MADE, fuzzy=False)
        catalog.mime_headers = [("Plural-Forms", PLURAL_FORMS[language])]
        return catalog
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=domain)


def keep(catalog: Catalog, path: Path) -> None:
    """Write a catalogue, sorted, so that a change shows only what changed."""
    catalog.header_comment = (
        f"# {catalog.locale.english_name if catalog.locale else ''}: {catalog.domain} of Showroom."
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=110, sort_output=True, include_lineno=False)


def catalogue_path(language: str, domain: str) -> Path:
    """Return where a catalogue stands."""
    return LOCALES / language / "LC_MESSAGES" / f"{domain}.po"


def _template(domain: str) -> Catalog:
    template = Catalog(domain=domain, project="Showroom", creation_date=MADE, fuzzy=False)
    for found in sentences(domain):
        template.add(found.id, locations=[(found.file, 0)])
    return template


def _of_python_and_templates() -> Iterator[Found]:
    for path in (*sorted((ROOT / "web").rglob("*.py")), *SPOKEN_OUTSIDE):
        yield from _spoken_in(path)
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for path in sorted((ROOT / "web" / "templates").rglob("*.html")):
        text = path.read_text("utf-8")
        for _line, function, said in environment.extract_translations(text):  # type: ignore[attr-defined]  # by the extension
            yield Found(_id(function, said), _name(path))


def _of_scripts() -> Iterator[Found]:
    for path in sorted((ROOT / "web" / "static" / "js").rglob("*.js")):
        for found in _IN_SCRIPT.finditer(path.read_text("utf-8")):
            if found["text"] is not None:
                yield Found(_script_text(found["text"]), _name(path))
            else:
                yield Found((_script_text(found["one"]), _script_text(found["many"])), _name(path))


def _of_refusals() -> Iterator[Found]:
    for folder in ("rooms", "signaling", "web"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                for text in filter(None, _refusal_texts(node)):
                    yield Found(text, _name(path))


def _spoken_in(path: Path) -> Iterator[Found]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [_constant(argument) for argument in node.args[:2]]
        if node.func.id in SPOKEN and texts and texts[0]:
            yield Found(texts[0], _name(path))
        elif node.func.id == "ngettext" and len(texts) == 2 and texts[0] and texts[1]:
            yield Found((texts[0], texts[1]), _name(path))


def _refusal_texts(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        said = node.args[:1] if node.func.id in REFUSALS else []
        said = _messages(node) if node.func.id == ON_THE_WIRE else said
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        said = _values(node.value) if node.targets[0].id in SENTENCES else []
    else:
        said = []
    return [_constant(text) for text in said]


def _messages(node: ast.Call) -> list[ast.expr]:
    return [named.value for named in node.keywords if named.arg == "message"]


def _values(node: ast.expr) -> list[ast.expr]:
    return node.values if isinstance(node, ast.Dict) else [node]


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _id(function: str, said: str | tuple[str | None, ...]) -> str | tuple[str, str]:
    if isinstance(said, str):
        return said
    return (str(said[0]), str(said[1])) if function == "ngettext" else str(said[0])


def _script_text(literal: str) -> str:
    return "".join(str(ast.literal_eval(text)) for text in re.findall(_TEXT, literal))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


if __name__ == "__main__":
    refresh()
