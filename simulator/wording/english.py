"""English: the catalogue in which this version prints, and in whose words `scorecard.json` is written."""

from __future__ import annotations

from simulator.vocabulary.anatomy import Compartment
from simulator.vocabulary.outcome import NextDayReport
from simulator.vocabulary.procedure import ComplicationKind
from simulator.vocabulary.scoring import Component, Unit
from simulator.wording.catalogue import Catalogue
from simulator.wording.english_caps import CAPS
from simulator.wording.english_deeds import AFTERCARE, DEEDS, HINDRANCES, REMEDIES, SIDES
from simulator.wording.english_lessons import LESSONS
from simulator.wording.english_metrics import METRICS
from simulator.wording.english_questions import OTHERWISE, QUESTIONS
from simulator.wording.english_structures import STRUCTURES

COMPONENTS: dict[Component, str] = {
    Component.HELP: "help",
    Component.PLACEMENT: "placement",
    Component.SAFETY: "safety",
    Component.STEPS: "steps",
    Component.DOSE: "dose",
    Component.ECONOMY: "economy",
    Component.PATCH: "patch",
}

COMPARTMENTS: dict[Compartment, str] = {
    Compartment.EPIDURAL: "the epidural space",
    Compartment.INTRATHECAL: "the thecal sac",
    Compartment.SUBDURAL: "the space under the dura",
    Compartment.VESSEL: "a vessel",
    Compartment.BONE: "bone",
    Compartment.FORAMEN: "the foramen",
    Compartment.SOFT_TISSUE: "soft tissue outside the canal",
}

COMPLICATIONS: dict[ComplicationKind, str] = {
    ComplicationKind.DURAL_PUNCTURE: "dural puncture",
    ComplicationKind.CORD_CONTACT: "cord contact",
    ComplicationKind.ROOT_CONTACT: "root contact",
    ComplicationKind.VESSEL_PUNCTURE: "vessel puncture",
    ComplicationKind.INTRAVASCULAR_INJECTION: "intravascular injection",
    ComplicationKind.INTRATHECAL_INJECTION: "intrathecal injection",
    ComplicationKind.SUBDURAL_INJECTION: "subdural injection",
    ComplicationKind.PLEURAL_PUNCTURE: "pleural puncture",
    ComplicationKind.KIDNEY_PUNCTURE: "kidney puncture",
    ComplicationKind.ORGAN_PUNCTURE: "organ puncture",
    ComplicationKind.WRONG_LEVEL: "wrong level",
    ComplicationKind.NERVE_COMPRESSION: "nerve compression",
}

NEXT_DAY: dict[NextDayReport, str] = {
    NextDayReport.BETTER: "The headache is better.",
    NextDayReport.NO_BETTER: "The headache is no better: it comes when I sit up.",
    NextDayReport.OTHER_HEADACHE: "I have another headache: it is worse when I lie down and better when I am up.",
    NextDayReport.BACK_PAIN: "My back hurts.",
}

UNITS: dict[Unit, str] = {
    Unit.NONE: "",
    Unit.COUNT: "",
    Unit.PERCENT: "%",
    Unit.MILLIMETRE: "mm",
    Unit.SQUARE_MILLIMETRE: "mm²",
    Unit.DEGREE: "°",
    Unit.SECOND: "s",
    Unit.MINUTE: "min",
    Unit.MILLILITRE: "mL",
    Unit.DOSE_LENGTH_PRODUCT: "mGy·cm",
    Unit.MILLISIEVERT: "mSv",
    Unit.MICROSIEVERT: "µSv",
}

ENGLISH = Catalogue(
    language="en",
    metrics=METRICS,
    caps=CAPS,
    lessons=LESSONS,
    components=COMPONENTS,
    compartments=COMPARTMENTS,
    complications=COMPLICATIONS,
    next_day=NEXT_DAY,
    deeds=DEEDS,
    hindrances=HINDRANCES,
    remedies=REMEDIES,
    sides=SIDES,
    aftercare=AFTERCARE,
    questions=QUESTIONS,
    other_question=OTHERWISE,
    structures=STRUCTURES,
    units=UNITS,
)
