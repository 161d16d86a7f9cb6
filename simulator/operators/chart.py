"""The chart: whether a fact that is known of the patient forbids the procedure today."""

from __future__ import annotations

import re

from simulator.interface.view import View
from simulator.vocabulary.patient_facts import FactKind, PatientFact

# Facts are written by people; these are words that a radiologist stops at. Published limits for a needle in the
# epidural space are an international normalised ratio of 1.5 and 50 x 10^9 platelets a litre (SIR consensus 2019).
HIGHEST_INR, LEAST_PLATELETS = 1.5, 50.0
ANTICOAGULANTS = re.compile(
    r"apixaban|rivaroxaban|edoxaban|dabigatran|warfarin|phenprocoumon|acenocoumarol|heparin|enoxaparin|dalteparin|"
    r"fondaparinux|clopidogrel|prasugrel|ticagrelor|eliquis|xarelto|marcumar|plavix",
    re.IGNORECASE,
)
PAUSED = re.compile(
    r"\b(paused|stopped|held|withheld|discontinued|off)\b|\b(?:no|none|never|denies)\b|"
    r"last dose (?:\d+|two|three|four|five|six|seven|ten) (?:days?|weeks?) ago",
    re.IGNORECASE,
)
NOT_PAUSED = re.compile(r"\bnot (?:paused|stopped|held|withheld|discontinued)\b", re.IGNORECASE)
INR = re.compile(r"\bINR\b\D{0,12}(\d+(?:[.,]\d+)?)", re.IGNORECASE)
PLATELETS = re.compile(r"\bplatelets?\b\D{0,16}(\d+(?:[.,]\d+)?)", re.IGNORECASE)
SEVERE_ALLERGY = re.compile(r"anaphyla|shock|laryngeal|severe|bronchospasm|intubat", re.IGNORECASE)
NO_CONSENT = re.compile(
    r"\b(?:not|never|un)[ -]?signed\b|refus|withdr[ae]w|missing|no consent|revoked|declin", re.IGNORECASE
)
DISAGREES = re.compile(
    r"disagree|does not (?:agree|match)|do not (?:agree|match)|differs|contradict|wrong", re.IGNORECASE
)
INFECTION = re.compile(r"sepsis|septic|bacteraemi|bacteremi|fever|febrile|infection|abscess|pregnan", re.IGNORECASE)
NONE_OF_IT = re.compile(r"\b(?:no|none|without|denies|afebrile|negative|not)\b", re.IGNORECASE)


def forbidding_fact(view: View) -> PatientFact | None:
    """The first fact told or read by which a procedure must not go on today; None where there is none."""
    known = (*view.case.facts, *view.facts_read)
    return next((fact for fact in known if _forbids(fact)), None)


def _forbids(fact: PatientFact) -> bool:
    words = fact.words
    if fact.kind is FactKind.CONSENT:
        return bool(NO_CONSENT.search(words))
    if fact.kind is FactKind.LEVEL_AND_SIDE:
        return bool(DISAGREES.search(words))
    if fact.kind is FactKind.ALLERGY:
        return bool(SEVERE_ALLERGY.search(words))
    if fact.kind is FactKind.HISTORY and INFECTION.search(words) and not NONE_OF_IT.search(words):
        return True
    return _bleeds(words)


def _bleeds(words: str) -> bool:
    """Whether drugs or laboratory values forbid a needle in the epidural space."""
    inr, platelets = INR.search(words), PLATELETS.search(words)
    if inr is not None and _number(inr.group(1)) > HIGHEST_INR:
        return True
    if platelets is not None:
        count = _number(platelets.group(1))
        if count < LEAST_PLATELETS or LEAST_PLATELETS * 20.0 < count < LEAST_PLATELETS * 1000.0:
            return True
    paused = PAUSED.search(words) is not None and NOT_PAUSED.search(words) is None
    return ANTICOAGULANTS.search(words) is not None and not paused


def _number(text: str) -> float:
    return float(text.replace(",", "."))
