"""The caption keys: one secret a room with which a captioner's program may send captions of its show."""

from __future__ import annotations

from rooms.fair.room_keys import RoomKeys
from rooms.fair.show_models import CaptionKeyRow


class CaptionKeys(RoomKeys):
    """Makes and checks caption keys; only their hashes are kept."""

    table = CaptionKeyRow
    prefix = "ck_"
