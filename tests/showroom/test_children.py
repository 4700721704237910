"""What a process has others do ends with it, however it ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time

SLEEPER = """
import os, time
from showroom.children import idle_pool


if __name__ == "__main__":
    with idle_pool(1) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        pool.submit(time.sleep, 60)
        time.sleep(60)
"""


def test_workers_end_when_their_owner_is_killed() -> None:
    """Also in the middle of their work."""
    with subprocess.Popen([sys.executable, "-c", SLEEPER], stdout=subprocess.PIPE) as owner:
        assert owner.stdout
        worker = int(owner.stdout.readline())
        assert os.path.exists(f"/proc/{worker}")
        owner.kill()
    deadline = time.monotonic() + 5
    while os.path.exists(f"/proc/{worker}") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{worker}")
