"""The patch: flow against the slow way, what is conserved, and what is covered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from phantoms.phantom import Label, Phantom
from simulator.patch import epidural_flow, pressure_balance
from simulator.patch.closed_pockets import in_closed_pockets
from simulator.patch.clotting import BLOOD_MPA_S, mixture_mpa_s, thickening
from simulator.patch.epidural_flow import inject_into_cell
from simulator.patch.epidural_parameters import EpiduralParameters
from simulator.patch.flow_state import Flow, flow_at_rest, taken_ml
from simulator.patch.hydraulic_model import YIELD_MMHG_PER_MM, HydraulicModel, hydraulic_model
from simulator.patch.injectate import Injectate
from simulator.patch.injected_voxels import combine_injected, density_box, nothing_injected
from simulator.patch.leak_coverage import covered_fraction, leak_zone, span_mm
from simulator.patch.patch import Patch, PortionSource, inject_portion, settle_patch
from simulator.patch.pressure_balance import HALF_FULL_MMHG
from simulator.patch.syringe_pressure import KPA_PER_MMHG, fastest_ml_per_s, needle_drop_kpa
from simulator.patient.sensation import draw_thresholds, feel_pressure
from simulator.scenario.build import Case
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import InjectionDestination
from tests.oracles import epidural_flow as slow
from tests.oracles.epidural_channel import channel
from tests.portions import BLOOD, OPENING, give, voxel_ml

TRAITS = EpiduralParameters(
    cranial_bias=0.0,
    irregularity=0.0,
    septum_mmhg=0.0,
    capacity=1.0,
    stiffness=1.0,
    yield_pressure=1.0,
    circumferential_ratio=1.0,
    patency=1.0,
    seed=1,
)


@pytest.fixture(scope="module")
def phantom(patient_2: Case) -> Phantom:
    return patient_2.world.phantom


@pytest.fixture(scope="module")
def patches(patient_2: Case) -> dict[int, Patch]:
    """The patch after so many mL."""
    patch, kept = Patch(), {}
    for ml in range(1, 13):
        patch = give(patient_2, patch, BLOOD, ml - 1)
        kept[ml] = patch
    return kept


# the flow


def test_a_scrap_of_space_that_nothing_leads_out_of_takes_no_blood(patient_2: Case) -> None:
    world = patient_2.world
    space, cells = world.medium.space, world.medium.space.cells
    pockets = np.flatnonzero(cells.in_closed_pocket & cells.in_view)
    assert 0 < len(pockets) < 0.02 * cells.count, "voxels cut some off, and few"
    for pocket in pockets[:3]:
        opening = PatientPoint(*cells.centre_mm[pocket])
        assert not cells.in_closed_pocket[space.cell_at(opening)]
        source = PortionSource(
            opening_mm=opening, destination=InjectionDestination.EPIDURAL, drawn_ms=0, from_ms=0, until_ms=5_000
        )
        _, pressure = inject_portion(world.medium, world.phantom.canal, Patch(), source, BLOOD, None)
        assert 0.0 < pressure < 400.0


def test_pockets_are_what_hangs_together_and_is_small() -> None:
    volume_ml = np.array([0.6, 0.6, 0.3, 0.3, 2.0])
    joined = np.array([[0.0, 2.0], [1.0, 3.0]])
    assert in_closed_pockets(volume_ml, joined).tolist() == [False, False, True, True, False]
    assert not in_closed_pockets(0.1 * volume_ml, joined)[4], "the largest part, however small"
    assert in_closed_pockets(np.zeros(0), np.zeros((4, 0))).tolist() == []


def test_pressures_are_those_of_the_slow_way() -> None:
    medium = hydraulic_model(
        channel(16, width=4, cell_mm=6.0, fluid_share=0.04), replace(TRAITS, irregularity=0.3, cranial_bias=0.3)
    )
    medium = replace(medium, mobility_ml_per_mmhg_s=0.02 * medium.mobility_ml_per_mmhg_s)
    flow = flow_at_rest(medium.space)
    for k in range(3):
        expected = slow.pressures(
            replace(
                medium, mobility_ml_per_mmhg_s=medium.mobility_ml_per_mmhg_s * BLOOD_MPA_S / 4.0 / _thick(flow, medium)
            ),
            flow,
            30,
            0.5,
            1.5,
        )
        flow = inject_into_cell(
            medium, flow, 30, Injectate(blood_ml=0.5, contrast_ml=0.0), drawn_ms=0, until_ms=1500 * (k + 1)
        )
        assert flow.excess_mmhg == pytest.approx(expected, abs=1e-3 * float(expected.max()))


def _thick(flow: Flow, medium: HydraulicModel) -> np.ndarray:
    """Viscosity of what comes to each face, against fresh blood."""
    first, second = medium.space.faces.first, medium.space.faces.second
    thick = mixture_mpa_s(flow.blood_ml, flow.contrast_ml, flow.fluid_ml) / 4.0
    upstream = np.where(flow.excess_mmhg[first] >= flow.excess_mmhg[second], first, second)
    return np.asarray(thick[upstream])


def test_a_step_is_the_same_in_a_box_that_must_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    medium = hydraulic_model(channel(60, width=3, cell_mm=3.0, fluid_share=0.04), replace(TRAITS, irregularity=0.3))
    found = []
    for margin in (1, 60):
        monkeypatch.setattr(pressure_balance, "MARGIN_CELLS", margin)
        portion = Injectate(blood_ml=1.0, contrast_ml=0.0)
        found.append(inject_into_cell(medium, flow_at_rest(medium.space), 90, portion, drawn_ms=0, until_ms=3000))
    reached = [np.flatnonzero(flow.blood_ml > 0.1 * medium.space.cells.volume_ml) for flow in found]
    assert len(reached[0]) > 40
    assert np.array_equal(*reached)
    assert found[0].excess_mmhg == pytest.approx(found[1].excess_mmhg, abs=2.0 * epidural_flow.REACHED_MMHG)


def test_every_cell_holds_what_its_pressure_says(patient_2: Case, patches: dict[int, Patch]) -> None:
    """Nothing is left over that the pressures of a step did not account for."""
    medium = patient_2.world.medium
    for ml in (1, 5, 12):
        flow = patches[ml].flow
        assert flow is not None
        x = flow.excess_mmhg
        most = np.where(x > 0.0, medium.capacity_ml, medium.space.cells.fluid_ml)
        left = taken_ml(medium, flow) - most * x / (np.abs(x) + HALF_FULL_MMHG)
        assert float(np.abs(left).sum()) < 0.002 * ml


def test_a_channel_fills_to_where_the_pressure_parts_it_no_more() -> None:
    """Slowly, in one dimension: pressure falls along the channel by what parts the tissue, whatever the rate."""
    medium = hydraulic_model(channel(81, cell_mm=6.0, fluid_share=0.04), TRAITS)
    medium = replace(
        medium, mobility_ml_per_mmhg_s=20.0 * medium.mobility_ml_per_mmhg_s
    )  # a narrow channel, where a stream would lose pressure
    flow = flow_at_rest(medium.space)
    for k in range(20):
        portion = Injectate(blood_ml=0.1, contrast_ml=0.0)
        flow = inject_into_cell(medium, flow, 40, portion, drawn_ms=0, until_ms=1_000 * (k + 1))
    z = np.abs(np.arange(81) - 40) * 6.0

    def held_ml(reach_mm: float) -> float:
        excess = YIELD_MMHG_PER_MM * np.maximum(reach_mm - z, 0.0)
        return float((medium.capacity_ml * excess / (excess + HALF_FULL_MMHG)).sum())

    reach = np.linspace(2.0, 240.0, 4000)
    expected = float(np.interp(2.0, [held_ml(r) for r in reach], reach))
    analytic = YIELD_MMHG_PER_MM * np.maximum(expected - z, 0.0)
    assert 30.0 < expected < 200.0
    assert flow.excess_mmhg[40] == pytest.approx(analytic[40], rel=0.05)
    assert flow.excess_mmhg == pytest.approx(analytic, abs=0.06 * analytic[40])


def test_volume_is_conserved(patient_2: Case, patches: dict[int, Patch]) -> None:
    """To 0.1 %: in the cells and in the voxels, blood, contrast and the fluid that gave way."""
    phantom, space = patient_2.world.phantom, patient_2.world.medium.space
    for ml in (1, 5, 12):
        patch = patches[ml]
        assert patch.flow is not None
        cells = patch.flow.blood_ml.sum() + patch.flow.contrast_ml.sum() + patch.escaped_ml
        assert cells == pytest.approx(ml, rel=1e-6)
        fluid = patch.flow.fluid_ml.sum() + patch.flow.out_fluid_ml.sum()
        assert fluid == pytest.approx(space.cells.fluid_ml.sum(), rel=1e-6)
        unseen = float((patch.flow.blood_ml + patch.flow.contrast_ml)[~space.cells.in_view].sum())
        assert float(patch.injected.fraction.sum()) * voxel_ml(phantom) == pytest.approx(ml - unseen, rel=1e-3)


def test_iodine_in_the_image_is_that_of_the_syringe_and_of_the_csf_that_gave_way(patient_2: Case) -> None:
    world = patient_2.world
    opening = (0.0, 21.0, 60.0)  # in fat, away from the collection
    source = PortionSource(
        opening_mm=opening, destination=InjectionDestination.EPIDURAL, drawn_ms=0, from_ms=60_000, until_ms=62_000
    )
    portion = Injectate(blood_ml=0.0, contrast_ml=0.3)
    patch, _ = inject_portion(world.medium, world.phantom.canal, Patch(), source, portion, None)
    canal = world.phantom.canal
    at_rest = canal.offset[2] + canal.step[2] * canal.counts[2].reshape(-1)[patch.injected.voxels]
    labels = canal.label.reshape(-1)[patch.injected.voxels]
    sac = np.isin(labels, (Label.DURA, Label.CEREBROSPINAL_FLUID))
    displaced = float((patch.injected.fraction * at_rest)[sac].sum()) * voxel_ml(world.phantom)
    came = float(patch.injected.delta[2].sum()) * voxel_ml(world.phantom) + displaced
    assert came == pytest.approx(0.3 * 250.0, rel=0.03)


def test_no_voxel_holds_more_than_itself(patches: dict[int, Patch]) -> None:
    for patch in patches.values():
        assert float(patch.injected.fraction.max()) <= 1.001
        assert float(patch.injected.fraction.min()) >= 0.0


def test_the_sac_gives_way(patient_2: Case, patches: dict[int, Patch]) -> None:
    labels = patient_2.world.phantom.canal.label.reshape(-1)
    in_sac = [
        float(patches[ml].injected.fraction[labels[patches[ml].injected.voxels] == Label.CEREBROSPINAL_FLUID].sum())
        * voxel_ml(patient_2.world.phantom)
        for ml in (1, 5, 12)
    ]
    assert in_sac == sorted(in_sac)
    assert in_sac[-1] > 1.0


def test_a_patch_is_the_same_each_time(patient_2: Case, patches: dict[int, Patch]) -> None:
    patch = give(patient_2, give(patient_2, Patch(), BLOOD, 0), BLOOD, 1)
    assert np.array_equal(patch.injected.delta, patches[2].injected.delta)
    assert patch.injected.revision == patches[2].injected.revision


def test_mixture_is_darker_than_a_dense_collection_and_brighter_than_fat(
    phantom: Phantom, patches: dict[int, Patch]
) -> None:
    held = patches[10].injected
    labels = phantom.canal.label.reshape(-1)[held.voxels]
    at_rest = phantom.canal.offset[2] + phantom.canal.step[2] * phantom.canal.counts[2].reshape(-1)[held.voxels]
    full = held.fraction > 0.45
    fat = held.delta[2][full & (labels == Label.EPIDURAL_FAT)]
    fluid = held.delta[2][full & (labels == Label.EPIDURAL_COLLECTION) & (at_rest > 18.0)]
    assert np.median(fat) > 3.0, "mg iodine per mL come into the fat"
    assert np.median(fluid) < -3.0, "and dilute a dense collection"


def test_test_contrast_in_a_collection_dilutes(patient_2: Case) -> None:
    """Half a millilitre at the hole: nowhere near the bottle's 250 mg/mL, for the collection's fluid mixes in."""
    labels = patient_2.world.phantom.canal.label.reshape(-1)
    patch = give(patient_2, Patch(), Injectate(blood_ml=0.0, contrast_ml=0.5), 0)
    fluid = labels[patch.injected.voxels] == Label.EPIDURAL_COLLECTION
    assert fluid.sum() > 500
    assert 5.0 < float(np.percentile(patch.injected.delta[2][fluid], 90)) < 180.0


def test_pressure_falls_when_the_plunger_rests_and_a_small_volume_is_soon_forgotten(patient_2: Case) -> None:
    world = patient_2.world
    small, large = give(patient_2, Patch(), BLOOD, 0), Patch()
    for number in range(8):
        large = give(patient_2, large, BLOOD, number)
    after = [settle_patch(world.medium, world.phantom.canal, patch, 60_000 + 240_000) for patch in (small, large)]
    small_now, large_now = ((p.flow.excess_mmhg.max() + p.flow.sac_mmhg) for p in after)  # type: ignore[union-attr]
    small_then, large_then = (
        (p.flow.excess_mmhg.max() + p.flow.sac_mmhg)  # type: ignore[union-attr]
        for p in (small, large)
    )
    assert small_now < 0.8 * small_then
    assert large_now < large_then
    assert large_now > small_now


def test_blood_sets(patient_2: Case) -> None:
    assert thickening(60_000.0) == 1.0
    assert float(thickening(9 * 60_000.0)) > 10.0
    assert thickening(180_000.0, in_tissue=True) > thickening(180_000.0)
    world, later = patient_2.world, 60_000 + 9 * 60_000
    pressures = []
    for first_drawn in (0, later):  # the second never gets old enough to set
        patch = Patch()
        for drawn, start, portion in (
            (first_drawn, 60_000, Injectate(blood_ml=3.0, contrast_ml=0.2)),
            (later, later, BLOOD),
        ):
            source = PortionSource(
                opening_mm=OPENING,
                destination=InjectionDestination.EPIDURAL,
                drawn_ms=drawn,
                from_ms=start,
                until_ms=start + 4000,
            )
            patch, pressure = inject_portion(world.medium, world.phantom.canal, patch, source, portion, None)
        pressures.append(pressure)
    assert pressures[0] > 1.1 * pressures[1], "a clot about the bevel must be pushed away"


def test_changes_add_up_where_they_meet(patches: dict[int, Patch]) -> None:
    one = patches[1].injected
    both = combine_injected([one, one], 7)
    assert both.revision == 7
    assert np.allclose(both.delta, 2.0 * one.delta)
    assert combine_injected([nothing_injected(), nothing_injected()], 3).voxels.size == 0


def test_box_holds_the_same_change(phantom: Phantom, patches: dict[int, Patch]) -> None:
    held = patches[3].injected
    box, _ = density_box(held, phantom.canal)
    assert float(box.sum()) == pytest.approx(float(held.delta.sum()), rel=1e-3)


def test_arrays_are_read_only(patches: dict[int, Patch]) -> None:
    with pytest.raises(ValueError, match="read-only"):
        patches[1].injected.delta[0, 0] = 1.0
    flow = patches[1].flow
    assert flow is not None
    with pytest.raises(ValueError, match="read-only"):
        flow.blood_ml[0] = 1.0


# coverage and pressure


def test_coverage_grows(phantom: Phantom, patches: dict[int, Patch]) -> None:
    zone = leak_zone(phantom)
    assert zone is not None
    shares = [
        covered_fraction(zone, nothing_injected()),
        *(covered_fraction(zone, patches[k].injected) for k in (1, 5, 12)),
    ]
    assert shares[0] == 0.0
    assert shares[1] < shares[2]
    assert shares[-1] > 0.8
    above, below = span_mm(zone, phantom, patches[12].injected)
    assert min(above, below) > 25.0


def test_needle_drop_is_poiseuille() -> None:
    assert needle_drop_kpa(0.3, 0.60, 90.0, 4.0) / KPA_PER_MMHG == pytest.approx(255.0, rel=0.01)
    assert needle_drop_kpa(0.1, 0.60, 90.0, 4.0) / KPA_PER_MMHG == pytest.approx(85.0, rel=0.01)
    assert 0.8 < fastest_ml_per_s(0.60, 88.0, 4.0) < 1.2


def test_thresholds_are_log_normal_about_eleven_mmhg() -> None:
    pain = np.array([draw_thresholds(np.random.default_rng(seed)).pain_kpa for seed in range(3000)]) / KPA_PER_MMHG
    assert np.median(pain) == pytest.approx(11.0, rel=0.05)
    assert np.exp(np.log(pain[(pain > 3.1) & (pain < 44.9)]).std()) == pytest.approx(1.9, rel=0.1)


def test_pressure_is_felt_before_pain_and_worse_comes_after() -> None:
    thresholds = draw_thresholds(np.random.default_rng(0))
    feelings = [feel_pressure(thresholds, share * thresholds.pain_kpa) for share in (0.2, 0.8, 1.1, 2.5)]
    assert feelings == ["nothing", "pressure", "pain", "severe pain"]
