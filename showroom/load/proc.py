"""What Linux says of a process: its CPU time, its memory, its cores."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CpuTime:
    """Seconds a process has computed; `total` is exact, the split is in ticks of ten milliseconds."""

    total: float
    user: float
    system: float

    def since(self, before: CpuTime) -> CpuTime:
        """Return the time between two readings."""
        return CpuTime(self.total - before.total, self.user - before.user, self.system - before.system)


def cpu_time(pid: int) -> CpuTime:
    """Read the CPU time of all threads of a process."""
    ticks = os.sysconf("SC_CLK_TCK")
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = int(fields[11]) / ticks, int(fields[12]) / ticks
    tasks = Path(f"/proc/{pid}/task").iterdir()
    total = sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
    return CpuTime(total, user, system)


def memory_kb(pid: int) -> int:
    """Read the resident memory of a process in kB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def open_files(pid: int) -> int:
    """Count the files and sockets a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def threads(pid: int) -> int:
    """Count the threads of a process."""
    return len(os.listdir(f"/proc/{pid}/task"))


def confined(core: int) -> Callable[[], None]:
    """Return what a child runs before its program, to stay on one core with all its threads."""
    cores = sorted(os.sched_getaffinity(0))
    chosen = {cores[core % len(cores)]}
    return lambda: os.sched_setaffinity(0, chosen)


def pin(pid: int, core: int) -> None:
    """Keep a process on one core, counted among those we may use; one core is shared by all."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(pid, {cores[core % len(cores)]})
