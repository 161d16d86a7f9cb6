"""Test contrast in the image: half a millilitre in each compartment, before, at once and half a minute later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from simulator.ct.scanner import Scanner
from simulator.engine.session import Session
from simulator.interface.frame import Frame
from simulator.operators.perception.contrast_spread import classify_spread, washes_out
from simulator.operators.perception.sac_outline import outline_sac_by_brightness
from simulator.scenario.build import Case
from tests.needle_in import needle_in, presses

BLUR_MM = 0.7
SEEN, OF_THE_PEAK = 5.0, 0.2  # times the noise, and of the peak: what is less is blur and streaks of what is more
Looks = Callable[[str], "Look"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A change in the three slices, against the truth.

    Attributes:
        amount: area times change, mm2 HU
        peak_hu: the 95th percentile of the change where it is seen
        inside: share of its area within the dura
        depth_mm: within the dura, of its deepest twentieth
        y_mm: its middle, towards the back
        across_mm, deep_mm: its extent left to right and back to front
        from_tip_mm: of its farthest twentieth
        by_slice_mm2: area in each slice
        thick_mm: of its thickest place
    """

    amount: float
    peak_hu: float
    inside: float
    depth_mm: float
    y_mm: float
    across_mm: float
    deep_mm: float
    from_tip_mm: float
    by_slice_mm2: tuple[float, ...]
    thick_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One compartment: the session, its three presses, and what changed at once and later."""

    session: Session
    frames: tuple[Frame, Frame, Frame]
    at_once: Shape
    later: Shape


@pytest.fixture(scope="module")
def looks(patient_2: Case) -> Looks:
    """Compartments as they are asked for; each is pressed once."""
    scanner = Scanner(patient_2.world.phantom, plane_capacity=60)
    made: dict[str, Look] = {}

    def look(compartment: str) -> Look:
        if compartment not in made:
            session = needle_in(patient_2.world, compartment, scanner)
            frames = presses(session)
            shapes = [shape_of(session, frames[0], frame) for frame in frames[1:]]
            made[compartment] = Look(session=session, frames=frames, at_once=shapes[0], later=shapes[1])
        return made[compartment]

    return look


def shape_of(session: Session, before: Frame, after: Frame) -> Shape:
    """Measure a change; the patient of exact hands lies still."""
    pixel = before.pixel_spacing_mm
    change = ndimage.gaussian_filter(after.hu - before.hu, (0.0, BLUR_MM / pixel, BLUR_MM / pixel))
    noise_hu = 1.4826 * float(np.median(np.abs(change)))
    least_hu = max(SEEN * noise_hu, OF_THE_PEAK * float(np.percentile(change, 99.95)))
    mask = ndimage.binary_opening(change > least_hu, np.ones((1, 2, 2)))
    k, row, column = np.nonzero(mask)
    x, y, _ = before.position_mm(0, row, column)
    z = before.z_mm[k] - session.world.table_zero_mm
    points = np.column_stack([x, y, z]).reshape(-1, 3)
    assert session.state.needle.pose is not None
    dura_mm: NDArray[np.float64] = session.world.phantom.anatomy.dura_mm(points) if len(points) else np.zeros(0)
    away = np.linalg.norm(points - np.array(session.state.needle.pose.tip_mm), axis=1)
    padded = np.pad(mask, ((0, 0), (1, 1), (1, 1)))
    held = len(points) > 0
    return Shape(
        amount=float(np.abs(change)[mask].sum()) * pixel**2,
        peak_hu=float(np.percentile(change[mask], 95)) if held else 0.0,
        inside=float((dura_mm < 0.0).mean()) if held else 0.0,
        depth_mm=float(-np.percentile(dura_mm, 5)) if held else 0.0,
        y_mm=float(points[:, 1].mean()) if held else 0.0,
        across_mm=float(np.ptp(np.percentile(points[:, 0], (2, 98)))) if held else 0.0,
        deep_mm=float(np.ptp(np.percentile(points[:, 1], (2, 98)))) if held else 0.0,
        from_tip_mm=float(np.percentile(away, 95)) if held else 0.0,
        by_slice_mm2=tuple(float(plane.sum()) * pixel**2 for plane in mask),
        thick_mm=2.0 * pixel * max(float(ndimage.distance_transform_edt(plane).max()) for plane in padded),
    )


def tell(
    figure: Callable[..., None], name: str, look: Look, *, inside: str, shape: str, left: tuple[float, float]
) -> None:
    """Print the rows of one compartment: the limits in words, and how much of the change may be left later."""
    one, later = look.at_once, look.later
    figure(
        f"test contrast, {name}: share of the change within the dura at once / after 30 s",
        f"{one.inside:.2f} / {later.inside:.2f}",
        asked=inside,
        kind="assumed",
    )
    figure(
        f"test contrast, {name}: thickest place; across; back to front",
        f"{one.thick_mm:.1f}; {one.across_mm:.1f}; {one.deep_mm:.1f}",
        asked=shape,
        unit="mm",
        kind="assumed",
    )
    figure(
        f"test contrast, {name}: what is left of the change after 30 s",
        later.amount / max(one.amount, 1e-9),
        asked="1 where it stays, 0 in a vein",
        within=left,
        kind="assumed",
    )


def read(look: Look) -> list[str]:
    """What an operator reads from the pixels, at once and later."""
    before, after, later = look.frames
    canal = outline_sac_by_brightness(before, before.pixel_of(0.0, 0.0)[1])
    assert canal is not None
    first, second = classify_spread(before, after, canal), classify_spread(before, later, canal)
    assert washes_out(first, second) == (first.pattern == "thread")
    return [first.pattern, second.pattern]


def test_intrathecal_contrast_fills_the_sac_sinks_and_thins(looks: Looks, figure: Callable[..., None]) -> None:
    look = looks("intrathecal")
    tell(figure, "intrathecal", look, inside="> 0.85 / > 0.75", shape="thickest > 5", left=(0.2, 0.8))
    assert look.at_once.inside > 0.85
    assert look.at_once.thick_mm > 5.0
    assert look.at_once.depth_mm > 4.0, "in the middle of the sac, and no film"
    assert look.later.inside > 0.75
    assert look.later.y_mm < look.at_once.y_mm - 2.0, "denser than CSF, it sinks to the front of a prone patient"
    assert look.later.across_mm > 1.3 * look.later.deep_mm, "with a level"
    assert look.later.peak_hu < 0.8 * look.at_once.peak_hu
    assert read(look) == ["intrathecal", "intrathecal"]


def test_contrast_in_a_vein_is_a_thread_and_washes_out(looks: Looks, figure: Callable[..., None]) -> None:
    look = looks("vessel")
    tell(figure, "in a vein", look, inside="< 0.2 / any", shape="< 4; > 8; any", left=(0.0, 0.05))
    assert sum(look.at_once.by_slice_mm2) > 20.0
    assert look.at_once.thick_mm < 4.0
    assert look.at_once.across_mm > 8.0, "it runs from the needle round the sac"
    assert look.at_once.inside < 0.2
    assert look.later.amount < 0.05 * look.at_once.amount
    assert read(look) == ["thread", "absent"]


@pytest.mark.slow
def test_epidural_contrast_is_a_cap_behind_the_sac(looks: Looks, figure: Callable[..., None]) -> None:
    look = looks("epidural")
    tell(
        figure,
        "epidural",
        look,
        inside="< 0.5 / < 0.4",
        shape="later across > 1.2 times back to front",
        left=(0.4, 1.2),
    )
    intrathecal = looks("intrathecal")
    assert look.at_once.inside < 0.5
    assert look.later.inside < 0.4
    assert look.later.y_mm > intrathecal.at_once.y_mm + 4.0, "behind the sac"
    assert look.later.across_mm > 1.2 * look.later.deep_mm, "a crescent"
    assert look.later.amount > 0.4 * look.at_once.amount, "it stays, and spreads out of the slices"
    assert read(look) == ["epidural", "epidural"]


@pytest.mark.slow
def test_subdural_contrast_is_a_thin_long_film(looks: Looks, figure: Callable[..., None]) -> None:
    look = looks("subdural")
    tell(figure, "subdural", look, inside="> 0.6 / any", shape="thickest < 5.5", left=(0.9, 1.1))
    assert look.at_once.inside > 0.6
    assert look.at_once.depth_mm < 3.0, "along the inside of the dura"
    assert look.at_once.thick_mm < 5.5
    assert min(look.at_once.by_slice_mm2) > 0.7 * max(look.at_once.by_slice_mm2), "longer than the slices"
    assert look.later.amount == pytest.approx(look.at_once.amount, rel=0.1)
    assert look.later.y_mm == pytest.approx(look.at_once.y_mm, abs=0.5), "it does not sink"
    assert read(look) == ["subdural", "subdural"]


@pytest.mark.slow
def test_contrast_in_muscle_stays_as_a_blob_about_the_tip(looks: Looks, figure: Callable[..., None]) -> None:
    look = looks("soft tissue")
    tell(
        figure,
        "in muscle",
        look,
        inside="0 / any",
        shape="thickest > 8, across 0.6 to 1.6 of back to front",
        left=(0.9, 1.1),
    )
    assert look.at_once.inside == 0.0
    assert look.at_once.from_tip_mm < 14.0
    assert 0.6 < look.at_once.across_mm / look.at_once.deep_mm < 1.6
    assert look.at_once.thick_mm > 8.0
    assert look.later.amount == pytest.approx(look.at_once.amount, rel=0.1)
    assert read(look) == ["muscular", "muscular"]
