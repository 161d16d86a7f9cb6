"""Preview: an imported patient at every interspace, with what was derived drawn over what was seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from phantoms.phantom import BasisVolume, Label, Phantom
from phantoms.tissues import hounsfield_slopes

WINDOW_HU, LEVEL_HU = 1600.0, 400.0
TILE = 360
CAPTION = 22
_DERIVED = (  # label, colour of its outline
    (Label.CEREBROSPINAL_FLUID, (227, 154, 198)),
    (Label.LIGAMENTUM_FLAVUM, (255, 194, 51)),
    (Label.EPIDURAL_COLLECTION, (91, 184, 240)),
)


def write_preview(phantom: Phantom, path: Path) -> None:
    """Write axial tiles of the canal's box at each interspace: as scanned above, derived outlines below."""
    tiles = [(level, _tile(phantom.canal, phantom.landmarks_mm[level][2])) for level in phantom.levels]
    tiles = [(level, tile) for level, tile in tiles if tile is not None]
    sheet = Image.new("RGB", (TILE * max(len(tiles), 1), 2 * TILE + CAPTION), (10, 12, 15))
    draw = ImageDraw.Draw(sheet)
    for column, (level, tile) in enumerate(tiles):
        assert tile is not None
        plain, outlined = tile
        sheet.paste(plain, (TILE * column, CAPTION))
        sheet.paste(outlined, (TILE * column, CAPTION + TILE))
        draw.text((TILE * column + 6, 5), f"{level}   posterior up, patient's left on the left", fill=(233, 237, 241))
    sheet.save(path)


def hounsfield(volume: BasisVolume, index: int) -> NDArray[np.float64]:
    """HU of one plane at 120 kV [shape=(y, x)]."""
    return np.tensordot(hounsfield_slopes(120.0), volume.plane(index).astype(np.float64), axes=1) - 1000.0


def _tile(volume: BasisVolume, z_mm: float) -> tuple[Image.Image, Image.Image] | None:
    index = round((z_mm - 5.0 - volume.grid.origin_mm[2]) / volume.grid.spacing_mm[2])
    if not 0 <= index < volume.grid.shape[0]:
        return None
    hu = hounsfield(volume, index)[::-1, ::-1]
    labels = volume.label[index][::-1, ::-1]
    grey = np.clip((hu - LEVEL_HU) / WINDOW_HU + 0.5, 0.0, 1.0) * 255.0
    rgb = np.repeat(grey[:, :, None], 3, axis=2).astype(np.uint8)
    marked = rgb.copy()
    for label, colour in _DERIVED:
        inside = labels == label
        edge = inside & ~(
            _shifted(inside, 1, 0) & _shifted(inside, -1, 0) & _shifted(inside, 0, 1) & _shifted(inside, 0, -1)
        )
        marked[edge] = colour
    side = min(rgb.shape[:2])
    left = (rgb.shape[1] - side) // 2
    box = (left, rgb.shape[0] - side, left + side, rgb.shape[0])
    size = (TILE, TILE)
    return Image.fromarray(rgb).crop(box).resize(size), Image.fromarray(marked).crop(box).resize(size)


def _shifted(mask: NDArray[np.bool_], rows: int, columns: int) -> NDArray[np.bool_]:
    return np.roll(np.roll(mask, rows, axis=0), columns, axis=1)
