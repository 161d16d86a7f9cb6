"""Dose in the score: every photon counts once, and a scan that was not made earns nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.engine import events as e
from simulator.engine.imaging.events import Beam
from simulator.vocabulary.procedure import AcquisitionPurpose, DosePhase
from simulator.vocabulary.scoring import MetricId
from tests.scored_events import good
from tests.unit.test_scoring import no_planning_image, value, worth


def test_every_photon_counts_once() -> None:
    """A control scan before the blood is guidance; a rotation that the foot cut short counts where it was made."""
    made = good()
    card = made.card()
    acquisitions = [x for x in made.events if isinstance(x, e.AcquisitionMade)]
    cut = e.BeamCutShort(
        at_ms=made.ms,
        purpose=AcquisitionPurpose.FLUOROSCOPY,
        dose_phase=DosePhase.GUIDANCE,
        settings=acquisitions[0].settings,
        beam=Beam(mas=5.0, on_ms=100, scan_length_mm=12.0),
        dose=replace(acquisitions[0].dose, dlp_mgy_cm=3.0),
        counts_toward_dose=True,
    )
    made.events.insert(-1, cut)
    more = made.card()
    names = (MetricId.DLP_PLANNING, MetricId.DLP_GUIDANCE, MetricId.DLP_CONFIRMATION)
    by_phase = [value(card, name) or 0.0 for name in names]
    assert sum(by_phase) == pytest.approx(sum(x.dose.dlp_mgy_cm for x in acquisitions), rel=1e-5)
    assert sum(value(more, name) or 0.0 for name in names) == pytest.approx(sum(by_phase) + 3.0, rel=1e-5)
    assert worth(card, MetricId.CTF_IMAGES) is None, "images count by their dose, and not again"
    assert worth(card, MetricId.BEAM_TIME) is None
    total = card.dose.total
    assert sum(total.dlp_mgy_cm_by_phantom.values()) == pytest.approx(sum(by_phase), rel=1e-5)
    assert total.ctdi_vol_max_mgy == 1.0, "an index of dose is never added"
    for entry in card.dose.by_phase.values():
        assert entry.effective_dose_msv == pytest.approx(entry.k_msv_per_mgy_cm * entry.dlp_mgy_cm, rel=1e-4)


def test_a_planning_scan_that_was_not_made_earns_nothing() -> None:
    card = no_planning_image().card()
    assert value(card, MetricId.DLP_PLANNING) == 0.0
    assert worth(card, MetricId.DLP_PLANNING) == 0.0
    assert worth(good().card(), MetricId.DLP_PLANNING) == 1.0
