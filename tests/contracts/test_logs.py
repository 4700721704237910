"""Log lines: machines can read them, and secrets do not get into them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from config.logs import set_up_logging
from config.settings import LogSettings


@pytest.fixture(autouse=True)
def _same_logging_afterwards() -> Iterator[None]:
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    root.setLevel(level)
    root.handlers[:] = handlers


def lines(format_: str, extra: dict[str, object], level: str = "info") -> list[str]:
    """Log one event of each level with `extra` and return what was written."""
    stream = io.StringIO()
    set_up_logging(LogSettings(level=level, format=format_), stream)
    log = logging.getLogger("rooms.test")
    log.debug("a detail", extra=extra)
    log.info("call taken", extra=extra)
    return stream.getvalue().splitlines()


def test_event_is_one_json_object_with_its_fields() -> None:
    """Time, level, logger and message, then what `extra` gave."""
    (line,) = lines("json", {"call": "c1", "seconds": 3})
    event = json.loads(line)
    assert event.pop("time").endswith("Z")
    assert event == {
        "level": "info", "logger": "rooms.test", "message": "call taken", "call": "c1", "seconds": 3,
    }


def test_text_names_the_fields_too() -> None:
    """For a terminal: one line, fields as key=value."""
    (line,) = lines("text", {"call": "c1"})
    assert line.endswith("INFO    rooms.test: call taken call=c1")


def test_level_decides_what_is_written() -> None:
    """Debug says more than info."""
    assert len(lines("json", {}, "debug")) == 2
    assert lines("json", {}, "error") == []


@pytest.mark.parametrize(
    "extra",
    [
        {"stream_key": "abcdef"}, {"password": "abcdef"}, {"found": "sk_abcdef"},
        {"body": "v=0\r\na=ice-pwd:abcdef"}, {"header": "Bearer abcdef"},
    ],
)
@pytest.mark.parametrize("format_", ["json", "text"])
def test_secrets_and_session_descriptions_are_masked(format_: str, extra: dict[str, object]) -> None:
    """The last guard, by the field's name or by how its value begins."""
    (line,) = lines(format_, extra)
    assert "abcdef" not in line
    assert "***" in line


@pytest.mark.parametrize("library", ["aiosqlite", "botocore.auth", "aiobotocore.httpsession"])
def test_libraries_that_tell_what_they_carry_are_quiet_at_debug(library: str) -> None:
    """The parameters of each SQL statement, with addresses and hashes of passwords; signed headers."""
    stream = io.StringIO()
    set_up_logging(LogSettings(level="debug", format="json"), stream)
    logging.getLogger(library).debug("INSERT INTO account VALUES (?)", extra={"values": "b@shop.example"})
    assert stream.getvalue() == ""


def test_exception_stays_on_the_line() -> None:
    """A traceback does not tear a JSON log apart."""
    stream = io.StringIO()
    set_up_logging(LogSettings("info", "json"), stream)
    try:
        raise ValueError("odd")
    except ValueError:
        logging.getLogger("web").exception("request failed")
    event = json.loads(stream.getvalue())
    assert "ValueError: odd" in event["exception"]
