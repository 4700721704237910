"""Where to go after a form: only ever to a page of ours."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_LOCAL = re.compile(r"^/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,1000}$")


def local_path(text: str, otherwise: str = "/") -> str:
    """Return `text` if it is a path on this very server, else `otherwise`.

    Browsers take `//host`, `/\\host` and control characters as ways to leave; none of them passes.
    """
    if not _LOCAL.match(text):
        return otherwise
    try:
        parts = urlsplit(text)
    except ValueError:
        return otherwise
    return text if not parts.scheme and not parts.netloc else otherwise
