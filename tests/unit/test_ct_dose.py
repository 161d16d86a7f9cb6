"""Dose: figures of the committed tables, their laws, and what is refused."""

import pytest

from simulator.ct import dose, staff_dose
from simulator.ct.helical_overranging import HELICAL_PITCH, overranging_mm, overranging_rotations
from simulator.ct.overbeaming import overbeaming_factor
from simulator.interface.dose_estimate import BeamProtocol
from simulator.vocabulary.procedure import BeamMotion, HandPosition, OperatorPosition


def test_one_press_costs_what_the_reference_computes():
    """30 mA, 0.75 s over 12 mm of a wide beam: CTDIvol 1.49 mGy, DLP 1.8 mGy cm; ten 0.27 mSv lumbar, 0.19 cervical."""
    ctdi = dose.ctdi_vol_mgy(120, 22.5, 32)
    assert ctdi == pytest.approx(1.49, abs=0.01)
    assert dose.dlp_mgy_cm(ctdi, 12.0) == pytest.approx(1.8, abs=0.03)
    assert 10 * dose.effective_dose_msv(dose.dlp_mgy_cm(ctdi, 12.0), "lumbar") == pytest.approx(0.27, abs=0.005)
    head = dose.dlp_mgy_cm(dose.ctdi_vol_mgy(120, 22.5, 16), 12.0)
    assert 10 * dose.effective_dose_msv(head, "cervical") == pytest.approx(0.19, abs=0.005)


def test_a_narrow_beam_costs_more_for_each_mas_and_never_less_than_a_wide_one():
    """The penumbra of 3 mm is a quarter of 12 mm and a thirteenth of 40."""
    narrow, wide = (dose.ctdi_vol_mgy(120, 22.5, 32, collimation) for collimation in (12.0, 40.0))
    assert wide == dose.ctdi_vol_mgy(120, 22.5, 32) == pytest.approx(1.485)
    assert narrow / wide == pytest.approx((15 / 12) / (43 / 40))
    assert 1.10 < narrow / wide < 1.25
    factors = [overbeaming_factor(float(width)) for width in range(1, 81)]
    assert factors == sorted(factors, reverse=True)
    # Twice the nominal width and the same penumbra: the dose along the table is the beam's own width
    assert factors[39] * 40 - factors[19] * 20 == pytest.approx(20 * 40 / 43)


@pytest.mark.parametrize(
    ("collimation_mm", "pitch", "low", "high"),
    [(20.0, 0.5, 1.99, 4.04), (24.0, 0.5, 1.99, 4.04), (20.0, 1.375, 0.93, 2.59), (24.0, 1.5, 0.93, 2.59)],
)
def test_overranging_lies_among_the_four_scanners_of_16_rows(collimation_mm, pitch, low, high):
    """Rotations at the lowest and the highest pitch, Radiology 2007;242:208; 3 to 6 cm, RadioGraphics 2010;30:1057."""
    assert low <= overranging_rotations(collimation_mm, pitch) <= high
    if pitch > 1:
        assert 30.0 <= overranging_mm(collimation_mm, pitch) <= 60.0


def test_overranging_grows_with_collimation_and_pitch():
    assert overranging_mm(40.0) == pytest.approx(40.0 * (1 + HELICAL_PITCH * (180 + 52.0) / 360), rel=1e-3)
    assert overranging_mm(40.0) > overranging_mm(20.0) > overranging_mm(20.0, 0.4)
    scan = BeamProtocol(
        motion=BeamMotion.HELICAL, collimation_mm=40.0, ctdi_vol_mgy_per_mas={}, rotation_s=1.0, feed_mm=40.0
    )
    assert scan.beam_on_s(120.3) == pytest.approx(3.0075)
    for wrong in ((0.0, 1.0), (40.0, 0.0), (float("nan"), 1.0)):
        with pytest.raises(ValueError, match="above zero"):
            overranging_mm(*wrong)


def test_dose_is_linear_in_mas_and_grows_with_voltage():
    assert dose.ctdi_vol_mgy(120, 200, 16) == pytest.approx(2 * dose.ctdi_vol_mgy(120, 100, 16))
    by_voltage = [dose.ctdi_vol_mgy(kv, 100, 32) for kv in (80, 100, 120, 140)]
    for kv, value in zip((80, 100, 120, 140), by_voltage, strict=True):
        assert value == pytest.approx(6.6 * (kv / 120) ** 2.6, rel=0.01)


def test_conversions_name_their_source():
    assert {dose.conversion(region).ctdi_phantom_cm for region in ("thoracic", "lumbar")} == {32}
    assert dose.conversion("cervical").ctdi_phantom_cm == 16
    assert "cervical" in dose.conversion("cervical").source
    assert "k_factors.csv" in dose.conversion("cervical").source


def test_operator_is_safe_behind_lead_and_a_hand_in_the_beam_is_not():
    assert staff_dose.operator_dose_usv(100.0, OperatorPosition.TABLE) == pytest.approx(0.04 * 100 / 0.5**2)
    assert (
        staff_dose.operator_dose_usv(100.0, OperatorPosition.SHIELD)
        == staff_dose.operator_dose_usv(100.0, OperatorPosition.CONTROL_ROOM)
        == 0
    )
    away, beside, inside = (
        staff_dose.operator_dose(dlp_mgy_cm=1.8, hand_entrance_mgy=3.2, place=OperatorPosition.TABLE, hand=hand)
        for hand in (HandPosition.AWAY, HandPosition.BESIDE_THE_BEAM, HandPosition.IN_THE_BEAM)
    )
    assert away.hand_usv == away.operator_usv == beside.operator_usv == inside.operator_usv
    assert beside.hand_usv == pytest.approx(30 * away.operator_usv)
    assert inside.hand_usv == pytest.approx(1000 * 3.2)
    for place in (OperatorPosition.SHIELD, OperatorPosition.CONTROL_ROOM):
        nobody = staff_dose.operator_dose(
            dlp_mgy_cm=1.8, hand_entrance_mgy=3.2, place=place, hand=HandPosition.IN_THE_BEAM
        )
        assert nobody.hand_usv == nobody.operator_usv == 0


def test_the_operators_range_holds_the_value_and_ends_at_published_figures():
    value = staff_dose.operator_dose_usv(58.0, OperatorPosition.TABLE)
    low, high = staff_dose.operator_dose_range_usv(value)
    assert low < value < high
    assert low == pytest.approx(0.006 * 58.0)
    assert high == pytest.approx(0.083 * 58.0 / 0.5**2)
    assert staff_dose.operator_dose_range_usv(0.0) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dose.ctdi_vol_mgy(130, 100, 32), "130 kV; choose one of 80, 100, 120, 140 kV"),
        (lambda: dose.ctdi_vol_mgy(120, 100, 24), "choose 16 or 32 cm"),
        (lambda: dose.ctdi_vol_mgy(120, -1, 32), "zero or more"),
        (lambda: dose.ctdi_vol_mgy(120, 1, 32, 0.0), "above zero"),
        (lambda: dose.conversion("knee"), "choose one of cervical, thoracic, lumbar"),
        (lambda: staff_dose.operator_dose_usv(1, "ceiling"), "choose one of table, shield, control room"),
    ],
)
def test_what_no_table_holds_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
