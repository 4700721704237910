"""Frames made to harm a decoder, and what the child that decodes them cannot do even when one succeeds."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from media.keyframes import Keyframe
from media.thumbnails import Thumbnailer
from tests.media.scale import scaled
from tests.media.test_thumbnails import ENCODERS, encode

FRAMES = scaled(60, 20_000)

TRY = """
import mmap, os, socket, threading
from media.confinement import confine
assert confine()
def tried(what, work):
    try:
        work()
        print(what, "worked")
    except (OSError, RuntimeError) as error:
        print(what, "refused")
tried("file", lambda: open("/etc/passwd"))
tried("socket", lambda: socket.socket())
tried("program", lambda: os.execv("/bin/true", ["true"]))
tried("fork", os.fork)
tried("thread", threading.Thread(target=print).start)
tried("code", lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC))
tried("kill", lambda: os.kill(os.getpid(), 0))
tried("memory", lambda: mmap.mmap(-1, 1 << 20))
"""


@pytest.fixture
async def thumbnailer() -> AsyncIterator[Thumbnailer]:
    it = Thumbnailer()
    yield it
    await it.close()


def mutated(frame: Keyframe, dice: random.Random) -> Keyframe:
    """Return the frame with bytes changed, cut out, doubled or cut off."""
    data = bytearray(frame.data)
    for _ in range(dice.choice((1, 2, 8, 40))):
        at = dice.randrange(len(data))
        match dice.randrange(4):
            case 0:
                data[at] ^= 1 << dice.randrange(8)
            case 1:
                data[at] = dice.choice((0, 0x7F, 0x80, 0xFF))
            case 2:
                data[at : at + dice.randrange(1, 9)] = dice.randbytes(dice.randrange(9))
            case _:
                data = data[: at + 1] if dice.random() < 0.1 else data + data[at:]
        data = data[: 1 << 20] or bytearray(b"\0")
    return Keyframe(frame.codec, bytes(data))


@pytest.mark.threat("T38")
@pytest.mark.parametrize("codec", ENCODERS)
async def test_mutated_frames_end_a_child_at_worst(thumbnailer: Thumbnailer, codec: str) -> None:
    """Whatever comes, this process goes on, and the next good frame becomes a picture."""
    good, dice = encode(codec), random.Random(f"frames of {codec}")
    made = 0
    for _ in range(FRAMES):
        made += await thumbnailer.jpeg(mutated(good, dice), 160) is not None
    assert await thumbnailer.jpeg(good, 160)
    assert made < FRAMES


async def test_what_says_it_is_enormous_is_not_decoded(thumbnailer: Thumbnailer) -> None:
    """A VP8 frame of 16383 times 16383 pixels would take 400 MB."""
    data = bytearray(encode("vp8").data)
    data[6:10] = b"\xff\x3f\xff\x3f"
    assert await thumbnailer.jpeg(Keyframe("vp8", bytes(data)), 160) is None
    assert await thumbnailer.jpeg(encode("vp8"), 160)


@pytest.mark.threat("T38")
@pytest.mark.skipif(sys.platform != "linux", reason="the filter of system calls is Linux's")
def test_a_decoder_that_was_taken_over_can_reach_nothing() -> None:
    """No file, no socket, no program, no thread, no new code, nobody else's process."""
    command = [sys.executable, "-c", TRY]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    said = dict(line.split() for line in done.stdout.splitlines())
    refused = ("file", "socket", "program", "fork", "thread", "code", "kill")
    assert said == {**dict.fromkeys(refused, "refused"), "memory": "worked"}, done.stderr
