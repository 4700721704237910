"""Composes the sound of a demo clip: four soft chords that go round without a seam."""

from __future__ import annotations

from array import array
from math import exp, pi, sin

RATE = 16_000
"""Samples a second; soft sounds have nothing above half of it, and the encoder is fed 48 kHz later."""

PROGRESSIONS = (
    ((57, 64, 69, 72), (53, 60, 65, 69), (60, 64, 67, 74), (55, 62, 67, 71)),
    ((62, 66, 69, 73), (59, 62, 66, 69), (55, 62, 66, 71), (57, 64, 67, 73)),
    ((52, 59, 64, 67), (55, 59, 66, 71), (60, 64, 67, 71), (50, 57, 66, 69)),
)
"""Four chords each, as MIDI notes."""


def compose(progression: int, seconds: int) -> array[int]:
    """Return one loop of `seconds` as 16-bit stereo samples at `RATE`, left and right in turn."""
    chords = PROGRESSIONS[progression % len(PROGRESSIONS)]
    count = seconds * RATE
    left, right = [0.0] * count, [0.0] * count
    step = count // len(chords)
    for number, chord in enumerate(chords):
        for voice, note in enumerate(chord):
            pitch = 440.0 * 2 ** ((note - 69) / 12)
            _add(left, pitch * 0.9992, number * step, step)
            _add(right, pitch * 1.0008, number * step, step)
            _pluck(left if voice % 2 else right, pitch * 2, number * step + voice * step // 4)
    samples = array("h", bytes(4 * count))
    samples[0::2] = array("h", [int(v) for v in left])
    samples[1::2] = array("h", [int(v) for v in right])
    return samples


def _add(track: list[float], pitch: float, start: int, step: int) -> None:
    """Let a tone swell and fade; what rings on past the end goes in at the beginning."""
    count, length = len(track), step + step // 2
    angle = 2 * pi * pitch / RATE
    for k in range(length):
        swell = sin(pi * k / length) ** 2
        track[(start + k) % count] += 1500 * swell * (sin(angle * k) + 0.22 * sin(2 * angle * k))


def _pluck(track: list[float], pitch: float, start: int) -> None:
    """Add a small bell."""
    count, angle = len(track), 2 * pi * pitch / RATE
    for k in range(RATE):
        track[(start + k) % count] += (
            1300 * min(1.0, k / 160) * exp(-5.5 * k / RATE) * (1 - k / RATE) * sin(angle * k)
        )
