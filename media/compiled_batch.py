"""A batch that the compiled fan-out sends: one call a run, in as many threads as there are."""

from __future__ import annotations

import errno
from collections.abc import Sequence

from media import rtp
from media.batch import MAX_RTP_BYTES, TOO_NARROW, Batch, DatagramSender, Receiver, pack_address
from media.compiled import Fanout, make_receivers

NOT_PROTECTED = 0


class CompiledBatch(Batch):
    """Receivers whose keys the compiled part has."""

    def __init__(self, socket: DatagramSender, fanout: Fanout) -> None:
        super().__init__()
        self._socket = socket
        self._fanout = fanout
        self._list = make_receivers()

    def send(self, run: Sequence[bytes], wraps: Sequence[int]) -> int:
        """Send a run to all, see `Batch`."""
        count = len(self._receivers)
        if len(run[0]) > MAX_RTP_BYTES or not count:
            return 0
        if self._socket.is_congested:
            return sum(self._send_singly(receiver, run, wraps) for receiver in self._receivers)
        failures = self._fanout.send(self._socket.fileno, self._list, run, wraps)
        sent = (count - len(failures)) * len(run)
        return sent + sum(self._retry(self._receivers[place], error, run, wraps) for place, error in failures)

    def _retry(self, receiver: Receiver, error: int, run: Sequence[bytes], wraps: Sequence[int]) -> int:
        """Send the datagrams one by one where that can help."""
        if error == errno.EIO and len(run) > 1:
            self._socket.arena.longest_run = 1  # this network card cannot have datagrams cut for it
        elif error not in (NOT_PROTECTED, errno.EAGAIN) and not (error in TOO_NARROW and len(run) > 1):
            self._socket.count_dropped(len(run))  # this receiver cannot be reached; the others can
            return 0
        return self._send_singly(receiver, run, wraps)

    def _send_singly(self, receiver: Receiver, run: Sequence[bytes], wraps: Sequence[int]) -> int:
        sent, shift = 0, receiver.shift
        for packet, count in zip(run, wraps, strict=True):
            own = count << 16 | int.from_bytes(packet[2:4], "big")
            if own < shift.first:
                continue
            number = own + shift.sequence
            renumbered = rtp.renumbered(packet, number, shift.timestamp)
            data = receiver.sender.protect_numbered(renumbered, number >> 16)
            if data is not None:
                self._socket.send(data, receiver.address)
                sent += 1
        return sent

    def _place(self, index: int, receiver: Receiver) -> None:
        if receiver.sender.protector is None:
            raise ValueError("the compiled part does not speak this profile")
        name = pack_address(receiver.address)
        self._list.place(index, receiver.sender.protector, name, receiver.shift)

    def _drop_last(self) -> None:
        self._list.pop()
