"""What a child reports is heard up to its end, however it comes to that."""

from __future__ import annotations

from media.recording.fed_process import FedProcess


async def test_a_line_that_a_kill_has_torn_off_is_left_out() -> None:
    process = FedProcess("tests.media.recording.torn_child", 1000, lambda packets: None)
    await process.start()
    assert [report async for report in process.reports()] == [{"recording": 1, "event": "keyframe"}]
