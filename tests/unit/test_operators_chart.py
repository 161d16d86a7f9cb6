"""The chart: which facts stop a procedure, as they are written in many ways."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from simulator.operators.chart import forbidding_fact
from simulator.vocabulary.patient_facts import FactKind, PatientFact

STOP = [
    (FactKind.DRUG, "apixaban 5 mg twice a day for atrial fibrillation, last dose this morning"),
    (FactKind.DRUG, "Clopidogrel 75 mg daily, not paused"),
    (FactKind.COAGULATION, "INR 2.3"),
    (FactKind.COAGULATION, "INR: 1,8; platelets 210"),
    (FactKind.COAGULATION, "platelets 38 x 10^9/L"),
    (FactKind.COAGULATION, "platelets 40000 per microlitre"),
    (FactKind.ALLERGY, "anaphylactic shock after iodinated contrast in 2019"),
    (FactKind.CONSENT, "not signed"),
    (FactKind.CONSENT, "refused this morning"),
    (FactKind.LEVEL_AND_SIDE, "L4/5, does not agree with the request"),
    (FactKind.HISTORY, "fever of 39.2 since yesterday"),
]
GO_ON = [
    (FactKind.DRUG, "apixaban, paused, last dose 5 days ago"),
    (FactKind.DRUG, "no anticoagulants"),
    (FactKind.DRUG, "paracetamol"),
    (FactKind.COAGULATION, "INR 1.0, platelets 240"),
    (FactKind.COAGULATION, "platelets 240000 per microlitre"),
    (FactKind.ALLERGY, "none known"),
    (FactKind.ALLERGY, "hay fever"),
    (FactKind.CONSENT, "signed yesterday"),
    (FactKind.LEVEL_AND_SIDE, "L3/4, from the right; agrees with the request"),
    (FactKind.HISTORY, "spontaneous intracranial hypotension for six weeks, no surgery of the spine"),
    (FactKind.HISTORY, "no fever, no infection"),
]


def view_with(*read: PatientFact) -> Any:
    return SimpleNamespace(case=SimpleNamespace(facts=()), facts_read=read)


@pytest.mark.parametrize(("kind", "words"), STOP)
def test_a_fact_that_forbids_it_stops_the_procedure(kind: FactKind, words: str) -> None:
    assert forbidding_fact(view_with(PatientFact(kind=kind, words=words))) is not None


@pytest.mark.parametrize(("kind", "words"), GO_ON)
def test_an_innocent_fact_does_not(kind: FactKind, words: str) -> None:
    assert forbidding_fact(view_with(PatientFact(kind=kind, words=words))) is None
