"""The fast image of 64 x 64 pixels beside the full one's blocks: mean HU of tissues, noise, and the needle.

One session by both scanners: presses without a needle, with one, and with blood beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from phantoms.phantom import Label
from simulator.engine.case_context import FIELD_OF_VIEW_MM
from simulator.engine.image_rendering import MATRIX
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.frame import Frame
from simulator.strategies.learning.fast_image import FAST_MATRIX, FastImages
from tests.physics.conftest import Figure
from tests.procedures import placed, run, step_until_epidural

SIDE, SLICES = 64, (0, 1, 2)
PRESSES = 12
MEAN_WITHIN_HU = 5.0  # assumed: less than the noise of one pixel
NOISE_WITHIN, NEEDLE_WITHIN = 0.15, 0.10  # assumed, of the full image's
NEEDLE_OFF_MM = 0.25  # assumed: half of a full image's pixel
WHOLLY = 0.9  # of a pixel's parts that a tissue holds, where the pixel counts as it
BLOOD_HU, NEEDLE_HU = 30.0, 60.0  # that they add to the full image, where a pixel counts as theirs

Blocks = NDArray[np.float64]


class Both(NamedTuple):
    """Block means by the full scanner and by the fast one [shape=(press, slice, 64, 64), HU]."""

    full: Blocks
    fast: Blocks


class Presses(NamedTuple):
    session: Session
    bare: Both
    needle: Both
    blood: Both


def blocks(frame: Frame) -> Blocks:
    block = frame.hu.shape[-1] // SIDE
    return frame.hu.reshape(len(SLICES), SIDE, block, SIDE, block).mean(axis=(2, 4), dtype=np.float64)


def pressed(session: Session, fast: FastImages) -> Both:
    for _ in range(PRESSES):
        session.do(c.PressPedal())
    picture = fast.of(session)
    made = [(session.image(number, SLICES), picture(number, SLICES)) for number in session.presses()[-PRESSES:]]
    assert [one.hu.shape[-1] for one in made[0]] == [MATRIX, FAST_MATRIX]
    return Both(*(np.stack([blocks(frame) for frame in frames]) for frames in zip(*made, strict=True)))


@pytest.fixture(scope="module")
def presses(make_case: Callable[..., object]) -> Presses:
    session, fast = Session(make_case().world), FastImages()  # type: ignore[attr-defined]
    run(session, [*placed(), c.MoveTable(level="L3/4")])
    bare = pressed(session, fast)
    step_until_epidural(session, beyond_mm=1.0)
    needle = pressed(session, fast)
    run(session, [c.RemoveStylet(), c.DrawBlood(volume_ml=20.0), c.MixContrast(volume_ml=1.0)])
    for _ in range(2):
        session.do(c.InjectBlood(volume_ml=5.0, until_cue=True))
    session.do(c.StopInjection())
    return Presses(session, bare, needle, pressed(session, fast))


def wholly(session: Session, labels: tuple[Label, ...]) -> NDArray[np.bool_]:
    """Pixels [shape=(slice, 64, 64)] that hold some tissues through the thickness of their slice."""
    frame = session.image(session.presses()[0], SLICES)
    canal = session.world.phantom.canal
    transform = session.world.table_transform(session.state.patient.displacement_mm)
    at = np.arange(MATRIX)
    found = np.zeros((len(SLICES), MATRIX, MATRIX))
    ends = np.array([frame.position_mm(0, 0, 0)[:2], frame.position_mm(0, MATRIX - 1, MATRIX - 1)[:2]])
    x = ends[0, 0] + (ends[1, 0] - ends[0, 0]) * at / (MATRIX - 1)
    y = ends[0, 1] + (ends[1, 1] - ends[0, 1]) * at / (MATRIX - 1)
    columns, rows = np.meshgrid(x, y)
    heights = np.array([-1.5, 0.0, 1.5])
    for place in SLICES:
        for height in heights:
            z = transform.patient_z_mm(float(frame.z_mm[place] + height))
            points = np.stack([columns.ravel(), rows.ravel(), np.full(columns.size, z)], axis=1)
            index = canal.grid.nearest_voxel(points)
            inside = ((index >= 0) & (index < np.array(canal.grid.shape))).all(axis=1)
            there = np.zeros(len(index), bool)
            there[inside] = np.isin(canal.label[tuple(index[inside].T)], labels)
            found[place] += there.reshape(MATRIX, MATRIX) / len(heights)
    block = MATRIX // SIDE
    return found.reshape(len(SLICES), SIDE, block, SIDE, block).mean(axis=(2, 4)) >= WHOLLY


@pytest.mark.parametrize(
    ("tissue", "labels"),
    [
        ("sac", (Label.CEREBROSPINAL_FLUID, Label.NERVE_ROOT)),
        ("bone", (Label.CORTICAL_BONE, Label.SPONGIOSA)),
    ],
)
def test_tissues_have_the_same_mean(presses: Presses, figure: Figure, tissue: str, labels: tuple[Label, ...]) -> None:
    where = wholly(presses.session, labels)
    assert where.sum() >= 5
    full, fast = (both[:, where].mean() for both in presses.bare)
    figure(f"mean of {tissue}, fast image less the full one's {full:.0f}", fast - full, unit="HU",
           asked=f"within {MEAN_WITHIN_HU:g}", kind="assumed")  # fmt: skip
    assert abs(fast - full) < MEAN_WITHIN_HU


def test_blood_has_the_same_mean(presses: Presses, figure: Figure) -> None:
    before, after = presses.needle, presses.blood
    where = after.full.mean(axis=0) - before.full.mean(axis=0) > BLOOD_HU
    assert where.sum() >= 5
    full, fast = (both[:, where].mean() for both in after)
    figure(f"mean of blood with contrast, fast image less the full one's {full:.0f}", fast - full, unit="HU",
           asked=f"within {MEAN_WITHIN_HU:g}", kind="assumed")  # fmt: skip
    assert abs(fast - full) < MEAN_WITHIN_HU


def test_noise_is_the_same(presses: Presses, figure: Figure) -> None:
    body = presses.bare.full.mean(axis=0) > -150.0
    full, fast = (float(np.sqrt(both.var(axis=0, ddof=1)[body].mean())) for both in presses.bare)
    figure(f"noise of the fast image over the full one's {full:.1f} HU", fast / full,
           asked=f"1 within {NOISE_WITHIN:g}", kind="assumed")  # fmt: skip
    assert fast == pytest.approx(full, rel=NOISE_WITHIN)


def test_the_needle_is_as_bright_and_lies_in_the_same_place(presses: Presses, figure: Figure) -> None:
    full, fast = (
        with_needle.mean(axis=0) - without.mean(axis=0)
        for with_needle, without in zip(presses.needle, presses.bare, strict=True)
    )
    where = full > NEEDLE_HU
    assert where.sum() >= 5
    figure(f"brightness of the needle in the fast image over the full one's {full[where].mean():.0f} HU",
           fast[where].mean() / full[where].mean(), asked=f"1 within {NEEDLE_WITHIN:g}", kind="assumed")  # fmt: skip
    assert fast[where].mean() == pytest.approx(full[where].mean(), rel=NEEDLE_WITHIN)
    middles = [np.array([np.average(at, weights=one[where]) for at in np.nonzero(where)[1:]]) for one in (full, fast)]
    off_mm = FIELD_OF_VIEW_MM / SIDE * float(np.linalg.norm(middles[1] - middles[0]))
    figure("middle of the needle in the fast image from that in the full one", off_mm, unit="mm",
           asked=f"{NEEDLE_OFF_MM:g} at most", kind="assumed")  # fmt: skip
    assert off_mm <= NEEDLE_OFF_MM
