"""Paints the seamless paper that demo products stand before."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image, ImageFilter

from showroom.demo.materials import rgb


@lru_cache(maxsize=32)
def backdrop(accent: str, size: tuple[int, int] = (800, 600)) -> Image.Image:
    """Return a seamless paper sweep: a pool of light on a wall tinted with `accent`, and a brighter floor."""
    wide, tall = 128, 96
    tint = [0.13 * c + 0.87 * 250 for c in rgb(accent)]
    deep = [0.34 * c + 0.66 * 230 for c in rgb(accent)]
    floor = [0.05 * c + 0.95 * 248 for c in rgb(accent)]
    pixels = bytearray()
    for j in range(tall):
        for i in range(wide):
            x, y = i / wide - 0.44, j / tall
            pool = max(0.0, 1 - (x * x * 1.9 + (y - 0.40) ** 2 * 2.4) ** 0.5 * 1.2)
            pool = pool * pool * (3 - 2 * pool)
            rise = min(1.0, max(0.0, (y - 0.58) / 0.3))
            rise = rise * rise * (3 - 2 * rise)
            edge = 1 - 0.10 * (abs(i / wide - 0.5) * 2) ** 3 - 0.5 * max(0.0, y - 0.84) ** 1.5
            pixels += bytes(
                min(255, int((d + (t - d) * pool + (f - d - (t - d) * pool) * rise * 0.85) * edge))
                for d, t, f in zip(deep, tint, floor, strict=True)
            )
    small = Image.frombytes("RGB", (wide, tall), bytes(pixels))
    return small.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(9 * size[0] / 800))
