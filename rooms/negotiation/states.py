"""The states of a private call and what leads from one to the next; the table is the whole rule."""

from __future__ import annotations

from enum import StrEnum

from config.errors import Conflict


class CallState(StrEnum):
    """Where a call stands: in line because nobody is free, ringing, running, or over in one of four ways."""

    WAITING = "waiting"
    RINGING = "ringing"
    TALKING = "talking"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    MISSED = "missed"
    ENDED = "ended"


class CallEvent(StrEnum):
    """What can happen to a call; `HOLD` means that nobody is free any more, `RING` that somebody is."""

    RING = "ring"
    HOLD = "hold"
    WIDEN = "widen"
    ACCEPT = "accept"
    DECLINE = "decline"
    CANCEL = "cancel"
    TIME_OUT = "time_out"
    LEAVE = "leave"
    HANG_UP = "hang_up"


class CallKind(StrEnum):
    """Who wants the call: a buyer, staff who ring one back or invite one, or both, who have agreed on it."""

    REQUEST = "request"
    CALL_BACK = "call_back"
    INVITATION = "invitation"
    APPOINTMENT = "appointment"


NEXT = {
    (CallState.WAITING, CallEvent.RING): CallState.RINGING,
    (CallState.WAITING, CallEvent.ACCEPT): CallState.TALKING,
    (CallState.WAITING, CallEvent.DECLINE): CallState.DECLINED,
    (CallState.WAITING, CallEvent.CANCEL): CallState.CANCELLED,
    (CallState.WAITING, CallEvent.TIME_OUT): CallState.MISSED,
    (CallState.RINGING, CallEvent.HOLD): CallState.WAITING,
    (CallState.RINGING, CallEvent.ACCEPT): CallState.TALKING,
    (CallState.RINGING, CallEvent.DECLINE): CallState.DECLINED,
    (CallState.RINGING, CallEvent.CANCEL): CallState.CANCELLED,
    (CallState.RINGING, CallEvent.TIME_OUT): CallState.MISSED,
    (CallState.TALKING, CallEvent.LEAVE): CallState.ENDED,
    (CallState.TALKING, CallEvent.HANG_UP): CallState.ENDED,
}

UNANSWERED = frozenset({CallState.WAITING, CallState.RINGING})
"""The states of a request that still wants an answer."""

OPEN = UNANSWERED | {CallState.TALKING}
"""The states that something leads out of."""

SENTENCES = {
    CallState.WAITING: "This request still waits in line.",
    CallState.RINGING: "This call still rings.",
    CallState.TALKING: "This call has begun already.",
    CallState.DECLINED: "This call was declined.",
    CallState.CANCELLED: "The buyer has taken this request back.",
    CallState.MISSED: "Nobody answered this call in time.",
    CallState.ENDED: "This call is over.",
}


class WrongMoment(Conflict):
    """The call is not in a state in which this can happen."""

    code = "wrong_moment"

    def __init__(self, state: CallState) -> None:
        super().__init__(SENTENCES[state])


def next_state(state: CallState, event: CallEvent) -> CallState:
    """Return the state after `event`, or raise `WrongMoment`."""
    try:
        return NEXT[state, event]
    except KeyError:
        raise WrongMoment(state) from None
