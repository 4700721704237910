"""Takes from a child process that decodes what strangers sent everything it does not need for decoding.

Limits of memory, processor and files; no new privileges; and on Linux a filter of system calls (seccomp):
after `confine` the process can read and write what it has open, allocate memory and end, but open no file, no
socket and no program, start no thread, and make no memory executable. What is not allowed fails with `EPERM`.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import resource
import struct

MEMORY_BYTES = 2 << 30
CPU_SECONDS = 300

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LOAD_WORD, EQUAL, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
"""Instructions of classic BPF: load 32 bits, jump if equal, jump if any bit is set, return."""
AT_NUMBER, AT_ARCH, AT_THIRD_ARGUMENT = 0, 4, 32
"""Where `struct seccomp_data` keeps what we look at; little endian, so the low half comes first."""
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EPERM
PROT_EXEC = 4
INSTRUCTION = struct.Struct("<HBBI")

ARCHES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CALLS: dict[str, tuple[int, ...]] = {
    "x86_64": (
        0, 1, 3, 5, 7, 8, 11, 12, 13, 14, 15, 19, 20, 24, 25, 28, 35, 39, 60, 96, 131, 186, 201, 202, 204,
        218, 219, 228, 230, 231, 262, 271, 318, 334,
    ),
    "aarch64": (
        57, 62, 63, 64, 65, 66, 73, 79, 80, 93, 94, 96, 98, 99, 101, 113, 115, 123, 124, 128, 132,
        134, 135, 139, 169, 172, 178, 214, 215, 216, 233, 278, 293,
    ),
}
"""Read, write, close, stat, seek, poll, unmap, brk, signal handlers, yield, remap, advise, sleep, ids, exit,
time, futex, affinity, restart, random, rseq: numbers of `asm/unistd_64.h` and `asm-generic/unistd.h`."""
MAPPING = {"x86_64": (9, 10), "aarch64": (222, 226)}
"""mmap and mprotect, allowed for memory that is not executable."""


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def confine(memory_bytes: int = MEMORY_BYTES, cpu_seconds: int = CPU_SECONDS) -> bool:
    """Give up for ever what decoding does not need; whether the filter of system calls holds, too.

    Everything that opens files or starts threads, imports above all, must have been done before.
    """
    limit(memory_bytes, cpu_seconds)
    if platform.system() != "Linux":
        return False
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or platform.machine() not in ARCHES:
        return False
    code = ctypes.create_string_buffer(_program(platform.machine()))
    size = (len(code) - 1) // INSTRUCTION.size
    asked = _Filter(size, ctypes.cast(code, ctypes.c_void_p))
    return bool(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(asked), 0, 0) == 0)


def limit(memory_bytes: int = MEMORY_BYTES, cpu_seconds: int = CPU_SECONDS) -> None:
    """Bound memory and processor time, write no files, leave no core behind, and let others go first."""
    os.nice(10)
    for what, most in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CPU, cpu_seconds),
                       (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):  # an outer limit is tighter already
            resource.setrlimit(what, (most, most))


def _program(machine: str) -> bytes:
    """Return the filter: another architecture's calls end the process, unknown ones are refused."""
    allowed, mapping = CALLS[machine], MAPPING[machine]
    steps = [(LOAD_WORD, 0, 0, AT_ARCH), (EQUAL, 1, 0, ARCHES[machine]), (RETURN, 0, 0, KILL),
             (LOAD_WORD, 0, 0, AT_NUMBER)]
    total = len(allowed) + len(mapping)
    # Behind the comparisons stand: refuse, look at the protection (two steps), refuse, allow.
    for index, number in enumerate((*mapping, *allowed)):
        after = total - index - 1
        steps.append((EQUAL, after + (1 if index < len(mapping) else 4), 0, number))
    steps += [(RETURN, 0, 0, REFUSE), (LOAD_WORD, 0, 0, AT_THIRD_ARGUMENT), (ANY_BIT, 0, 1, PROT_EXEC),
              (RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
    return b"".join(INSTRUCTION.pack(*step) for step in steps)
