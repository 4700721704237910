"""The consents to the recording of calls: each answer is a row with what was read."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import select

from config.ids import AccountId, CallId
from rooms.fair import requests
from rooms.fair.callroom_models import CallConsentRow
from rooms.fair.database import Database
from rooms.fair.policy import Actor, Permission, require
from rooms.negotiation.call import Call
from rooms.negotiation.consent_rules import Answer, Standing, standing
from rooms.negotiation.consent_texts import consent_text
from rooms.negotiation.states import CallState, WrongMoment

WHAT = "consent"
"""What a request is for, as its key is kept."""


class Consents:
    """Writes answers down and says what holds. Times come from `clock`, in Unix seconds."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def answer(
        self, actor: Actor, call: Call, language: str, *, is_agreed: bool, key: str = ""
    ) -> None:
        """Write down what a party says, committed when this returns; `WrongMoment` once the call is over.

        What comes again with its `key` was said before: it takes nothing back that was said since.
        """
        require(actor, Permission.JOIN_CALL, call.room, call)
        if call.state is not CallState.TALKING:
            raise WrongMoment(call.state)
        text, known = consent_text(language)
        row = CallConsentRow(
            call=call.id, party=actor.id, name=actor.name, is_agreed=is_agreed, text=text, language=known,
            at=self._clock(),
        )
        async with self._database.session() as session:
            if await requests.made_before(session, actor.id, WHAT, key, row.at) is not None:
                return
            session.add(row)
            await requests.keep(session, actor.id, WHAT, key, call.id)

    async def standing(self, call: CallId, parties: Collection[AccountId]) -> Standing:
        """Return what holds for those who are party to the call now."""
        query = select(CallConsentRow).where(CallConsentRow.call == call).order_by(CallConsentRow.number)
        async with self._database.reading() as session:
            rows = await session.scalars(query)
            answers = [Answer(AccountId(row.party), row.name, row.is_agreed) for row in rows]
        return standing(answers, parties)
