"""A batch that sends datagram by datagram: for receivers who are not reached by UDP."""

from __future__ import annotations

from collections.abc import Sequence

from media.batch import MAX_RTP_BYTES, Batch, DatagramSender, Receiver


class SingleBatch(Batch):
    """Receivers on connections of their own."""

    def __init__(self, socket: DatagramSender) -> None:
        super().__init__()
        self._socket = socket

    def send(self, run: Sequence[bytes], wraps: Sequence[int]) -> int:
        """Send a run to all, see `Batch`."""
        if len(run[0]) > MAX_RTP_BYTES:
            return 0
        return sum(
            self._send(receiver, packet, count)
            for receiver in self._receivers
            for packet, count in zip(run, wraps, strict=True)
        )

    def _send(self, receiver: Receiver, packet: bytes, wraps: int) -> bool:
        data = receiver.sender.protect_numbered(packet, wraps)
        if data is not None:
            self._socket.send(data, receiver.address)
        return data is not None

    def _place(self, index: int, receiver: Receiver) -> None:
        """Nothing is laid out."""

    def _drop_last(self) -> None:
        """Nothing was laid out."""
