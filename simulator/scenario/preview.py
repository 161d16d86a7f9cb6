"""Preview: an imported patient beside the CT it was made of, what was derived drawn over it, and its quality in words.

Axial tiles show posterior up and the patient's left on the left; the sagittal ones, head up, the back on the right.
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

from phantoms.from_ct.body import frame_grid
from phantoms.from_ct.ct_anatomy import CtAnatomy
from phantoms.from_ct.derived_bands import DURA_BAND, FLAVUM_BAND, derived_bands
from phantoms.from_ct.image import CtImage
from phantoms.from_ct.labels import vertebra_names
from phantoms.from_ct.quality import GUESSED, POOR, SEEN, QualityFinding, verdict
from phantoms.phantom import BasisVolume, Label, Phantom, VoxelGrid
from phantoms.tissues import hounsfield_slopes
from simulator.vocabulary.levels import Interspace

WINDOW_HU, LEVEL_HU = 1600.0, 400.0
TILE, CAPTION, TEXT = 300, 22, 260
_HALF_MM = 40.0  # of an axial tile
_GROUND, _INK = (10, 12, 15), (233, 237, 241)
_COLOURS = {SEEN: (120, 200, 140), GUESSED: (255, 194, 51), POOR: (240, 110, 90)}
_DERIVED = (  # label, colour of its outline
    (Label.CEREBROSPINAL_FLUID, (227, 154, 198)),
    (Label.LIGAMENTUM_FLAVUM, (255, 194, 51)),
    (Label.EPIDURAL_COLLECTION, (91, 184, 240)),
)
BAND_COLOURS = {DURA_BAND: (240, 110, 200), FLAVUM_BAND: (250, 215, 90)}
_BAND_SHARE = 0.45  # of a band's colour over the picture
_ROWS = ("the CT", "the patient, with contrast and leak", "outlines of what was derived, and its error")
Grey = NDArray[Any]


def write_preview(
    phantom: Phantom, ct: CtImage, about: Interspace, findings: tuple[QualityFinding, ...], path: Path
) -> None:
    """Write a picture: at each interspace and along the midline the CT, the patient, and what was derived.

    Args:
        phantom: built from the CT
        ct: as read
        about: interspace about which it was built
        findings: its quality
        path: of the picture
    """
    names = vertebra_names(ct, about)
    source = frame_grid(ct, (names[about.upper_vertebra], names[about.lower_vertebra]))
    levels = [level for level in phantom.levels if _height(phantom, level) is not None]
    columns = max(len(levels), 3) + 1
    sheet = Image.new("RGB", (TILE * columns, 3 * TILE + CAPTION + TEXT), _GROUND)
    draw = ImageDraw.Draw(sheet)
    for column, level in enumerate(levels):
        _column(sheet, column, _axial(phantom, ct, source, level))
        draw.text((TILE * column + 6, 5), f"{level}   P up, L left", fill=_INK)
    _column(sheet, columns - 1, _sagittal(phantom, ct, source))
    draw.text((TILE * (columns - 1) + 6, 5), "midline   H up, P right", fill=_INK)
    for row, text in enumerate(_ROWS):
        draw.text((6, CAPTION + TILE * row + 4), text, fill=_INK)
    _say(draw, findings, 3 * TILE + CAPTION + 8, TILE * columns)
    sheet.save(path)


def hounsfield(volume: BasisVolume, index: int) -> Grey:
    """HU of one plane at 120 kV [shape=(y, x)]."""
    return np.tensordot(hounsfield_slopes(120.0), volume.plane(index).astype(np.float64), axes=1) - 1000.0


def _height(phantom: Phantom, level: Interspace) -> int | None:
    """Plane of the box in the window of an interspace, or 5 mm below its disc; None where it is not shown."""
    grid = phantom.canal.grid
    mark = phantom.landmarks.interlaminar_windows.get(level)
    z = phantom.landmarks.interspaces[level].z_mm - 5.0 if mark is None else mark.z_mm
    index = round((z - grid.origin_mm[2]) / grid.spacing_mm[2])
    return index if 0 <= index < grid.shape[0] else None


def _axial(phantom: Phantom, ct: CtImage, source: VoxelGrid, level: Interspace) -> list[Image.Image]:
    volume = phantom.canal
    index = _height(phantom, level)
    assert index is not None
    x, y = (volume.grid.origin_mm[k] + volume.grid.spacing_mm[k] * np.arange(volume.grid.shape[2 - k]) for k in (0, 1))
    z = float(volume.grid.z_mm[index])
    middle_y = phantom.landmarks.interspaces[level].y_mm + 0.5 * _HALF_MM
    rows = np.flatnonzero(np.abs(y - middle_y) <= _HALF_MM)
    hu = hounsfield(volume, index)[rows][::-1, ::-1]
    seen = _sampled(ct, source, x[None, :], y[rows][:, None], np.full((1, 1), z))[::-1, ::-1]
    bands = _bands(phantom, x[None, :], y[rows][:, None], np.full((1, 1), z))[::-1, ::-1]
    return _three(seen, hu, volume.label[index][rows][::-1, ::-1], bands)


def _sagittal(phantom: Phantom, ct: CtImage, source: VoxelGrid) -> list[Image.Image]:
    volume = phantom.canal
    grid = volume.grid
    y = grid.origin_mm[1] + grid.spacing_mm[1] * np.arange(grid.shape[1])
    z = grid.z_mm
    landmarks = phantom.landmarks
    marks = sorted(
        (point.z_mm, point.x_mm)
        for point in (*landmarks.interspaces.values(), *landmarks.interlaminar_windows.values())
    )
    x = np.interp(z, [mark[0] for mark in marks], [mark[1] for mark in marks])
    column = np.clip(np.rint((x - grid.origin_mm[0]) / grid.spacing_mm[0]).astype(int), 0, grid.shape[2] - 1)
    slopes = hounsfield_slopes(120.0)
    hu, label = np.empty((len(z), len(y))), np.empty((len(z), len(y)), dtype=np.uint8)
    for k in range(len(z)):
        hu[k] = slopes @ volume.plane(k)[:, :, column[k]].astype(np.float64) - 1000.0
        label[k] = volume.label[k, :, column[k]]
    seen = _sampled(ct, source, x[:, None], y[None, :], z[:, None])
    bands = _bands(phantom, x[:, None], y[None, :], z[:, None])
    fine = [np.repeat(picture[::-1], round(1.0 / grid.spacing_mm[1]), axis=0) for picture in (seen, hu, label, bands)]
    return _three(fine[0], fine[1], fine[2], fine[3])


def _bands(phantom: Phantom, x: Grey, y: Grey, z: Grey) -> NDArray[np.uint8]:
    """In which band of a derived edge each pixel lies, and 0."""
    assert isinstance(phantom.anatomy, CtAnatomy)
    places = np.broadcast_arrays(x, y, z)
    points = np.stack([place.ravel() for place in places], axis=1).astype(np.float64)
    return derived_bands(phantom.anatomy, points).reshape(places[0].shape)


def _sampled(ct: CtImage, source: VoxelGrid, x: Grey, y: Grey, z: Grey) -> Grey:
    """HU of the CT at points of the phantom's frame, linear between its voxels."""
    places = np.broadcast_arrays(z, y, x)
    index = [(place - source.origin_mm[2 - k]) / source.spacing_mm[2 - k] for k, place in enumerate(places)]
    return np.asarray(ndimage.map_coordinates(ct.hu, index, order=1, mode="nearest", output=np.float64))


