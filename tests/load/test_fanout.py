"""The benchmark of the compiled fan-out sends to real sockets and counts what arrives."""

from __future__ import annotations

import json

import pytest

from showroom.load import fanout


def test_all_packets_arrive_whoever_sends_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A packet that did not would end the measurement."""
    monkeypatch.setattr(fanout, "ROUNDS", 3)
    assert fanout.main(["--threads", "2"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert 0 < line["us_per_packet_threads"] < 100


def test_packets_may_leave_for_somewhere_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody counts there, so a socket that nobody reads from is enough."""
    monkeypatch.setattr(fanout, "ROUNDS", 3)
    assert fanout.main(["--threads", "2", "--away", "127.0.0.2"]) == 0
    assert json.loads(capsys.readouterr().out)["receivers"] == fanout.RECEIVERS
