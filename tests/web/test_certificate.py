"""The fair's certificate over HTTP: for everybody, cached, and without a secret in it."""

from __future__ import annotations

import pytest

from rooms.negotiation.sheets.certificate import read_published
from tests.web.conftest import OpenFair
from tests.web.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")
ADDRESS = "/fair-certificate.pem"


async def test_anybody_gets_the_certificate_and_the_key_of_the_seals(fair: OpenFair, guest: Visitor) -> None:
    """No account is asked for: whoever is handed a document must be able to check it."""
    answer = await guest.get(ADDRESS)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/x-pem-file"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert "PRIVATE" not in answer.text
    assert read_published(answer.text.encode()).public_keys == {fair.parts.stills.public_key}
    again = await guest.get(ADDRESS, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status, again.text) == (304, "")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_nobody_can_put_another_certificate_there(guest: Visitor, method: str) -> None:
    """The address is read only, whoever asks."""
    answer = await guest.ask(method, ADDRESS, data=b"mine")
    assert answer.status in (403, 405)
