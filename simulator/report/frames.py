"""Frames as files: slices side by side as a PNG, and presses as a small animation.

As on the console: posterior up, the patient's left on the picture's left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from simulator.files.whole_file import MADE_BY
from simulator.interface.frame import Frame
from simulator.report.palette import INK, LABEL, PANEL
from simulator.report.png import PRESETS, GreyWindow, grey

__all__ = ["PRESETS", "GreyWindow", "write_animation", "write_frame_png"]

MOST_SLICES = 12
COLUMNS = 4
GAP = 4
CAPTION_HEIGHT = 28
ANIMATION_BYTES = 1_500_000
_ANIMATION_SIZES = ((960, 64), (800, 48), (640, 32), (520, 32), (420, 24), (320, 16), (240, 16))


def write_frame_png(frame: Frame, path: Path, *, window_hu: float, level_hu: float, caption: str) -> None:
    """Write slices side by side, as an 8-bit PNG.

    Up to three slices stand in full resolution in one row, head to feet as acquired. Of more, up to twelve that are
    evenly spaced stand four to a row at half resolution.

    Args:
        frame: slices of one acquisition
        path: file to write; its folder must exist
        window_hu, level_hu: display window; `PRESETS` holds the usual ones
        caption: one line above the pictures
    """
    shown = evenly_chosen(len(frame.hu), MOST_SLICES)
    pixels = grey(frame.hu[shown], GreyWindow(width_hu=window_hu, level_hu=level_hu))
    step = 1 if len(shown) <= 3 else 2
    tiles = [_tile(_reduced(tile, step), float(frame.z_mm[k])) for tile, k in zip(pixels, shown, strict=True)]
    columns = min(len(tiles), COLUMNS)
    width, height = tiles[0].size
    rows = math.ceil(len(tiles) / columns)
    sheet = Image.new(
        "RGB",
        (columns * (width + GAP) - GAP, CAPTION_HEIGHT + rows * (height + GAP) - GAP),
        PANEL,
    )
    ImageDraw.Draw(sheet).text((8, 6), _printable(caption), fill=INK, font=_font(15))
    for index, tile in enumerate(tiles):
        row, column = divmod(index, columns)
        sheet.paste(tile, (column * (width + GAP), CAPTION_HEIGHT + row * (height + GAP)))
    sheet.save(path, format="PNG", compress_level=6)


def evenly_chosen(count: int, most: int) -> list[int]:
    """Indices of at most `most` of `count` things, the first and the last among them."""
    if count <= most:
        return list(range(count))
    return [int(k) for k in np.rint(np.linspace(0, count - 1, most))]


def write_animation(paths: Sequence[Path], out: Path, *, seconds_per_frame: float) -> None:
    """Write pictures one after another as an animated GIF below 1.5 MB that repeats.

    Args:
        paths: pictures, such as `write_frame_png` writes; smaller ones are padded
        out: file to write
        seconds_per_frame: how long each stands; the last stands twice as long

    Raises:
        ValueError: there is no picture.
    """
    if not paths:
        raise ValueError("an animation needs at least one picture")
    pictures = []
    for path in paths:
        with Image.open(path) as picture:
            pictures.append(picture.convert("L"))
    size = max(p.width for p in pictures), max(p.height for p in pictures)
    padded = [_padded(picture, size) for picture in pictures]
    stands = round(1000 * seconds_per_frame)
    durations = [stands] * (len(padded) - 1) + [2 * stands]
    for width, greys in _ANIMATION_SIZES:
        share = min(width / size[0], 1.0)
        small = [
            picture.resize((round(size[0] * share), round(size[1] * share)), Image.Resampling.LANCZOS)
            for picture in padded
        ]
        levels = [picture.quantize(greys, dither=Image.Dither.NONE) for picture in small]
        levels[0].save(
            out,
            format="GIF",
            save_all=True,
            append_images=levels[1:],
            duration=durations,
            loop=0,
            optimize=False,
            comment=MADE_BY.encode(),
        )
        if out.stat().st_size < ANIMATION_BYTES:
            return


def _reduced(pixels: np.ndarray, step: int) -> Image.Image:
    picture = Image.fromarray(pixels)
    return picture if step == 1 else picture.reduce(step)


def _padded(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    if picture.size == size:
        return picture
    sheet = Image.new("L", size, PANEL[0])
    sheet.paste(picture, ((size[0] - picture.width) // 2, (size[1] - picture.height) // 2))
    return sheet


def _tile(picture: Image.Image, z_mm: float) -> Image.Image:
    tile = picture.convert("RGB")
    draw = ImageDraw.Draw(tile)
    size = max(11, tile.width // 32)
    font = _font(size)
    width, height = tile.size
    marks = (
        ((width // 2, 4), "P", "ma"),
        ((6, height // 2), "L", "lm"),
        ((width - 6, height // 2), "R", "rm"),
        ((6, height - 6), f"z {z_mm:.1f} mm", "ld"),
    )
    for at, text, anchor in marks:
        draw.text(at, text, fill=LABEL, font=font, anchor=anchor, stroke_width=1, stroke_fill=(0, 0, 0))
    return tile


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _printable(text: str) -> str:
    """What Pillow's own font can draw, on one line."""
    return " ".join(text.splitlines()).encode("latin-1", "replace").decode("latin-1")
