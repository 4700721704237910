"""Makes the footage that the load test publishes: grainy pictures that an encoder cannot make small.

Real cameras have grain, and only grain makes an encoder use the whole of a bitrate.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageChops

from showroom.demo.clip import encode

SIZE = (960, 540)
FRAMES_PER_SECOND = 30
SECONDS = 6
GRAIN_TILES = 7


def make_footage(folder: Path, kbps: int) -> Path:
    """Encode six seconds at `kbps` of video into `folder`, or find them there, and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"footage-{kbps}.mkv"
    if not path.exists():
        encode(_pictures(), SIZE, FRAMES_PER_SECOND, path, SECONDS, 0, bits_per_second=kbps * 1000)
    return path


def _pictures() -> Iterator[Image.Image]:
    dice = random.Random(7)
    ground = Image.linear_gradient("L").resize((SIZE[0] * 2, SIZE[1]))
    tiles = [Image.effect_noise(SIZE, 48) for _ in range(GRAIN_TILES)]
    for number in range(SECONDS * FRAMES_PER_SECOND):
        left = int(SIZE[0] * (number / (SECONDS * FRAMES_PER_SECOND)))
        grain = ImageChops.offset(
            tiles[number % GRAIN_TILES], dice.randrange(SIZE[0]), dice.randrange(SIZE[1])
        )
        picture = ImageChops.overlay(ground.crop((left, 0, left + SIZE[0], SIZE[1])), grain)
        yield Image.merge("RGB", (picture, ImageChops.invert(picture), grain))
