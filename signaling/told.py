"""Every event the server sends, by namespace, with its fields; `docs/protocol.md` says what each means."""

from __future__ import annotations

from signaling.wire import BoothSnapshot, HallSnapshot, MeetingSnapshot, RecordingData, SendingData

ROOM_EVENTS: dict[str, tuple[str, ...]] = {
    "show": ("show",),
    "viewers": ("viewers",),
    "pinned": ("product",),
    "posted": ("post",),
    "duty": ("duty",),
    "call": ("call",),
    "caption": ("language", "cues"),
    "programme": ("room",),
    "exhibitor_left": (),
}
TOLD: dict[str, dict[str, tuple[str, ...]]] = {
    "/hall": {
        "snapshot": tuple(HallSnapshot.__annotations__), **ROOM_EVENTS, "live": ("rooms",),
        "reminder": ("reminder",), "offer": ("offer",), "line": ("line",), "appointment": ("appointment",),
    },
    "/booth": {
        "snapshot": tuple(BoothSnapshot.__annotations__), **ROOM_EVENTS, "ring": ("call",),
        "sending": tuple(SendingData.__annotations__),
        "recording": tuple(RecordingData.__annotations__),
        "rehearsal": ("rehearsal",), "visitors": ("visitors",), "follow_up": (),
        "appointment": ("appointment",),
    },
    "/meeting": {
        "snapshot": tuple(MeetingSnapshot.__annotations__), "arrived": (), "left": (),
        "signal": ("description", "candidate", "restart"), "posted": ("post",), "table": ("product",),
        "devices": ("microphone", "camera", "screen", "seat"), "stills": ("stills",),
        "ended": ("call", "reason"), "gathering": ("gathering",), "removed": ("seat",),
        "pointed": ("seat", "x", "y", "is_down"), "wiped": (),
    },
}
