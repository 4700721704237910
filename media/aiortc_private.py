"""The only place that touches names pylibsrtp does not promise; a contract test guards each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pylibsrtp
from pylibsrtp import _binding

ffi: Any = _binding.ffi
"""The cffi handle of the binding: makes buffers libsrtp can work on in place."""

srtp_protect: Any = _binding.lib.srtp_protect
srtp_protect_rtcp: Any = _binding.lib.srtp_protect_rtcp
srtp_unprotect: Any = _binding.lib.srtp_unprotect
srtp_unprotect_rtcp: Any = _binding.lib.srtp_unprotect_rtcp
"""The four C functions `(context, data, length in and out) -> 0 or an error number`."""


def create_context(policy: pylibsrtp.Policy) -> Any:
    """Return the `srtp_t *` of a new session; it frees the session when it is collected.

    The session copies what it needs from `policy`. Raises `pylibsrtp.Error` when libsrtp refuses.
    """
    holder = ffi.new("srtp_t *")
    code = _binding.lib.srtp_create(holder, policy._policy)
    if code != _binding.lib.srtp_err_status_ok:
        raise pylibsrtp.Error(error_text(code))
    return ffi.gc(holder, _free)


def error_text(code: int) -> str:
    """Return what libsrtp's error number means."""
    errors = pylibsrtp.ERRORS
    return str(errors[code]) if 0 <= code < len(errors) else f"error {code}"


def _free(holder: Any, dealloc: Callable[[Any], object] = _binding.lib.srtp_dealloc) -> None:
    """Free a session; it has what it needs with it, as a module is emptied before the last sessions are."""
    dealloc(holder[0])
