"""Three languages: every sentence is translated, with its placeholders, and the visitor's choice counts."""

from __future__ import annotations

import re
from contextvars import copy_context
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from tests.web.visitor import Visitor
from tools import locales
from web.i18n import PLURAL_CATEGORIES, Catalogues, gettext, ngettext

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
ALL = [(language, domain) for language in locales.TRANSLATED for domain in locales.DOMAINS]

served = pytest.mark.asyncio(loop_scope="session")


def ids(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


@pytest.mark.parametrize(("language", "domain"), ALL)
def test_catalogues_have_exactly_the_sentences_of_the_sources(language: str, domain: str) -> None:
    known = {
        message.id if isinstance(message.id, str) else tuple(message.id)
        for message in locales.catalogue(language, domain)
        if message.id
    }
    said = {found.id for found in locales.sentences(domain)}
    assert said - known == set(), "run python tools/locales.py and translate what is new"
    assert known - said == set(), "run python tools/locales.py"


@pytest.mark.parametrize(("language", "domain"), ALL)
def test_every_sentence_is_translated_with_its_placeholders(language: str, domain: str) -> None:
    for message in locales.catalogue(language, domain):
        if not message.id:
            continue
        assert all(texts(message)), f"{message.id} is not translated"
        assert not message.fuzzy
        expected = set(PLACEHOLDER.findall(ids(message)[-1]))
        for text in texts(message):
            found = set(PLACEHOLDER.findall(text))
            assert found == expected or (len(ids(message)) > 1 and found <= expected), text


def test_plural_forms_are_in_the_order_the_browser_names_them() -> None:
    catalogues = Catalogues("en")
    catalogues.speak("ar")
    form = {
        count: ngettext("%(num)s room fits", "%(num)s rooms fit", count)
        for count in (0, 1, 2, 5, 11, 100, 103)
    }
    catalogues.speak("en")
    assert form[5] == form[103]
    assert len(set(form.values()) - {form[100]}) == 5 - (form[11] == form[100])
    assert len(PLURAL_CATEGORIES["ar"]) == 6


@pytest.mark.parametrize(
    ("cookie", "accept", "language"),
    [
        (None, "", "en"),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, "fr-FR, ar;q=0.5", "ar"),
        (None, "fr", "en"),
        ("ar", "zh", "ar"),
        ("xx", "zh", "zh"),
        (None, "en;q=0.2, ar;q=0.9", "ar"),
        (None, "zh;q=0, ar", "ar"),
        (None, ";;;,,q=,zh;q=x", "en"),
        (None, "zh" * 5000, "en"),
    ],
)
def test_language_is_the_chosen_one_else_the_browsers(cookie: str | None, accept: str, language: str) -> None:
    assert Catalogues("en").choose(cookie, accept) == language


def test_an_unknown_sentence_stays_as_it_is(tmp_path: Path) -> None:
    def said() -> str:
        Catalogues("en", tmp_path).speak("ar")
        return gettext("No such sentence")

    assert copy_context().run(said) == "No such sentence"  # whoever comes after speaks as before


@served
async def test_pages_speak_and_run_in_the_direction_of_the_language(guest: Visitor) -> None:
    for language, direction in (("en", "ltr"), ("zh", "ltr"), ("ar", "rtl")):
        page = await guest.get("/rooms/lumen", headers={"Accept-Language": language})
        assert f'<html lang="{language}" dir="{direction}">' in page.text
        assert page.headers["Content-Language"] == language
        assert page.data["locale"] == language
        assert bool(page.data["messages"]) is (language != "en")


@served
async def test_choosing_a_language_is_remembered_and_leads_back(guest: Visitor) -> None:
    answer = await guest.submit("/language", {"language": "zh", "next": "/rooms/lumen?x=1"})
    assert (answer.status, answer.headers["Location"]) == (303, "/rooms/lumen?x=1")
    assert '<html lang="zh"' in (await guest.get("/sign-in", headers={"Accept-Language": "ar"})).text
    odd = await guest.submit("/language", {"language": "xx", "next": "//evil.example"})
    assert (odd.status, odd.headers["Location"]) == (303, "/")
    assert "language" not in odd.cookies


@served
async def test_refusals_are_said_in_the_visitors_language(guest: Visitor) -> None:
    answer = await guest.ask(
        "POST",
        "/whep/nobody",
        data="v=0",
        headers={"Content-Type": "application/sdp", "Accept-Language": "zh"},
    )
    assert answer.json["code"] == "no_room"
    assert answer.json["detail"] == "本展会没有此展间。"
