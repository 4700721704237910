"""The relay never waits for a recording: what does not fit is lost up to a key frame, and counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from media.backlog import MediaPacket
from media.codecs import OPUS_SILENCE, Codec, Kind
from media.layer import PacketSink
from media.recording import feed
from media.recording.feed import FrameReader, What
from media.recording.sink import HELD_BYTES, RecordingSink


class Pipe:
    """The way to a writer that may be too slow."""

    def __init__(self) -> None:
        self.is_full = False
        self.frames: list[bytes] = []
        self.lost = 0
        self.second = 100.0

    def send(self, frame: bytes) -> None:
        self.frames.append(frame)

    def now(self) -> float:
        return self.second

    def lose(self, packets: int) -> None:
        self.lost += packets

    def passed(self) -> list[int]:
        """Return the numbers of the packets that went through."""
        frames = FrameReader().take(b"".join(self.frames))
        return [feed.read_packet(body).sequence for what, _, body in frames if what is What.PACKET]


class Room:
    """A publication with a past."""

    def __init__(self, *past: MediaPacket) -> None:
        self.kinds = frozenset(Kind)
        self.sinks: list[PacketSink] = []
        self.asked = 0
        self._past = past

    def recent(self) -> Iterator[tuple[MediaPacket, float]]:
        return ((packet, 50.0) for packet in self._past)

    def request_keyframe(self) -> None:
        self.asked += 1


def picture(sequence: int, *, key: bool = False) -> MediaPacket:
    return MediaPacket(Codec.H264, 1, sequence, sequence * 3000, True, key, b"picture")


def sound(sequence: int) -> MediaPacket:
    return MediaPacket(Codec.OPUS, 2, sequence, sequence * 960, True, False, b"sound")


def sink_of(pipe: Pipe, room: Room) -> RecordingSink:
    sink = RecordingSink(1, pipe, room, keyframe_seconds=2.0)
    sink.attach(ahead=7.0)
    return sink


def test_a_recording_begins_with_the_newest_key_frame_at_the_time_it_came() -> None:
    pipe, room = Pipe(), Room(picture(1, key=True), picture(2))
    sink = sink_of(pipe, room)
    assert room.sinks == [sink]
    assert pipe.passed() == [1, 2]
    arrivals = [feed.read_packet(body).arrived_at for _, _, body in FrameReader().take(b"".join(pipe.frames))]
    assert arrivals == [57.0, 57.0]


def test_a_recording_that_begins_anew_has_nothing_of_before() -> None:
    pipe, room = Pipe(), Room(picture(1, key=True), picture(2))
    sink = RecordingSink(1, pipe, room, keyframe_seconds=2.0)
    sink.attach_anew()
    assert room.asked == 1
    for packet in (picture(3), sound(9), picture(4, key=True), picture(5)):
        sink.take(packet)
    assert pipe.passed() == [9, 4, 5]


def test_silence_is_recorded_in_place_of_what_is_not_for_all() -> None:
    pipe = Pipe()
    sink = sink_of(pipe, Room())
    for number, is_hushed in ((1, False), (2, True), (3, False)):
        sink.is_hushed = is_hushed
        sink.take(sound(number))
        sink.take(picture(number, key=True))
    frames = FrameReader().take(b"".join(pipe.frames))
    packets = [feed.read_packet(body) for what, _, body in frames if what is What.PACKET]
    heard = [packet.payload for packet in packets if packet.codec is Codec.OPUS]
    assert heard == [b"sound", OPUS_SILENCE, b"sound"]
    assert {packet.payload for packet in packets if packet.codec is Codec.H264} == {b"picture"}


def test_a_full_pipe_costs_the_picture_up_to_the_next_key_frame() -> None:
    pipe = Pipe()
    sink = sink_of(pipe, Room())
    sink.take(picture(1, key=True))
    pipe.is_full = True
    for packet in (picture(2), sound(1), picture(3)):
        sink.take(packet)
    pipe.is_full = False
    for packet in (picture(4), sound(2), picture(5, key=True), picture(6)):
        sink.take(packet)
    assert pipe.passed() == [1, 2, 5, 6], "the sound goes on at once, the picture at its key frame"
    assert pipe.lost == 4


def test_a_key_frame_into_a_full_pipe_is_lost_like_the_rest() -> None:
    pipe = Pipe()
    sink = sink_of(pipe, Room())
    pipe.is_full = True
    sink.take(picture(1, key=True))
    pipe.is_full = False
    sink.take(picture(2))
    assert pipe.passed() == []
    assert pipe.lost == 2


def test_key_frames_are_asked_for_as_often_as_segments_begin() -> None:
    """From publishers that send none by themselves, and once a second at most."""
    pipe, room = Pipe(), Room()
    sink = sink_of(pipe, room)
    sink.take(picture(0, key=True))
    for number in range(1, 100):
        pipe.second += 0.1
        sink.take(picture(number))
    assert 7 <= room.asked <= 9


def test_a_publisher_with_key_frames_of_its_own_is_not_asked() -> None:
    pipe, room = Pipe(), Room()
    sink = sink_of(pipe, room)
    for number in range(100):
        pipe.second += 0.1
        sink.take(picture(number, key=number % 15 == 0))
    assert room.asked == 0


def test_after_the_end_nothing_is_taken() -> None:
    pipe, room = Pipe(), Room()
    sink = sink_of(pipe, room)
    sink.detach()
    sink.detach()
    assert room.sinks == []


def test_what_is_held_back_goes_on_as_it_came_once_it_is_released() -> None:
    pipe = Pipe()
    sink = sink_of(pipe, Room())
    sink.take(picture(1, key=True))
    sink.hold()
    for number in (2, 3):
        pipe.second += 1.0
        sink.take(picture(number))
        sink.take_clock(Kind.VIDEO, number, 5.0)
    assert pipe.passed() == [1]
    sink.release_until(101.0)
    assert pipe.passed() == [1, 2]
    sink.release()
    sink.take(picture(4))
    assert pipe.passed() == [1, 2, 3, 4]
    frames = [(what, body) for what, _, body in FrameReader().take(b"".join(pipe.frames))]
    assert [feed.read_packet(body).arrived_at for what, body in frames if what is What.PACKET] == [
        100.0, 101.0, 102.0, 102.0]
    assert [feed.read_clock(body).timestamp for what, body in frames if what is What.CLOCK] == [2, 3]


def test_another_sink_goes_on_with_what_was_held_back() -> None:
    pipe, room = Pipe(), Room(picture(1, key=True))
    sink = sink_of(pipe, room)
    sink.hold()
    sink.take(picture(2, key=True))
    sink.detach()
    held = sink.give_up()
    assert held is not None
    other = RecordingSink(2, pipe, room, keyframe_seconds=2.0)
    other.attach_behind(held)
    other.take(picture(3))
    frames = FrameReader().take(b"".join(pipe.frames))
    passed = [(number, feed.read_packet(body).sequence) for what, number, body in frames]
    assert passed == [(1, 1), (2, 2), (2, 3)], "nothing twice"
    assert sink.give_up() is None


def test_what_is_held_back_for_too_long_costs_the_picture_up_to_a_key_frame() -> None:
    pipe = Pipe()
    sink = sink_of(pipe, Room())
    sink.hold()
    sink.take(replace(picture(1, key=True), payload=bytes(HELD_BYTES)))
    for packet in (picture(2), sound(1), picture(3, key=True)):
        sink.take(packet)
    sink.release()
    assert pipe.passed() == [1, 3]
    assert pipe.lost == 2


def test_what_is_held_back_is_silent_once_it_is_not_for_all() -> None:
    pipe = Pipe()
    sink = sink_of(pipe, Room())
    sink.hold()
    sink.take(sound(1))
    sink.is_hushed = True
    sink.take(picture(2, key=True))
    sink.release()
    frames = FrameReader().take(b"".join(pipe.frames))
    assert [feed.read_packet(body).payload for _, _, body in frames] == [OPUS_SILENCE, b"picture"]
