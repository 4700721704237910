"""Checks a file that is said to be an order of intent of a fair, PDF or JSON, without asking anybody."""

from __future__ import annotations

from rooms.negotiation.sheets.certificate import Trusted
from rooms.negotiation.sheets.data_check import check_data
from rooms.negotiation.sheets.findings import Report


def check(content: bytes, trusted: Trusted | None) -> Report:
    """Return what is found in a file; `trusted` is what its fair published, or None when nothing is known.

    Takes a second: never on the event loop.
    """
    if content.startswith(b"%PDF-"):
        from rooms.negotiation.sheets.pdf_check import check_pdf

        return Report(tuple(check_pdf(content, trusted)))
    return Report(tuple(check_data(content, trusted)))
