"""The stream keys: one secret a room with which OBS or FFmpeg may publish there, replaced when rotated."""

from __future__ import annotations

from rooms.fair.models import StreamKeyRow
from rooms.fair.room_keys import RoomKeys


class StreamKeys(RoomKeys):
    """Makes and checks stream keys; only their hashes are kept."""

    table = StreamKeyRow
    prefix = "sk_"
