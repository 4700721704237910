"""Languages: which one a visitor reads, and the words in it.

Catalogues are PO files, read once at start. Python and templates share the domain `messages`; what
scripts say is the domain `scripts`, handed to every page as JSON. A request carries its language in a
context variable, so that rules, pages and templates simply call `gettext`.
"""

from __future__ import annotations

import gettext as gnu
import io
from contextvars import ContextVar
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from config.errors import FairError, filled

LANGUAGES = {"en": "English", "zh": "中文", "ar": "العربية"}
"""The languages of the fair, each with its own name for itself."""

RIGHT_TO_LEFT = frozenset({"ar"})

PLURAL_CATEGORIES = {
    "en": ("one", "other"),
    "zh": ("other",),
    "ar": ("zero", "one", "two", "few", "many", "other"),
}
"""The plural category of each gettext form, as the browser's `Intl.PluralRules` names it."""

Script = dict[str, str | dict[str, str]]
"""What scripts say: the English text to its translation, or to its plural forms by category."""

_FOLDER = Path(__file__).parent / "locale"
_language: ContextVar[str] = ContextVar("language", default="en")
_words: ContextVar[gnu.NullTranslations | None] = ContextVar("words", default=None)


class Catalogues:
    """The words of all languages."""

    def __init__(self, default: str, folder: Path = _FOLDER) -> None:
        self.default = default
        self._words = {language: _words_in(folder, language) for language in LANGUAGES}
        self._scripts = {language: _script_in(folder, language) for language in LANGUAGES}

    def choose(self, cookie: str | None, accept: str) -> str:
        """Return the language for a visitor: the one chosen before, else the browser's, else the fair's."""
        if cookie in LANGUAGES:
            return cookie
        for wanted in _by_preference(accept):
            if wanted in LANGUAGES:
                return wanted
        return self.default

    def speak(self, language: str) -> None:
        """Let everything that runs in this request from now on speak `language`."""
        _language.set(language)
        _words.set(self._words[language])

    def say(self, language: str, text: str) -> str:
        """Return `text` in `language`, for what is not an answer to one visitor."""
        return self._words[language].gettext(text)

    def script(self, language: str) -> Script:
        """Return what scripts say in `language`."""
        return self._scripts[language]


def current_language() -> str:
    """Return the language of this request."""
    return _language.get()


def current_locale() -> Locale:
    """Return the language of this request as Babel knows it, for numbers, dates and money."""
    return Locale.parse(_language.get())


def direction(language: str) -> str:
    """Return the writing direction, `ltr` or `rtl`."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def gettext(text: str) -> str:
    """Return `text` in the language of this request."""
    words = _words.get()
    return words.gettext(text) if words and text else text


def said(error: FairError) -> str:
    """Return the sentence of a refusal in the language of this request, its fields in place."""
    return filled(gettext(error.sentence), error.fields)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form for `count` in the language of this request."""
    words = _words.get()
    return words.ngettext(one, many, count) if words else (one if count == 1 else many)


def mark(text: str) -> str:
    """Return `text` as it is: marks a sentence for translation where it is written down, not spoken."""
    return text


def _by_preference(accept: str) -> list[str]:
    wanted = []
    for part in accept[:200].split(","):
        tag, _, parameter = part.strip().partition(";")
        wanted.append((_quality(parameter), tag.strip().lower().partition("-")[0]))
    return [tag for quality, tag in sorted(wanted, key=lambda pair: -pair[0]) if quality > 0]


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0


def _read(folder: Path, language: str, domain: str) -> Catalog | None:
    path = folder / language / "LC_MESSAGES" / f"{domain}.po"
    if not path.exists():
        return None
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _words_in(folder: Path, language: str) -> gnu.NullTranslations:
    catalog = _read(folder, language, "messages")
    if catalog is None:
        return gnu.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gnu.GNUTranslations(compiled)


def _script_in(folder: Path, language: str) -> Script:
    script: Script = {}
    for message in _read(folder, language, "scripts") or ():
        if not message.id or not message.string or message.fuzzy:
            continue
        if isinstance(message.id, str):
            script[message.id] = str(message.string)
        else:
            forms = zip(PLURAL_CATEGORIES[language], message.string, strict=False)
            script[str(message.id[0])] = dict(forms)
    return script
