"""The settings in force, printed as a TOML file with its secrets masked."""

from __future__ import annotations

import json
import re
from dataclasses import asdict

from config.logs import MASK
from config.settings import Settings

SECRETS = {("secrets", "key"), ("turn", "secret"), ("storage", "secret_key"), ("mail", "password")}
IN_USERINFO = re.compile(r"(://[^:]*:).*(?=@)", re.DOTALL)
"""A password before the host: whatever stands up to the last `@`, since some passwords are not escaped."""
IN_QUERY = re.compile(r"([?&][^=&]*(?:password|secret|token)[^=&]*=)[^&]*", re.IGNORECASE)


def as_toml(settings: Settings) -> str:
    """Return what a file would have to say for these settings, except for what is secret."""
    sections = (_section(name, keys) for name, keys in asdict(settings).items())
    return "\n\n".join(sections)


def _section(name: str, keys: dict[str, object]) -> str:
    lines = (f"{key} = {_value(name, key, value)}" for key, value in keys.items())
    return "\n".join((f"[{name}]", *lines))


def _value(section: str, key: str, value: object) -> str:
    if (section, key) in SECRETS and value:
        return json.dumps(MASK)
    if isinstance(value, tuple):
        return json.dumps(list(value))
    if isinstance(value, int | float):
        return json.dumps(value)
    shown = IN_QUERY.sub(rf"\g<1>{MASK}", IN_USERINFO.sub(rf"\g<1>{MASK}", str(value)))
    return json.dumps(shown, ensure_ascii=False)
