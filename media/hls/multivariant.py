"""Writes the multivariant playlist: a picture in its sizes with either sound, or sound alone (8216bis)."""

from __future__ import annotations

from collections.abc import Iterable
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


@dataclass(frozen=True, slots=True)
class Size:
    """The picture in one size: its playlist, formats (RFC 6381), pixels, and bits a second."""

    uri: str
    codecs: tuple[str, ...]
    width: int
    height: int
    peak: float
    average: float


def multivariant_playlist(
    sections: Iterable[Section], rates: Rates, smaller: tuple[Size, ...] = (), *, base: str = "",
    captions: tuple[Captions, ...] = (), frame_rate: float | None = None, has_picture: bool = True,
) -> str:
    """Return the playlist of playlists; `base` leads from it to theirs. Without any track it is empty.

    The picture comes first, with each sound, then the `smaller` sizes in their order, with the same sounds;
    for who wants no picture the sounds alone.
    """
    known = [section for section in sections if any(is_in(track, section) for track in Track)]
    tracks = tracks_of(known)
    sounds = [track for track in SOUNDS if track in tracks]
    sizes = (_picture(known, rates, base), *smaller) if has_picture and Track.VIDEO in tracks else ()
    lines = ["#EXTM3U", "#EXT-X-VERSION:7"] if tracks else []
    if sizes:
        lines += [_sound(track, base) for track in sounds]
    lines += [_words(one) for one in captions if tracks]
    for size in sizes:
        for heard in sounds or (None,):
            lines += [_variant(size, heard, known, rates, captions, frame_rate), size.uri]
    for sound in sounds if not sizes else []:
        lines += [_variant(None, sound, known, rates, captions, None), f"{base}{sound}.m3u8"]
    return "".join(f"{line}\n" for line in lines)


def _picture(sections: list[Section], rates: Rates, base: str) -> Size:
    """Return the main size; it has had every format of any section (6.2.4)."""
    shown = [section for section in sections if is_in(Track.VIDEO, section)]
    largest = max(shown, key=lambda section: section.width * section.height)
    codecs = tuple(dict.fromkeys(section.video for section in shown))
    size = largest.width, largest.height
    return Size(f"{base}{Track.VIDEO}.m3u8", codecs, *size, rates.video_peak, rates.video)


def _sound(track: Track, base: str) -> str:
    return (f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{track}",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,'
            f'CHANNELS="2",URI="{base}{track}.m3u8"')


def _words(captions: Captions) -> str:
    return (f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",LANGUAGE="{captions.language}",'
            f'NAME="{_quoted(captions.name)}",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="{captions.uri}"')


def _variant(
    size: Size | None, sound: Track | None, sections: list[Section], rates: Rates,
    captions: tuple[Captions, ...], frame_rate: float | None,
) -> str:
    peak, average = _sound_rates(rates, sound)
    codecs = (*(size.codecs if size else ()), *_sound_codecs(sections, sound))
    attributes = [
        f"BANDWIDTH={max(1, ceil(peak + (size.peak if size else 0)))}",
        f"AVERAGE-BANDWIDTH={max(1, ceil(average + (size.average if size else 0)))}",
        f'CODECS="{",".join(codecs)}"']
    if size:
        attributes.append(f"RESOLUTION={size.width}x{size.height}")
        attributes += [f"FRAME-RATE={seconds(round(frame_rate, 3))}"] if frame_rate else []
        attributes += [f'AUDIO="{sound}"'] if sound else []
    attributes += ['SUBTITLES="captions"'] if captions else []
    return "#EXT-X-STREAM-INF:" + ",".join(attributes)


def _sound_rates(rates: Rates, sound: Track | None) -> tuple[float, float]:
    if sound is Track.AAC:
        return AAC_RATE, AAC_RATE
    return (rates.audio_peak, rates.audio) if sound is Track.OPUS else (0.0, 0.0)


def _sound_codecs(sections: list[Section], sound: Track | None) -> list[str]:
    if sound is Track.AAC:
        return [AAC_CODEC]
    return list(dict.fromkeys(section.audio for section in sections if sound and is_in(sound, section)))


def _quoted(text: str) -> str:
    """Return text as a quoted string may hold it (4.2)."""
    return "".join(char for char in text if char not in '"\r\n')
