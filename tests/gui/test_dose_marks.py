"""A mark beside a dose belongs to the CTDI phantom of that dose; a neck has none, and that is said."""

from __future__ import annotations

import pytest

from simulator.gui.panels.dose import dose_rows
from simulator.interface.published_doses import NO_NECK_DOSE, PUBLISHED_DLP, published_for
from simulator.report.dose_figure import dose_figure
from simulator.scoring.scorecard import DoseLedger, PhaseDose, TotalDose
from simulator.vocabulary.procedure import DosePhase


def ledger(phantom_cm: int) -> DoseLedger:
    """A planning scan and some guidance."""
    phase = PhaseDose(
        acquisitions=1, beam_on_s=1.0, mas=50.0, ctdi_vol_mgy=3.0, ctdi_phantom_cm=phantom_cm, dlp_mgy_cm=30.0,
        k_msv_per_mgy_cm=0.01, effective_dose_msv=0.3,
    )  # fmt: skip
    total = TotalDose(
        dlp_mgy_cm_by_phantom={f"{phantom_cm} cm": 60.0}, effective_dose_msv=0.6, ctdi_vol_max_mgy=3.0,
        skin_entrance_mgy=1.0, operator_usv=1.0, hand_usv=1.0,
    )  # fmt: skip
    return DoseLedger(by_phase={DosePhase.PLANNING: phase, DosePhase.GUIDANCE: phase}, total=total)


def test_a_lumbar_dose_stands_beside_lumbar_figures():
    drawn = str(dose_figure(ledger(32)))
    assert drawn.count('class="dot"') == len(published_for(32)) == len(PUBLISHED_DLP)
    assert 'class="anchor"' in drawn
    assert NO_NECK_DOSE not in drawn
    assert [mark for _, _, mark, _ in dose_rows(32)] == [45.0, 4.94, None]


def test_a_neck_has_no_mark_and_says_so():
    drawn = str(dose_figure(ledger(16)))
    assert 'class="dot"' not in drawn
    assert 'class="anchor"' not in drawn
    assert NO_NECK_DOSE in drawn
    assert [(mark, words) for _, _, mark, words in dose_rows(16)] == [
        (None, "none published, 16 cm"), (None, "none published, 16 cm"), (None, "")
    ]  # fmt: skip


@pytest.mark.parametrize("phantom_cm", [16, 32])
def test_the_phantom_is_that_of_what_was_ordered(phantom_cm):
    assert ledger(phantom_cm).ctdi_phantom_cm == phantom_cm
