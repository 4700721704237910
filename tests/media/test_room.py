"""Recordings stop while there is room left, and do not begin again at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from config.counters import Counters
from media.storage.room import Disk, Room

GIB = 1 << 30


@pytest.mark.parametrize(("free", "must_stop", "may_begin"), [
    (GIB - 1, True, False), (GIB, False, False), (int(1.12 * GIB), False, False),
    (int(1.13 * GIB), False, True),
])
def test_room_decides(free: int, must_stop: bool, may_begin: bool) -> None:
    """Between stopping and beginning lies an eighth."""
    room = Room(100 * GIB, free, GIB)
    assert (room.must_stop, room.may_begin) == (must_stop, may_begin)


def test_disk_is_looked_at(tmp_path: Path) -> None:
    """What the system says, and the gauge says it too."""
    counters = Counters(CollectorRegistry())
    room = Disk(tmp_path, 1, counters).look()
    assert room.total_bytes == shutil.disk_usage(tmp_path).total
    assert room.may_begin
    assert counters.registry.get_sample_value("showroom_recording_free_bytes") == room.free_bytes
    assert Disk(tmp_path, room.total_bytes >> 19, counters).look().must_stop
