"""The countries that can be chosen, by their codes and by their names in the reader's language."""

from __future__ import annotations

from web.i18n import current_locale

FIRST_COUNTRIES = ("CN", "AE", "SA", "DE", "US")
NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Two-letter codes of the list that are groups of countries or none at all."""


def countries() -> list[tuple[str, str]]:
    """Return codes and names, those first that most come from, the others by name."""
    names = {code: str(name) for code, name in current_locale().territories.items() if _is_country(str(code))}
    rest = sorted(names.keys() - FIRST_COUNTRIES, key=lambda code: names[code])
    return [(code, names[code]) for code in (*FIRST_COUNTRIES, *rest)]


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES
