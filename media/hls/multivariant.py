"""Writes the multivariant playlist: the picture with either kind of sound (RFC 8216bis, 4.4.6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil

from media.hls.lines import seconds
from media.hls.rates import Rates
from media.hls.tracks import AAC_BITRATE, AAC_CODEC, Track, is_in, tracks_of
from media.recording.facts import Section

AAC_RATE = AAC_BITRATE * 1.15
"""Bits a second with boxes; the encoder keeps to its rate on average."""
SOUNDS = (Track.OPUS, Track.AAC)
"""Opus first: it costs nothing, and who cannot play it takes the other."""


@dataclass(frozen=True, slots=True)
class Captions:
    """Words in one language (BCP 47), the language's name in itself, and the playlist that lists them."""

    language: str
    name: str
    uri: str


def multivariant_playlist(
    sections: Iterable[Section], rates: Rates, *, base: str = "", captions: tuple[Captions, ...] = (),
    frame_rate: float | None = None,
) -> str:
    """Return the playlist of playlists; `base` leads from it to theirs. Without any track it is empty."""
    known = [section for section in sections if any(is_in(track, section) for track in Track)]
    tracks = tracks_of(known)
    lines = ["#EXTM3U", "#EXT-X-VERSION:7"] if tracks else []
    if Track.VIDEO in tracks:
        lines += [_sound(track, base) for track in SOUNDS if track in tracks]
    lines += [_words(one) for one in captions if tracks]
    for sound in [track for track in SOUNDS if track in tracks] or tracks:
        lines += _variant(known, rates, sound, captions, frame_rate)
        lines.append(f"{base}{Track.VIDEO if Track.VIDEO in tracks else sound}.m3u8")
    return "".join(f"{line}\n" for line in lines)


def _sound(track: Track, base: str) -> str:
    return (f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{track}",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,'
            f'CHANNELS="2",URI="{base}{track}.m3u8"')


def _words(captions: Captions) -> str:
    return (f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",LANGUAGE="{captions.language}",'
            f'NAME="{_quoted(captions.name)}",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="{captions.uri}"')


def _variant(
    sections: list[Section], rates: Rates, sound: Track, captions: tuple[Captions, ...],
    frame_rate: float | None,
) -> Iterator[str]:
    has_video = any(is_in(Track.VIDEO, section) for section in sections)
    peak, average = _sound_rates(rates, sound)
    attributes = [
        f"BANDWIDTH={max(1, ceil(peak + (rates.video_peak if has_video else 0)))}",
        f"AVERAGE-BANDWIDTH={max(1, ceil(average + (rates.video if has_video else 0)))}",
        f'CODECS="{",".join(_codecs(sections, sound))}"']
    if has_video:
        largest = max(sections, key=lambda section: section.width * section.height)
        attributes.append(f"RESOLUTION={largest.width}x{largest.height}")
        attributes += [f"FRAME-RATE={seconds(round(frame_rate, 3))}"] if frame_rate else []
        attributes += [f'AUDIO="{sound}"'] if sound is not Track.VIDEO else []
    attributes += ['SUBTITLES="captions"'] if captions else []
    yield "#EXT-X-STREAM-INF:" + ",".join(attributes)


def _sound_rates(rates: Rates, sound: Track) -> tuple[float, float]:
    if sound is Track.AAC:
        return AAC_RATE, AAC_RATE
    return (rates.audio_peak, rates.audio) if sound is Track.OPUS else (0.0, 0.0)


def _codecs(sections: list[Section], sound: Track) -> list[str]:
    """Return every format there is in any section, once (6.2.4)."""
    pictures = [section.video for section in sections if is_in(Track.VIDEO, section)]
    sounds = [section.audio for section in sections if is_in(Track.OPUS, section)]
    heard = {Track.OPUS: sounds, Track.AAC: [AAC_CODEC]}.get(sound, [])
    return list(dict.fromkeys([*pictures, *heard]))


def _quoted(text: str) -> str:
    """Return text as a quoted string may hold it (4.2)."""
    return "".join(char for char in text if char not in '"\r\n')
