"""Pages: templates, what every template may use, and the data a page hands to its scripts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from copy import copy
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from babel import Locale, dates, numbers
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from rooms.fair.policy import Actor
from rooms.negotiation.offers.amounts import places_of
from web import keys
from web.assets import Assets
from web.i18n import LANGUAGES, current_language, current_locale, direction, gettext, ngettext
from web.identity import actor_of, csrf_token
from web.torn import SCRIPT

FOLDER = Path(__file__).parent / "templates"
LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"
_SIGN_BEHIND_LETTERS = re.compile(r"[A-Z]\W$")


class Pages:
    """The templates of the fair: everything escaped, every unknown name an error."""

    def __init__(self, assets: Assets, folder: Path = FOLDER) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        self._environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # put there by the extension
        self._environment.globals.update(asset=assets.url, icon=assets.icon, languages=LANGUAGES, torn=SCRIPT)
        self._environment.filters.update(
            initials=initials,
            isolated=isolated,
            number=number,
            money=money,
            moment=moment,
            date=date,
            iso=iso,
            duration=duration,
            clock=clock,
            appointment=appointment,
            remind_url=remind_url,
            country=country,
            tongue=tongue,
        )

    def text(self, template: str, values: Mapping[str, Any]) -> str:
        """Return a template filled in with `values`."""
        return self._environment.get_template(template).render(values)


async def render(
    request: web.Request,
    template: str,
    *,
    status: int = 200,
    data: Mapping[str, Any] | None = None,
    **values: Any,
) -> web.Response:
    """Return a page: `values` go to the template, `data` to its scripts beside what all of them get."""
    actor = await actor_of(request)
    everything = {**_common(request, actor), **values}
    if data is not None:
        everything["data"] = {**_common_data(request, actor), **data}
    text = request.app[keys.PAGES].text(template, everything)
    headers = {"Cache-Control": "private, no-cache", "Content-Language": current_language()}
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


def _common(request: web.Request, actor: Actor) -> dict[str, Any]:
    language = current_language()
    return {
        "actor": actor,
        "csrf": csrf_token(request),
        "dir": direction(language),
        "here": request.path,
        "here_with_query": request.path_qs,
        "locale": language,
        "settings": request.app[keys.SETTINGS],
        "sign_in_url": sign_in_url(request.path_qs if request.method == "GET" else "/"),
    }


def _common_data(request: web.Request, actor: Actor) -> dict[str, Any]:
    language = current_language()
    return {
        "csrf": csrf_token(request),
        "locale": language,
        "me": {"id": actor.id, "name": actor.name, "role": actor.role, "room": actor.room},
        "messages": request.app[keys.CATALOGUES].script(language),
    }


def sign_in_url(next_path: str) -> str:
    """Return where to sign in and come back to `next_path`."""
    if next_path in ("", "/") or next_path.startswith(("/sign-in", "/register")):
        return "/sign-in"
    return f"/sign-in?{urlencode({'next': next_path})}"


def initials(name: str) -> str:
    """Return one or two letters that stand for a name."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words))[:2].upper()


def isolated(text: str) -> Markup:
    """Return a text that keeps its own direction inside a sentence of another."""
    return Markup("<bdi>{}</bdi>").format(text)


def number(value: float) -> str:
    """Return a number as the reader's language writes it."""
    return str(numbers.format_decimal(value, locale=current_locale()))


def money(amount: Decimal | None, currency: str) -> str:
    """Return an amount of money as the reader's language writes it; nothing for no amount."""
    if amount is None:
        return ""
    locale, places = current_locale(), places_of(currency)
    pattern = copy(locale.currency_formats["standard"])  # which all readers of the language share
    pattern.frac_prec = (places, places)  # Babel's own are how shops round
    written = str(pattern.apply(amount, locale, currency=currency, currency_digits=False))
    # A sign behind letters, as in "US$", would leave them among words from right to left.
    return written + LEFT_TO_RIGHT if _SIGN_BEHIND_LETTERS.search(written) else written


def moment(seconds: float) -> str:
    """Return a moment (Unix seconds) as date and time of the fair's clock, which is UTC."""
    when = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return str(dates.format_datetime(when, "medium", locale=current_locale()))


def appointment(seconds: float) -> str:
    """Return a moment to come (Unix seconds) as date and time of day, UTC."""
    when, locale = dt.datetime.fromtimestamp(seconds, dt.UTC), current_locale()
    date, time = dates.format_date(when, "medium", locale), dates.format_time(when, "short", locale=locale)
    return str(dates.get_datetime_format("medium", locale)).replace("{0}", time).replace("{1}", date)


def remind_url(room: str, announced: str) -> str:
    """Return where a guest signs in to be reminded of a show, and comes back to its room."""
    return sign_in_url(f"/rooms/{room}?{urlencode({'remind': announced})}")


def date(seconds: float) -> str:
    """Return the date of a moment (Unix seconds), UTC."""
    when = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return str(dates.format_date(when, "medium", locale=current_locale()))


def iso(seconds: float) -> str:
    """Return a moment (Unix seconds) as programs read it (RFC 3339)."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="seconds")


def duration(seconds: float) -> str:
    """Return a length of time as 4:07 or 1:02:45, as scripts write it too."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def clock(seconds: float) -> str:
    """Return a moment (Unix seconds) as time of day, UTC."""
    when = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return str(dates.format_time(when, "short", locale=current_locale()))


def country(code: str) -> str:
    """Return the name of a country by its two-letter code; anything else as it is."""
    return str(current_locale().territories.get(code, code))


def tongue(code: str) -> str:
    """Return a language's own name by its code; anything else as it is."""
    try:
        return str(Locale.parse(code).get_display_name() or code).capitalize()
    except (ValueError, LookupError):
        return code
