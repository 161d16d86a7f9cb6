"""German: the words of the debrief in the window, entry for entry beside the English ones."""

from __future__ import annotations

from simulator.vocabulary.anatomy import Compartment
from simulator.vocabulary.outcome import NextDayReport
from simulator.vocabulary.procedure import ComplicationKind
from simulator.vocabulary.scoring import Component
from simulator.vocabulary.structures import Structure
from simulator.wording.catalogue import Catalogue
from simulator.wording.english import UNITS
from simulator.wording.entries import StructureWords
from simulator.wording.german_caps import CAPS
from simulator.wording.german_deeds import AFTERCARE, DEEDS, HINDRANCES, REMEDIES, SIDES
from simulator.wording.german_lessons import LESSONS
from simulator.wording.german_metrics import METRICS
from simulator.wording.german_questions import OTHERWISE, QUESTIONS

COMPONENTS: dict[Component, str] = {
    Component.HELP: "Hilfe",
    Component.PLACEMENT: "Lage",
    Component.SAFETY: "Sicherheit",
    Component.STEPS: "Schritte",
    Component.DOSE: "Dosis",
    Component.ECONOMY: "Sparsamkeit",
    Component.PATCH: "Patch",
}

COMPARTMENTS: dict[Compartment, str] = {
    Compartment.EPIDURAL: "den Epiduralraum",
    Compartment.INTRATHECAL: "den Duralsack",
    Compartment.SUBDURAL: "den Raum unter der Dura",
    Compartment.VESSEL: "ein Gefäß",
    Compartment.BONE: "Knochen",
    Compartment.FORAMEN: "das Foramen",
    Compartment.SOFT_TISSUE: "Weichteile außerhalb des Kanals",
}
"""After "in", of where something goes."""

COMPLICATIONS: dict[ComplicationKind, str] = {
    ComplicationKind.DURAL_PUNCTURE: "Durapunktion",
    ComplicationKind.CORD_CONTACT: "Markkontakt",
    ComplicationKind.ROOT_CONTACT: "Wurzelkontakt",
    ComplicationKind.VESSEL_PUNCTURE: "Gefäßpunktion",
    ComplicationKind.INTRAVASCULAR_INJECTION: "intravasale Injektion",
    ComplicationKind.INTRATHECAL_INJECTION: "intrathekale Injektion",
    ComplicationKind.SUBDURAL_INJECTION: "subdurale Injektion",
    ComplicationKind.PLEURAL_PUNCTURE: "Pleurapunktion",
    ComplicationKind.KIDNEY_PUNCTURE: "Nierenpunktion",
    ComplicationKind.ORGAN_PUNCTURE: "Organpunktion",
    ComplicationKind.WRONG_LEVEL: "falsche Höhe",
    ComplicationKind.NERVE_COMPRESSION: "Nervenkompression",
}

NEXT_DAY: dict[NextDayReport, str] = {
    NextDayReport.BETTER: "Der Kopfschmerz ist besser.",
    NextDayReport.NO_BETTER: "Der Kopfschmerz ist nicht besser: er kommt, wenn ich mich aufsetze.",
    NextDayReport.OTHER_HEADACHE: "Ich habe einen anderen Kopfschmerz: im Liegen schlimmer, im Stehen besser.",
    NextDayReport.BACK_PAIN: "Mir tut der Rücken weh.",
}

STRUCTURES: dict[Structure, StructureWords] = {
    Structure.SKIN: StructureWords(legend="Körper", short="Haut und Fett"),
    Structure.MUSCLE: StructureWords(legend="Muskel", short="Muskel"),
    Structure.BONE: StructureWords(legend="Knochen", short="Knochen"),
    Structure.DISC: StructureWords(legend="Bandscheibe", short="Bandscheibe"),
    Structure.LIGAMENT: StructureWords(legend="Bänder", short="Band"),
    Structure.FLAVUM: StructureWords(legend="Ligamentum flavum", short="Lig. flavum"),
    Structure.EPIDURAL: StructureWords(legend="epidurales Fett und Venen, Foramen", short="epidurales Fett"),
    Structure.FORAMEN: StructureWords(legend="Foramen", short="Foramen"),
    Structure.COLLECTION: StructureWords(legend="Liquor außerhalb der Dura", short="Liquor außen"),
    Structure.DURA: StructureWords(legend="Dura, Liquor darin", short="Dura, Liquor"),
    Structure.NEURAL: StructureWords(legend="Nervenwurzeln, Rückenmark", short="Nerv"),
    Structure.VESSEL: StructureWords(legend="Gefäße", short="Gefäß"),
    Structure.BLOOD: StructureWords(legend="gegebenes Blut", short="Blut"),
}

GERMAN = Catalogue(
    language="de",
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
