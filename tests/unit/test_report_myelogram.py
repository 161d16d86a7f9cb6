"""The myelogram of the report: what lies at the hole shows there in all three planes."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from simulator.ct.technique import Technique
from simulator.interface.frame import Frame
from simulator.report.myelogram import SIZE_MM, _cut, _picture

PIXEL_MM, SLICE_MM = 0.5, 1.5
MIDDLE_MM = (4.0, 12.0, 500.0)
HOLE_MM = (-6.0, 20.0, 491.0)  # x, y, height: to the right, to the back and to the feet of the middle


@pytest.fixture(scope="module")
def frame() -> Frame:
    """Soft tissue, and a bright ball about the hole."""
    z = 560.0 - SLICE_MM * np.arange(80)
    made = Frame(
        hu=np.full((80, 512, 512), 40.0, np.float32),
        z_mm=z,
        pixel_spacing_mm=PIXEL_MM,
        centre_mm=(0.0, 0.0),
        exposure=Technique(tube_voltage_kv=120, tube_current_ma=30.0, rotation_s=0.5),
        slice_thickness_mm=SLICE_MM,
    )
    row, column = (float(q) for q in made.pixel_of(HOLE_MM[0], HOLE_MM[1]))
    slices, rows, columns = np.indices(made.hu.shape, sparse=True)
    off = ((rows - row) * PIXEL_MM) ** 2 + ((columns - column) * PIXEL_MM) ** 2 + (z[slices] - HOLE_MM[2]) ** 2
    made.hu[off < 16.0] = 1500.0
    return made


@pytest.mark.parametrize("name", ["axial", "sagittal", "coronal"])
def test_the_hole_is_drawn_where_it_shows(frame: Frame, name: str) -> None:
    fixed = {"axial": 2, "sagittal": 0, "coronal": 1}[name]
    middle = tuple(HOLE_MM[k] if k == fixed else MIDDLE_MM[k] for k in range(3))
    shown = _picture(name, frame, middle, HOLE_MM, None)
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(shown.uri.split(",")[1]))), dtype=float)
    assert pixels.shape == (shown.size, shown.size) == (round(SIZE_MM / PIXEL_MM),) * 2
    rows, columns = np.nonzero(pixels > 180.0)
    found = re.search(r'cx="([\d.]+)" cy="([\d.]+)"', str(shown.truth))
    assert found is not None
    assert float(found[1]) == pytest.approx(columns.mean() + 0.5, abs=1.6)
    assert float(found[2]) == pytest.approx(rows.mean() + 0.5, abs=1.6)


def test_the_level_that_was_written_down_is_marked_at_its_height(frame: Frame) -> None:
    marked = str(_picture("coronal", frame, MIDDLE_MM, HOLE_MM, 515.0).marks)
    row = round(SIZE_MM / PIXEL_MM) / 2 - 15.0 / PIXEL_MM
    assert f" {row:.1f}" in marked
    assert 'class="plan"' not in str(_picture("coronal", frame, MIDDLE_MM, HOLE_MM, 700.0).marks)


@pytest.mark.parametrize("middle_mm", [MIDDLE_MM, (118.0, -119.0, 530.0)], ids=["in the middle", "at a corner"])
def test_what_is_cut_out_shows_the_same(frame: Frame, middle_mm: tuple[float, float, float]) -> None:
    cut = _cut(frame, middle_mm)
    assert cut.hu.shape[1] < 0.5 * frame.hu.shape[1]
    for name in ("axial", "sagittal", "coronal"):
        whole, part = (_picture(name, one, middle_mm, HOLE_MM, None) for one in (frame, cut))
        if middle_mm == MIDDLE_MM:
            assert part == whole
        assert str(part.truth) == str(whole.truth)
