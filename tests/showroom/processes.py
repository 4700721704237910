"""Looks at processes through /proc: who is a child of whom, and who is still there."""

from __future__ import annotations

import asyncio
from pathlib import Path


def children(pid: int) -> dict[int, str]:
    """Return the command of every living descendant of a process."""
    processes = _processes()
    parents = {number: parent for number, (parent, _) in processes.items()}
    return {number: processes[number][1] for number in parents if pid in _ancestors(number, parents)}


async def gone(*pids: int, within_seconds: float = 5.0) -> bool:
    """Wait until none of the processes lives; false when one still does after `within_seconds`."""
    try:
        async with asyncio.timeout(within_seconds):
            while any(pid in _processes() for pid in pids):
                await asyncio.sleep(0.05)
    except TimeoutError:
        return False
    return True


def _processes() -> dict[int, tuple[int, str]]:
    """Return parent and command of every process that is not just waiting to be reaped."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it ended while we looked
        if state != "Z":
            found[int(folder.name)] = (int(parent), command)
    return found


def _ancestors(pid: int, parents: dict[int, int]) -> set[int]:
    found: set[int] = set()
    while pid := parents.get(pid, 0):
        found.add(pid)
    return found
