"""Describes a track of an MP4 file (ISO/IEC 14496-12 section 8), and how its codec is set up.

H.264: ISO/IEC 14496-15 section 5. VP9: "VP Codec ISO Media File Format Binding". AV1: "AV1 Codec ISO Media
File Format Binding". Opus: "Encapsulation of Opus in ISO Base Media File Format". AAC: ISO/IEC 14496-14
section 5.6.
"""

from __future__ import annotations

import struct

from media.codecs import Codec, Kind
from media.recording.boxes import box, full_box
from media.recording.records import OPUS_RECORD
from media.recording.tracks import TRACK_IDS, AudioTrack, VideoTrack

ENTRIES = {Codec.H264: (b"avc1", b"avcC"), Codec.VP9: (b"vp09", b"vpcC"), Codec.AV1: (b"av01", b"av1C")}
"""The name of the sample entry and of the box with its record."""
UNDETERMINED = 0x55C4
"""The language `und`, in three times five bits (8.4.2.3)."""
MATRIX = struct.pack("!9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
MAX_SIDE = 0xFFFF
HANDLERS = {Kind.VIDEO: (b"vide", b"Picture\0"), Kind.AUDIO: (b"soun", b"Sound\0")}
AAC_MAX_BITS = 256_000
ENABLED_IN_MOVIE = 3


def track_box(track: VideoTrack | AudioTrack) -> bytes:
    """Return the `trak` of a track whose samples are all in fragments."""
    kind = Kind.VIDEO if isinstance(track, VideoTrack) else Kind.AUDIO
    if isinstance(track, VideoTrack):
        header = full_box(b"vmhd", 0, 1, bytes(8))
        entry, rate = _picture_entry(track), Codec.H264.clock_rate
    else:
        header = full_box(b"smhd", 0, 0, bytes(4))
        entry, rate = _sound_entry(track), Codec.OPUS.clock_rate
    handler, name = HANDLERS[kind]
    media = box(
        b"mdia",
        full_box(b"mdhd", 0, 0, struct.pack("!4IHH", 0, 0, rate, 0, UNDETERMINED, 0)),
        full_box(b"hdlr", 0, 0, bytes(4), handler, bytes(12), name),
        box(b"minf", header, _data_is_here(), _sample_table(entry)),
    )
    return box(b"trak", _track_header(track, kind), media)


def _track_header(track: VideoTrack | AudioTrack, kind: Kind) -> bytes:
    is_video = isinstance(track, VideoTrack)
    width, height = _sides(track) if isinstance(track, VideoTrack) else (0, 0)
    times = struct.pack("!5I8x", 0, 0, TRACK_IDS[kind], 0, 0)
    place = struct.pack("!hhH2x", 0, 0, 0 if is_video else 0x100)
    size = struct.pack("!II", width << 16, height << 16)
    return full_box(b"tkhd", 0, ENABLED_IN_MOVIE, times, place, MATRIX, size)


def _sides(track: VideoTrack) -> tuple[int, int]:
    return min(track.width, MAX_SIDE), min(track.height, MAX_SIDE)


def _data_is_here() -> bytes:
    """Return `dinf`: the media lies in this very file (8.7.2)."""
    return box(b"dinf", full_box(b"dref", 0, 0, struct.pack("!I", 1), full_box(b"url ", 0, 1)))


def _sample_table(entry: bytes) -> bytes:
    """Return `stbl` with a description and no samples."""
    return box(
        b"stbl",
        full_box(b"stsd", 0, 0, struct.pack("!I", 1), entry),
        full_box(b"stts", 0, 0, bytes(4)),
        full_box(b"stsc", 0, 0, bytes(4)),
        full_box(b"stsz", 0, 0, bytes(8)),
        full_box(b"stco", 0, 0, bytes(4)),
    )


def _picture_entry(track: VideoTrack) -> bytes:
    """Return the visual sample entry (12.1.3): 72 points an inch, 24 bits deep, one picture a sample."""
    name, record_name = ENTRIES[track.codec]
    head = struct.pack("!6xH16xHHIIIH32xHh", 1, *_sides(track), 0x480000, 0x480000, 0, 1, 24, -1)
    is_full = track.codec is Codec.VP9
    record = full_box(record_name, 1, 0, track.record) if is_full else box(record_name, track.record)
    return box(name, head, record)


def _sound_entry(track: AudioTrack) -> bytes:
    """Return the audio sample entry (12.2.3): two channels of 16 bits at 48 kHz."""
    head = struct.pack("!6xH8xHHIHH", 1, 2, 16, 0, 48000, 0)
    if track.aac_config:
        return box(b"mp4a", head, full_box(b"esds", 0, 0, _elementary_stream(track.aac_config)))
    return box(b"Opus", head, box(b"dOps", OPUS_RECORD))


def _elementary_stream(config: bytes) -> bytes:
    """Return the descriptors of AAC (ISO/IEC 14496-1 section 7.2.6)."""
    decoder = struct.pack("!BB3xII", 0x40, 0x15, AAC_MAX_BITS, AAC_MAX_BITS) + _descriptor(5, config)
    return _descriptor(3, struct.pack("!HB", 0, 0) + _descriptor(4, decoder) + _descriptor(6, b"\x02"))


def _descriptor(tag: int, content: bytes) -> bytes:
    return bytes([tag, len(content)]) + content
