"""The memory in which runs of packets are protected and handed to the kernel, laid out once.

A run goes to a portion of the receivers at a time. Each packet of it has a row of slots, one for each
receiver, so that one copy fills the row and one mapped call of `srtp_protect` encrypts it. The message of a
receiver gathers its slot of every row and tells the kernel where to cut (`UDP_SEGMENT`, udp(7)). One arena
serves all batches of a socket.
"""

from __future__ import annotations

import ctypes
import errno
import socket
import struct
import sys
from array import array
from collections.abc import Sequence
from typing import Any

from media import aiortc_private as private
from media.segments import MAX_SEGMENTS

PORTION = 64
"""Receivers that are served at a time."""
SLOT_BYTES = 1664
"""A packet of at most 1500 bytes with the trailer libsrtp may need."""
SOL_UDP, UDP_SEGMENT = 17, 103
WORDS = 8
"""A message is eight machine words: name, its size, vectors, their count, control, its size, flags, sent."""


class _Vector(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("size", ctypes.c_size_t))


class _Header(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_void_p), ("name_size", ctypes.c_uint32),
        ("vectors", ctypes.c_void_p), ("vector_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p), ("control_size", ctypes.c_size_t), ("flags", ctypes.c_int),
    )


class _Message(ctypes.Structure):
    _fields_ = (("header", _Header), ("sent", ctypes.c_uint))


def _find_sendmmsg() -> Any:
    function = getattr(ctypes.CDLL(None, use_errno=True), "sendmmsg", None)
    if function is None or ctypes.sizeof(_Message) != 8 * WORDS or sys.byteorder != "little":
        return None
    function.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int)
    function.restype = ctypes.c_int
    return function


sendmmsg: Any = _find_sendmmsg()
"""The system's call, or None where there is none that we know how to speak to."""


def kernel_segments() -> bool:
    """Tell whether the kernel cuts datagrams (Linux 4.18 and newer)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.getsockopt(SOL_UDP, UDP_SEGMENT)
        except OSError:
            return False
    return sendmmsg is not None


class Arena:
    """Room for one run to one portion of receivers; `fill`, then `direct` and `send`, or `datagrams`."""

    def __init__(self) -> None:
        self.longest_run = MAX_SEGMENTS if kernel_segments() else 1
        """How many packets may go into one message."""
        count = MAX_SEGMENTS * PORTION
        self._data = private.ffi.new("unsigned char[]", SLOT_BYTES * count)
        self._view = memoryview(private.ffi.buffer(self._data))
        self._rows = [
            [self._data + SLOT_BYTES * (PORTION * row + i) for i in range(PORTION)]
            for row in range(MAX_SEGMENTS)
        ]
        lengths = private.ffi.new("int[]", PORTION)
        self._lengths_data = lengths
        self._lengths_view = memoryview(private.ffi.buffer(lengths))
        self._lengths = [lengths + i for i in range(PORTION)]
        self._vectors = (_Vector * count)()
        self._vector_words = memoryview(self._vectors).cast("B").cast("Q")
        self._messages = (_Message * PORTION)()
        self._message_words = memoryview(self._messages).cast("B").cast("Q")
        self._first_message = ctypes.addressof(self._messages)
        self._control = ctypes.create_string_buffer(24)
        self._sizes: list[int] = []
        self._lay_out()

    def fill(self, run: Sequence[bytes], contexts: Sequence[Any], tag_bytes: int) -> set[int]:
        """Protect a run for each context, at most `PORTION`; return the places where libsrtp refused."""
        count = len(contexts)
        self._sizes = [len(packet) + tag_bytes for packet in run]
        refused: set[int] = set()
        for row, packet in enumerate(run):
            start = SLOT_BYTES * PORTION * row
            self._view[start : start + SLOT_BYTES * count] = packet.ljust(SLOT_BYTES, b"\0") * count
            self._lengths_view[: 4 * count] = struct.pack("i", len(packet)) * count
            codes = list(map(private.srtp_protect, contexts, self._rows[row], self._lengths))
            if any(codes):
                refused.update(place for place, code in enumerate(codes) if code)
        return refused

    def direct(self, names: array[int], name_sizes: array[int]) -> None:
        """Address the run that was filled in: pointers to socket addresses, and their sizes."""
        count, length, words = len(names), len(self._sizes), self._message_words
        end = WORDS * count
        words[0:end:WORDS] = names
        words[1:end:WORDS] = name_sizes
        words[3:end:WORDS] = array("Q", [length]) * count
        words[5:end:WORDS] = array("Q", [len(self._control) if length > 1 else 0]) * count
        for row, size in enumerate(self._sizes):
            first = 2 * row + 1
            step = 2 * MAX_SEGMENTS
            self._vector_words[first : step * count : step] = array("Q", [size]) * count
        struct.pack_into("=QiiH", self._control, 0, 18, SOL_UDP, UDP_SEGMENT, self._sizes[0])

    def send(self, fileno: int, done: int, count: int) -> int:
        """Hand messages `done` to `count` to the kernel; return how many went, or the negative errno."""
        first = self._first_message + done * ctypes.sizeof(_Message)
        went = int(sendmmsg(fileno, first, count - done, socket.MSG_DONTWAIT))
        return went if went > 0 else -(ctypes.get_errno() or errno.EAGAIN)

    def datagrams(self, place: int) -> list[bytes]:
        """Return the protected packets of one receiver."""
        starts = (SLOT_BYTES * (PORTION * row + place) for row in range(len(self._sizes)))
        return [bytes(self._view[s : s + size]) for s, size in zip(starts, self._sizes, strict=True)]

    def _lay_out(self) -> None:
        """Point each receiver's message at its vectors, and those at its slots."""
        base = int(private.ffi.cast("uintptr_t", self._data))
        for place in range(PORTION):
            for row in range(MAX_SEGMENTS):
                self._vectors[place * MAX_SEGMENTS + row].base = base + SLOT_BYTES * (PORTION * row + place)
            header = self._messages[place].header
            header.vectors = ctypes.addressof(self._vectors[place * MAX_SEGMENTS])
            header.control = ctypes.addressof(self._control)
