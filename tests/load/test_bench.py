"""The load test measures what it says: real viewers, counted packets, one line."""

from __future__ import annotations

import json

import pytest

from showroom.load import bench
from showroom.load.figures import Figures, as_line
from showroom.load.proc import CpuTime
from showroom.load.viewer import Track

VIEWERS = 3


@pytest.mark.parametrize("server", ["relay", "fair"])
async def test_viewers_get_what_was_published(server: str) -> None:
    """All packets reach all viewers, and the sample can open every one of its own."""
    options = bench.Options(VIEWERS, seconds=1.5, kbps=300, server=server, settle_seconds=0.5)
    figures = await bench.bench(options)
    assert figures.delivered >= 0.99
    assert min(figures.expected) >= 1.5 * 50  # sound alone is 50 packets a second
    assert figures.damaged == 0
    assert figures.opened > figures.expected[0] * 0.99
    assert len(figures.first_packet_seconds) == VIEWERS
    assert len(figures.delays) > figures.expected[0] * 0.9
    assert 0 < min(figures.delays) <= max(figures.delays) < 2
    assert 0 < figures.server_cpu.total < figures.seconds


def test_line_holds_every_figure() -> None:
    """Whoever reads the line needs nothing else."""
    line = json.loads(as_line(_figures(received=[990, 1000])))
    assert line["delivered"] == 0.995
    assert line["worst_viewer"] == 0.99
    assert line["packets_in_per_second"] == 100.0
    assert line["packets_out_per_second"] == 199.0
    assert line["server_us_per_packet"] == pytest.approx(10.05, abs=0.01)
    assert line["server_us_user"] + line["server_us_system"] == pytest.approx(10.05, abs=0.02)
    assert line["server_kb_per_viewer"] == 50.0
    assert line["joins_per_second"] == 4.0
    assert (line["first_packet_ms_p50"], line["delay_ms_p50"], line["delay_ms_p99"]) == (20.0, 2.0, 3.0)
    assert line["python"]


@pytest.mark.parametrize(
    "words",
    [["--viewers", "0"], ["--viewers", "many"], ["--seconds", "0"], ["--bitrate", "1"], ["--server", "x"]],
)
def test_bad_options_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The command says what it takes."""
    with pytest.raises(SystemExit) as end:
        bench.main(words)
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert words[0] in said or "viewers 1 to 5000" in said


@pytest.mark.parametrize("server", ["mediamtx", "livekit"])
def test_a_server_that_cannot_be_started_is_told(
    server: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a sentence that says what to do."""
    program = f"BENCH_{server.upper()}"
    monkeypatch.delenv(program, raising=False)
    assert bench.main(["--server", server, "--viewers", "1"]) == 1
    assert program in capsys.readouterr().err


def test_packets_are_counted_by_their_numbers() -> None:
    """Repeats of old numbers move nothing; a window that wraps counts what lies within."""
    track = Track(1, highest=65_534, window=(65_535, 3))
    for sequence in (65_535, 0, 1, 2, 65_000):
        track.take(sequence)
    assert (track.packets, track.counted, track.highest) == (5, 3, 2)


def _figures(received: list[int]) -> Figures:
    return Figures(
        viewers=2, shows=1, seconds=10.0, kbps=1500, server="relay", sent=1000, expected=[1000, 1000],
        received=received, opened=0, damaged=0,
        server_cpu=CpuTime(0.02, 0.01, 0.01), client_cpu=CpuTime(0.1, 0.1, 0.0),
        empty_kb=1000, full_kb=1100, join_seconds=0.5,
        first_packet_seconds=[0.02, 0.01], delays=[0.001, 0.003, 0.002],
    )
