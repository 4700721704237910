"""Logging: one JSON object a line on standard output, or plain text for a terminal.

A log event is a short fact with fields: `log.info("call taken", extra={"call": call.id})`. The rule is to log
no secret; as a last guard, fields whose name or value looks like one, and session descriptions (they carry
ICE passwords), are masked here.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

from config.settings import LogSettings

MASK = "***"
SECRET_WORDS = {"password", "secret", "token", "ticket", "bearer", "authorization", "cookie", "key", "sdp"}
SECRET_VALUES = ("sk_", "v=0", "Bearer ")
"""How stream keys, session descriptions and Authorization headers begin."""
STANDARD_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
QUIET = dict.fromkeys(
    ("aiohttp.access", "socketio", "engineio", "alembic", "aiosqlite", "botocore", "aiobotocore"), "warning"
)
"""Loggers of libraries that would say something per request or per packet, or what stands in each of them."""


class JsonFormatter(logging.Formatter):
    """Write a record as one JSON object: time, level, logger, message, then its fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        facts: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **fields_of(record),
        }
        if record.exc_info:
            facts["exception"] = self.formatException(record.exc_info)
        return json.dumps(facts, default=str, ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """Write a record for people: time, level, logger, message, fields as key=value."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; an exception follows on lines of its own."""
        fields = "".join(f" {name}={value}" for name, value in fields_of(record).items())
        line = f"{_time(record)[11:23]} {record.levelname:<7} {record.name}: {record.getMessage()}{fields}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def set_up_logging(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Send every logger to `stream` (standard output), in the format and from the level `settings` name."""
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonFormatter() if settings.format == "json" else TextFormatter())
    logging.basicConfig(level=settings.level.upper(), handlers=[handler], force=True)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level.upper())


def fields_of(record: logging.LogRecord) -> dict[str, object]:
    """Return what `extra` gave the record, with secrets masked."""
    extra = {name: value for name, value in vars(record).items() if name not in STANDARD_FIELDS}
    return {name: MASK if _is_secret(name, value) else value for name, value in extra.items()}


def _is_secret(name: str, value: object) -> bool:
    named = not SECRET_WORDS.isdisjoint(name.lower().split("_"))
    return named or (isinstance(value, str) and value.startswith(SECRET_VALUES))


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
