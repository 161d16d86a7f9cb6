"""Dose: figures of the committed tables, their laws, and what is refused."""

import pytest

from simulator.ct import dose, staff_dose
from simulator.vocabulary.procedure import HandPosition, OperatorPosition


def test_one_press_costs_what_the_reference_computes():
    """30 mA, 0.75 s, 12 mm: CTDIvol 1.49 mGy, DLP 1.8 mGy cm; ten presses 0.27 mSv lumbar, 0.19 mSv cervical."""
    ctdi = dose.ctdi_vol_mgy(120, 22.5, 32)
    assert ctdi == pytest.approx(1.49, abs=0.01)
    assert dose.dlp_mgy_cm(ctdi, 12.0) == pytest.approx(1.8, abs=0.03)
    assert 10 * dose.effective_dose_msv(dose.dlp_mgy_cm(ctdi, 12.0), "lumbar") == pytest.approx(0.27, abs=0.005)
    head = dose.dlp_mgy_cm(dose.ctdi_vol_mgy(120, 22.5, 16), 12.0)
    assert 10 * dose.effective_dose_msv(head, "cervical") == pytest.approx(0.19, abs=0.005)


def test_the_whole_spine_myelogram_costs_14_msv_within_15_percent():
    dlp = dose.dlp_mgy_cm(dose.ctdi_vol_mgy(120, 223, 32), 610.0)
    assert dose.effective_dose_msv(dlp, "lumbar") == pytest.approx(14, rel=0.15)


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


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dose.ctdi_vol_mgy(130, 100, 32), "130 kV; choose one of 80, 100, 120, 140 kV"),
        (lambda: dose.ctdi_vol_mgy(120, 100, 24), "choose 16 or 32 cm"),
        (lambda: dose.ctdi_vol_mgy(120, -1, 32), "zero or more"),
        (lambda: dose.conversion("knee"), "choose one of cervical, thoracic, lumbar"),
        (lambda: staff_dose.operator_dose_usv(1, "ceiling"), "choose one of table, shield, control room"),
    ],
)
def test_what_no_table_holds_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
