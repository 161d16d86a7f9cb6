"""The blood patch: pressure, spread and outcome against what is published."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from phantoms.phantom import Label, Phantom
from simulator.patch import flow as f
from simulator.patch.coverage import TOUCHING_SHARE
from simulator.patch.epidural_space import EpiduralSpace, gathered
from simulator.patch.injectate import Injectate
from simulator.patch.pressure import KPA_PER_MMHG
from simulator.patch.traits import draw_traits
from simulator.patient.outcome import BLIND, BLIND_ML, COVERED_BY_TARGETED, TARGETED, Cover, seal_probability
from simulator.patient.sensation import PRESSURE_SHARE, draw_thresholds
from simulator.procedure.streams import Stream, generator
from simulator.scenario.build import Case

PEOPLE = 12
VOLUMES_ML = (5, 10, 15, 20)
PRESSURE_MMHG = {5: 0.8, 10: 2.8, 15: 6.2, 20: 10.8}  # Pratt 2014
LEVELS = {5: 2.4, 10: 3.6, 15: 4.6, 20: 5.4}  # reference, section 5: 0.9 V^0.6, CV 35 %
ONE_SIDED = 0.8  # of the volume on one side
RATE_ML_PER_S = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """One person at one volume."""

    levels: float
    pressure_mmhg: float
    cranial: float
    one_side: float
    escaped_ml: float
    dented_ml: float


def without_a_collection(phantom: Phantom) -> Phantom:
    """The same canal where nothing has leaked: the published injections were given into fat."""
    label = phantom.canal.label.copy()
    label[label == Label.EPIDURAL_COLLECTION] = Label.EPIDURAL_FAT
    return replace(phantom, canal=replace(phantom.canal, label=label))


def spread_of(medium: f.Medium, flow: f.Flow, cell: int, level_mm: float) -> Spread:
    """What can be measured of a flow."""
    space = medium.space
    came = flow.blood_ml + flow.contrast_ml
    z = space.place[:, 2]
    seen = z[came > TOUCHING_SHARE * space.volume_ml]
    right = float(came[space.place[:, 0] < 0.0].sum() / came.sum())
    return Spread(
        levels=float(seen.max() - seen.min()) / level_mm,
        pressure_mmhg=f.pressure_mmhg(flow, cell),
        cranial=float(came[z > z[cell]].sum() / came.sum()),
        one_side=max(right, 1.0 - right),
        escaped_ml=float((flow.out_blood_ml + flow.out_contrast_ml).sum()),
        dented_ml=f.dented_ml(medium, flow),
    )


def injected(space: EpiduralSpace, seed: int, level_mm: float) -> dict[int, Spread]:
    """20 mL into one person at L3/4, on a drawn side of the midline."""
    medium = f.medium_of(space, draw_traits(generator(seed, Stream.PATIENT, 2), "lumbar", seed))
    side = float(np.random.default_rng(seed).choice([-2.0, 2.0]))
    cell = space.cell_at((side, 16.5, -3.0))
    flow, found = f.at_rest(space), {}
    for ml in range(1, VOLUMES_ML[-1] + 1):
        portion = Injectate(blood_ml=15 / 16, contrast_ml=1 / 16)
        until_ms = round(1000 * ml / RATE_ML_PER_S)
        flow = f.inject(medium, flow, cell, portion, drawn_ms=-60_000, until_ms=until_ms)
        if ml in VOLUMES_ML:
            found[ml] = spread_of(medium, flow, cell, level_mm)
    came = float(flow.blood_ml.sum() + flow.contrast_ml.sum()) + found[VOLUMES_ML[-1]].escaped_ml
    assert came == pytest.approx(VOLUMES_ML[-1], rel=1e-3)
    return found


@pytest.fixture(scope="module")
def people(patient_2: Case) -> list[dict[int, Spread]]:
    phantom = patient_2.world.phantom
    heights = sorted(phantom.landmarks_mm[name][2] for name in phantom.levels)
    space = gathered(without_a_collection(phantom))
    return [injected(space, seed, float(np.median(np.diff(heights)))) for seed in range(1, PEOPLE + 1)]


def mean(people: list[dict[int, Spread]], ml: int, name: str) -> float:
    return float(np.mean([getattr(person[ml], name) for person in people]))


def test_pressure_by_volume(people: list[dict[int, Spread]], figure: Callable[..., None]) -> None:
    for ml, published in PRESSURE_MMHG.items():
        figure(
            f"epidural pressure above baseline after {ml} mL, mean of {PEOPLE} people",
            mean(people, ml, "pressure_mmhg"),
            asked=f"{published:g} (Pratt 2014, r2 0.57), within 0.6 or 20 %",
            unit="mmHg",
        )
    for ml, published in PRESSURE_MMHG.items():
        assert mean(people, ml, "pressure_mmhg") == pytest.approx(published, abs=max(0.6, 0.2 * published))


def test_levels_by_volume(people: list[dict[int, Spread]], figure: Callable[..., None]) -> None:
    for ml, published in LEVELS.items():
        levels = [person[ml].levels for person in people]
        figure(
            f"levels covered by {ml} mL, mean (CV) of {PEOPLE} people",
            f"{np.mean(levels):.2f} ({100 * np.std(levels) / np.mean(levels):.0f} %)",
            asked=f"{published:g} (CV 35 %), mean within 25 %",
        )
    for ml, published in LEVELS.items():
        assert mean(people, ml, "levels") == pytest.approx(published, rel=0.25)


def test_side_and_direction(people: list[dict[int, Spread]], figure: Callable[..., None]) -> None:
    one_sided = float(np.mean([person[5].one_side > ONE_SIDED for person in people]))
    cranial = mean(people, 15, "cranial")
    figure(f"people in whom 5 mL stay on one side, of {PEOPLE}", one_sided, asked="0.84 (LUMB04), 0.6 to 1")
    figure("share of 15 mL that goes to the head", cranial, asked="about 0.6, 0.5 to 0.7")
    figure("CSF that the sac gives up to 20 mL", mean(people, 20, "dented_ml"), asked="not published", unit="mL")
    figure("of 20 mL out through the foramina", mean(people, 20, "escaped_ml"), asked="not published", unit="mL")
    assert 0.6 <= one_sided <= 1.0
    assert 0.5 < cranial < 0.7


def test_volume_at_stop(people: list[dict[int, Spread]], figure: Callable[..., None]) -> None:
    """Every person with the thresholds of many: they are drawn apart. Beyond 20 mL as a power of the volume."""
    stops, pressures = [], []
    for person in people:
        low, high = person[15].pressure_mmhg, person[20].pressure_mmhg
        power = math.log(high / low) / math.log(20 / 15)
        known_ml = np.array([0, *VOLUMES_ML])
        known = np.array([0.0, *(person[ml].pressure_mmhg for ml in VOLUMES_ML)])
        for seed in range(60):
            at = draw_thresholds(np.random.default_rng(seed)).pressure_kpa / KPA_PER_MMHG
            stop = float(np.interp(at, known, known_ml)) if at < high else 20.0 * (at / high) ** (1.0 / power)
            stops.append(min(max(stop, 1.0), 40.0))
            pressures.append(at)
    figure(
        "volume at the first word of pressure, mean (SD)",
        f"{np.mean(stops):.1f} ({np.std(stops):.1f})",
        asked="18.9 (7.8) at stop (Pratt 2014), mean within 3.5, SD within 3.5",
        unit="mL",
    )
    figure(
        "pressure at that moment, mean (SD)",
        f"{np.mean(pressures):.1f} ({np.std(pressures):.1f})",
        asked="13.1 (13.4), not fitted",
        unit="mmHg",
    )
    assert float(np.mean(stops)) == pytest.approx(18.9, abs=3.5)
    assert float(np.std(stops)) == pytest.approx(7.8, abs=3.5)
    assert 0.5 < PRESSURE_SHARE < 1.0


def wilson(successes: int, of: int) -> tuple[float, float]:
    """95 % interval of a share."""
    share, z2 = successes / of, 1.96**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = 1.96 * math.sqrt(share * (1 - share) / of + z2 / (4 * of**2)) / (1 + z2 / of)
    return middle - half, middle + half


def test_outcome_is_fitted_to_one_source_and_shown_beside_others(figure: Callable[..., None]) -> None:
    targeted = Cover(
        share=COVERED_BY_TARGETED,
        above_mm=40.0,
        below_mm=40.0,
        away_mm=0.0,
        from_below=False,
        level_mm=36.0,
        epidural_ml=BLIND_ML,
    )
    blind = replace(targeted, share=0.0, above_mm=0.0, below_mm=0.0, away_mm=200.0)
    ours = [seal_probability(cover, flat_hours=6.0) for cover in (targeted, blind)]
    figure("cure by a targeted first patch", ours[0], asked="0.87, 27 of 31 (CHO11), the fit")
    figure("cure by a blind lumbar first patch", ours[1], asked="0.52, 13 of 25 (CHO11), the fit")
    low, high = wilson(6, 7)
    figure("the same against the paper's 6 of 7", ours[0], asked=f"not fitted: 0.86, 95 % {low:.2f} to {high:.2f}")
    figure(
        "targeted against the comparison of 2019", ours[0], asked="not fitted: 0.69 complete (JOCN19), no difference"
    )
    figure("blind against the comparison of 2019", ours[1], asked="not fitted: 0.71 complete (JOCN19), no difference")
    assert ours[0] == pytest.approx(TARGETED, abs=0.01)
    assert ours[1] == pytest.approx(BLIND, abs=0.01)
    assert low < ours[0] < high