def _three(seen: Grey, hu: Grey, labels: NDArray[np.uint8], bands: NDArray[np.uint8]) -> list[Image.Image]:
    """The CT, the patient, and the patient with outlines and the bands of the edges' errors."""
    made = _rgb(hu)
    marked = made.copy()
    for band, colour in BAND_COLOURS.items():
        inside = bands == band
        marked[inside] = np.rint((1.0 - _BAND_SHARE) * marked[inside] + _BAND_SHARE * np.array(colour))
    for label, colour in _DERIVED:
        inside = labels == label
        marked[inside & ~ndimage.binary_erosion(inside)] = colour
    return [Image.fromarray(picture) for picture in (_rgb(seen), made, marked)]


def _rgb(hu: Grey) -> NDArray[np.uint8]:
    grey = np.clip((hu - LEVEL_HU) / WINDOW_HU + 0.5, 0.0, 1.0) * 255.0
    return np.repeat(grey[:, :, None], 3, axis=2).astype(np.uint8)


def _column(sheet: Image.Image, column: int, tiles: list[Image.Image]) -> None:
    for row, tile in enumerate(tiles):
        scale = TILE / max(tile.size)
        size = (round(tile.width * scale), round(tile.height * scale))
        place = TILE * column + (TILE - size[0]) // 2, CAPTION + TILE * row + (TILE - size[1]) // 2
        sheet.paste(tile.resize(size), place)


def _say(draw: ImageDraw.ImageDraw, findings: tuple[QualityFinding, ...], top: int, width: int) -> None:
    """Verdict, then the findings in two columns, each with the colour of its trust."""
    draw.text(
        (8, top),
        f"{verdict(findings)}   (derived: pink CSF, yellow flavum, blue collection; bands: errors of dura and flavum)",
        fill=_INK,
    )
    half = (len(findings) + 1) // 2
    for part, x in ((findings[:half], 8), (findings[half:], width // 2)):
        y = top + 22
        for finding in part:
            text = f"{finding.trust}  {finding.what}: {finding.why}"
            for line in textwrap.wrap(text, max((width // 2 - 16) // 7, 30)):
                draw.text((x, y), line, fill=_COLOURS[finding.trust])
                y += 15
            y += 2
