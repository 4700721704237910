"""When a private call may be recorded: pure rules over what its parties have answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from config.ids import AccountId


class ConsentState(StrEnum):
    """Where the question stands: nobody has asked, somebody waits for the others, all have agreed."""

    OFF = "off"
    ASKED = "asked"
    AGREED = "agreed"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one party said; `is_agreed` False is a refusal or a withdrawal."""

    party: AccountId
    name: str
    is_agreed: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds after all answers: who has agreed, in their order, and the name of who asked."""

    state: ConsentState = ConsentState.OFF
    agreed: tuple[AccountId, ...] = ()
    asked_by: str = ""


def standing(answers: Sequence[Answer], parties: Collection[AccountId]) -> Standing:
    """Return what holds for those who are party to the call now.

    A refusal or a withdrawal by anybody ends what was agreed, for all: the next to agree asks anew. Who came
    later has not agreed. A call without two parties is never recorded.
    """
    agreed: dict[AccountId, str] = {}
    for answer in answers:
        if answer.is_agreed:
            agreed.setdefault(answer.party, answer.name)
        else:
            agreed.clear()
    here = tuple(party for party in agreed if party in parties)
    if not here:
        return Standing()
    is_unanimous = len(parties) > 1 and set(parties) <= set(here)
    state = ConsentState.AGREED if is_unanimous else ConsentState.ASKED
    return Standing(state, here, agreed[here[0]])
