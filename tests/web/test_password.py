"""One's own password: who may change it, what it takes, and which sign-ins outlive it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from config.ids import new_id
from rooms.fair.policy import Role
from showroom.app import open_fair
from tests.signaling.fair import Talker
from tests.web.conftest import PEOPLE, OpenFair, furnish, settings_for
from tests.web.visitor import PASSWORD, Answer, Visitor, visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGE = "/account/password"
NEW = "seven oaks by the river"
TRIES = 3


@pytest_asyncio.fixture(loop_scope="session")
async def email(fair: OpenFair) -> str:
    """The address of somebody whose password no other test needs."""
    address = f"{new_id().lower().strip('-_')}@shop.example"
    await fair.parts.accounts.add(address, PASSWORD, "Ida", Role.BUYER)
    return address


@pytest_asyncio.fixture(loop_scope="session")
async def ida(fair: OpenFair, email: str) -> AsyncIterator[Visitor]:
    """Somebody who is signed in."""
    async with visitor(fair.base_url) as somebody:
        await somebody.sign_in(email)
        yield somebody


async def change(who: Visitor, current: str = PASSWORD, password: str = NEW) -> Answer:
    return await who.submit(PAGE, {"current": current, "password": password}, page="/nowhere")


async def talk(fair: OpenFair, who: Visitor) -> Talker:
    """Open the hall's socket as a page does."""
    ticket = (await who.post_json("/api/tickets", {"purpose": "hall"})).json["ticket"]
    talker = await Talker("/hall").open(fair.base_url, {"v": 1, "ticket": ticket})
    await talker.hear("snapshot")
    return talker


async def status_of_sign_in(fair: OpenFair, email: str, password: str) -> int:
    async with visitor(fair.base_url) as somebody:
        return (await somebody.submit("/sign-in", {"email": email, "password": password})).status


async def test_who_changed_it_signs_in_by_the_new_one_only(fair: OpenFair, ida: Visitor, email: str) -> None:
    assert f'href="{PAGE}"' in (await ida.get("/")).text
    assert 'role="status"' not in (await ida.get(PAGE)).text
    answer = await change(ida)
    assert (answer.status, answer.headers["Location"]) == (303, f"{PAGE}?changed=1")
    assert 'role="status"' in (await ida.get(answer.headers["Location"])).text
    assert await status_of_sign_in(fair, email, PASSWORD) == 401
    assert await status_of_sign_in(fair, email, NEW) == 303


async def test_all_other_sign_ins_end_and_ones_own_goes_on(fair: OpenFair, ida: Visitor, email: str) -> None:
    async with visitor(fair.base_url) as elsewhere, visitor(fair.base_url) as other:
        await elsewhere.sign_in(email)
        await other.sign_in(PEOPLE[Role.BUYER])
        assert (await elsewhere.get(PAGE)).status == 200
        assert (await change(ida)).status == 303
        assert (await elsewhere.get(PAGE)).status == 303
        assert (await elsewhere.post_json("/api/calendar", {})).status == 401
        assert (await ida.get(PAGE)).status == 200
        assert (await other.get(PAGE)).status == 200


async def test_open_sockets_of_other_sign_ins_close(fair: OpenFair, ida: Visitor, email: str) -> None:
    async with visitor(fair.base_url) as elsewhere:
        await elsewhere.sign_in(email)
        there, here = await talk(fair, elsewhere), await talk(fair, ida)
        await change(ida)
        await there.hear("(lost)")
        assert await here.ask("nothing_that_is_known", {})
        await here.close()


@pytest.mark.parametrize(
    ("current", "password", "status", "wrong"),
    [
        ("a guess of somebody", NEW, 401, "current"), ("", NEW, 401, "current"),
        (PASSWORD, "short pwd", 400, "password"), (PASSWORD, "", 400, "password"),
        (PASSWORD, "zzzzzzzzzzzz", 400, "password"), (PASSWORD, "river " * 50, 400, "password"),
    ],
)  # fmt: skip
async def test_a_refusal_stands_beside_its_field_and_changes_nothing(
    fair: OpenFair, ida: Visitor, email: str, current: str, password: str, status: int, wrong: str
) -> None:
    async with visitor(fair.base_url) as elsewhere:
        await elsewhere.sign_in(email)
        answer = await change(ida, current, password)
        assert answer.status == status
        assert answer.text.count('role="alert"') == 1
        assert f'id="{wrong}-error"' in answer.text
        assert not [typed for typed in (current, password) if typed and typed in answer.text]
        assert (await elsewhere.get(PAGE)).status == 200
    assert await status_of_sign_in(fair, email, PASSWORD) == 303


async def test_ones_own_address_is_no_password(ida: Visitor, email: str) -> None:
    assert (await change(ida, password=email.upper())).status == 400


async def test_guests_are_sent_to_sign_in(guest: Visitor) -> None:
    answer = await guest.get(PAGE)
    assert (answer.status, answer.headers["Location"]) == (303, "/sign-in?next=%2Faccount%2Fpassword")
    assert (await change(guest)).status == 401
    assert PAGE not in (await guest.get("/")).text


async def test_wrong_ones_use_up_the_tries_to_sign_in(
    tmp_path_factory: pytest.TempPathFactory, own_valkey_url: str
) -> None:
    few = {"ACCOUNTS_SIGN_INS_PER_MINUTE": str(TRIES)}
    settings = settings_for(tmp_path_factory.mktemp("few"), own_valkey_url, **few)
    async with open_fair(settings) as opened, visitor(opened.base_url) as somebody:
        await furnish(opened.parts)
        await somebody.sign_in(PEOPLE[Role.BUYER])
        for _ in range(TRIES - 1):
            assert (await change(somebody, "a guess of somebody")).status == 401
        refused = await change(somebody)
        assert refused.status == 429
        assert refused.text.count('role="alert"') == 1
        assert (await somebody.get(PAGE)).status == 200
        async with visitor(opened.base_url) as elsewhere:
            assert (await elsewhere.sign_in(PEOPLE[Role.BUYER])).status == 429
