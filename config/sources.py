"""Where settings come from: the commented defaults, a TOML file over them, the environment over both.

Values leave here as plain sections and keys, each known to `defaults.toml` and of its default's type.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from config.errors import Invalid

PREFIX = "SHOWROOM_"

Values = dict[str, dict[str, Any]]


def read_values(path: Path | None, environ: Mapping[str, str]) -> Values:
    """Return all sections with what `path` and `environ` say laid over the defaults, or raise `Invalid`."""
    values = default_values()
    if path is not None:
        _lay_over(values, _read(path))
    _lay_over(values, _from_environment(values, environ))
    return values


def default_values() -> Values:
    """Return what `defaults.toml` says, by section and key."""
    return tomllib.loads(resources.files("config").joinpath("defaults.toml").read_text("utf-8"))


def variable_names(values: Values) -> dict[str, tuple[str, str]]:
    """Return the environment variable of each setting, with its section and key."""
    return {f"{PREFIX}{s}_{k}".upper(): (s, k) for s, keys in values.items() for k in keys}


def _read(path: Path) -> Values:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Invalid(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Invalid(f"{path} is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"{path} is not TOML: {error}") from None


def _from_environment(known: Values, environ: Mapping[str, str]) -> Values:
    names = variable_names(known)
    found: Values = {}
    for name, text in environ.items():
        if not name.startswith(PREFIX):
            continue
        if name not in names:
            raise Invalid(f"{name} is no setting; config/defaults.toml lists them all")
        section, key = names[name]
        found.setdefault(section, {})[key] = _parse(name, text, known[section][key])
    return found


def _parse(name: str, text: str, default: object) -> object:
    if isinstance(default, list):
        return [part.strip() for part in text.split(",") if part.strip()]
    if isinstance(default, str):
        return text
    try:
        if isinstance(default, bool):
            return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
        return type(default)(text)  # type: ignore[call-arg]  # what is left are int and float
    except (KeyError, ValueError):
        raise Invalid(f"{name} must be a {type(default).__name__}, not {text!r}") from None


def _lay_over(values: Values, over: Mapping[str, Any]) -> None:
    for section, keys in over.items():
        if section not in values or not isinstance(keys, dict):
            raise Invalid(f"[{section}] is no section; config/defaults.toml lists them all")
        for key, value in keys.items():
            if key not in values[section]:
                raise Invalid(f"{section}.{key} is no setting; config/defaults.toml lists them all")
            values[section][key] = _same_type(f"{section}.{key}", value, values[section][key])


def _same_type(name: str, value: object, default: object) -> object:
    if type(default) is float and type(value) is int:
        return float(value)
    if type(value) is not type(default):
        raise Invalid(f"{name} must be a {type(default).__name__}, not {value!r}")
    if isinstance(value, list) and not all(isinstance(part, str) for part in value):
        raise Invalid(f"{name} must be a list of strings, not {value!r}")
    return value
