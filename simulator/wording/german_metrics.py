"""German words of the metrics: name and reference; sources are citations and stay as they are."""

from __future__ import annotations

from dataclasses import replace

from simulator.vocabulary.scoring import MetricId
from simulator.wording.english_metrics import METRICS as ENGLISH_METRICS
from simulator.wording.entries import MetricWords

_EXPERT_POOR = "{expert:g} Experte, {poor:g} schlecht"
_YES = ("1", "ja")
_ALL = ("1", "100 %")
_REPORTED = "berichtet, nicht bewertet"
PERK_TUTOR = "Perk Tutor"

NAMES: dict[MetricId, str] = {
    MetricId.LEAK_LOCALISED: "Leck vor der ersten Punktion gefunden",
    MetricId.BEVEL_IN_TARGET_ZONE: "Blut, das den Schliff in einer zulässigen Zielzone verließ",
    MetricId.LEVEL_OFFSET: "Abstand der Höhe",
    MetricId.APPROACH_SUITS_LEAK: "geplanter Weg passt zum Leck",
    MetricId.TIP_TO_TARGET: "Spitze zum geplanten Ziel",
    MetricId.ANGLE_TO_PLAN: "Winkel zum Plan",
    MetricId.DURAL_MARGIN: "kleinster Abstand der Spitze zur Dura",
    MetricId.DURA_CONTACTS: "Berührungen der Dura",
    MetricId.CRITICAL_DWELL: "Verweilen an kritischen Strukturen, und eine halbe Sekunde je Knochenkontakt",
    MetricId.BONE_CONTACTS: "Knochenkontakte",
    MetricId.DURAL_PUNCTURES: "Durapunktionen",
    MetricId.INFECTION_RISK: "Infektionsrisiko nach Stichen",
    MetricId.DLP_GUIDANCE: "DLP der Führung",
    MetricId.DLP_PLANNING: "DLP der Planung",
    MetricId.CTF_IMAGES: "CTF-Bilder nach der ersten Punktion",
    MetricId.DLP_CONFIRMATION: "DLP der Kontrolle",
    MetricId.EFFECTIVE_DOSE: "effektive Dosis",
    MetricId.OPERATOR_DOSE: "Dosis der ausführenden Person",
    MetricId.BEAM_TIME: "Strahlzeit",
    MetricId.REDIRECTIONS: "Richtungsänderungen",
    MetricId.SKIN_PUNCTURES: "Hautpunktionen",
    MetricId.PATH_RATIO: "Weg im Gewebe zu geradem Weg",
    MetricId.TIME_WITH_NEEDLE: "Zeit von der Punktion bis zum Ende",
    MetricId.LEAK_COVERAGE: "Deckung der Leckzone durch Blut",
    MetricId.BLOOD_VOLUME: "gegebenes Blut",
    MetricId.BLOOD_AFTER_CUE: "Blut nach dem Wort des Patienten",
    MetricId.DEMANDED_IMAGES: "verlangte Bilder, die angesehen wurden",
    MetricId.EPIDURAL_VOLUME: "Blut, das im Epiduralraum blieb",
    MetricId.SEAL: "Wahrscheinlichkeit, dass das Leck dicht ist",
    MetricId.PLAN_SOUND: "vor der Punktion gezeichneter Weg führt zulässig in den Raum",
    MetricId.BLIND_ADVANCE: "nahe der Dura ohne Blick vorgeschoben, über das Freie hinaus",
    MetricId.LONGEST_BLIND_WAY: "längster Weg nahe der Dura zwischen zwei Blicken",
    MetricId.DURA_TENTING: "Dura von der Spitze eingedrückt",
    MetricId.ROOM_TIME: "Zeit vom ersten bis zum letzten Befehl",
    MetricId.REACTIONS_ANSWERED: "Reaktionen rechtzeitig mit dem beantwortet, was hilft",
    MetricId.TIME_OUT_HELD: "ganzes Team-Time-out vor der Punktion",
    MetricId.PATIENT_POSITIONED: "Patient vor der Punktion gelagert",
    MetricId.SKIN_PREPARED: "Haut vor der Punktion desinfiziert und abgedeckt",
    MetricId.ANAESTHETIC_GIVEN: "Lokalanästhesie vor der Punktion",
    MetricId.ARM_LINE_FIRST: "Armzugang vor der Punktion gelegt",
    MetricId.STYLET_IN: "Anteil des Weges mit Stilett",
    MetricId.ASPIRATED: "vor dem Blut dort aspiriert, wo die Nadel stand",
    MetricId.BLOOD_FRESH: "Anteil des Blutes, das binnen vier Minuten nach der Abnahme gegeben wurde",
    MetricId.AFTERCARE: "Nachsorge: Beine und Blase erfragt, Stunden flach, Rat, Anruf am nächsten Tag",
}
"""Printed names; Perk Tutor's own names of its metrics are names in every language."""

REFERENCES: dict[MetricId, tuple[str, str | None]] = {
    MetricId.LEAK_LOCALISED: (
        "1: Höhe und Seite; {level_alone:g}: Höhe allein",
        "100 %: Höhe und Seite; {level_alone_percent:.0f} %: Höhe allein",
    ),
    MetricId.BEVEL_IN_TARGET_ZONE: (
        "1; in jeder Höhe, deren Blut das Leck deckt",
        "100 %; in jeder Höhe, deren Blut das Leck deckt",
    ),
    MetricId.LEVEL_OFFSET: ("berichtet; eine Höhe wird an der Deckung des Lecks gemessen", None),
    MetricId.APPROACH_SUITS_LEAK: (f"1: {{approaches}}; {_REPORTED}", f"ja: {{approaches}}; {_REPORTED}"),
    MetricId.TIP_TO_TARGET: (f"6.3 +- 3.6 freihand, 4.0 Laser; {_REPORTED}", None),
    MetricId.ANGLE_TO_PLAN: (f"3.4 +- 3.1 freihand, 1.3 Laser; {_REPORTED}", None),
    MetricId.DURAL_MARGIN: ("{half_depth_mm:.1f} (die halbe örtliche Tiefe des Epiduralraums)", None),
    MetricId.DURA_CONTACTS: ("0.37 Experte, 0.58 Anfänger", None),
    MetricId.CRITICAL_DWELL: ("0 Experte, {poor:g} schlecht", None),
    MetricId.BONE_CONTACTS: ("Teil der Zeile darüber", None),
    MetricId.DURAL_PUNCTURES: ("1.4 % zervikaler epiduraler CTF-Injektionen (0.9-2.4)", None),
    MetricId.INFECTION_RISK: (
        "unter 0.1 der Patches (aus dem Gedächtnis); 0.02 je Hautpunktion ist eine Annahme",
        None,
    ),
    MetricId.DLP_GUIDANCE: (f"{_EXPERT_POOR} (4.94 Median der CTF mit einzelnen Bildern, 199 mit CT-Führung)", None),
    MetricId.DLP_PLANNING: (_EXPERT_POOR, None),
    MetricId.CTF_IMAGES: ("3 Experte im Median, 7.9 +- 5.1 freihand; berichtet, nach ihrer Dosis gezählt", None),
    MetricId.DLP_CONFIRMATION: (f"{_EXPERT_POOR}: ein Kontrollscan der Leckzone", None),
    MetricId.EFFECTIVE_DOSE: ("k = {k_msv_per_mgy_cm:g} mSv je mGy cm", None),
    MetricId.OPERATOR_DOSE: ("25 je Eingriff (7-48) mit quick-check", None),
    MetricId.BEAM_TIME: ("2 Experte, 24 schlecht; berichtet, nach ihrer Dosis gezählt", None),
    MetricId.REDIRECTIONS: (f"{_EXPERT_POOR}; 1.6 Laser, 3.3 freihand", None),
    MetricId.SKIN_PUNCTURES: (_EXPERT_POOR, None),
    MetricId.PATH_RATIO: (_EXPERT_POOR, None),
    MetricId.TIME_WITH_NEEDLE: (_EXPERT_POOR, None),
    MetricId.LEAK_COVERAGE: ("optimales Epidurogramm in 47 % klinischer Fälle", None),
    MetricId.BLOOD_VOLUME: ("6-20, im Mittel 15", None),
    MetricId.BLOOD_AFTER_CUE: ("0 Experte, {poor:g} schlecht", None),
    MetricId.DEMANDED_IMAGES: (
        "1: zum Planen, die Spitze vor dem Blut, nach dem Blut",
        "100 %: zum Planen, die Spitze vor dem Blut, nach dem Blut",
    ),
    MetricId.EPIDURAL_VOLUME: (
        "{expert:g} Mittel der publizierten Patches, {treating:g} das wenigste, das als einer zählt",
        None,
    ),
    MetricId.SEAL: ("0.87 gezielt, 0.52 blind", "87 % gezielt, 52 % blind"),
    MetricId.PLAN_SOUND: _YES,
    MetricId.BLIND_ADVANCE: ("0; {free:g} sind zwischen zwei Blicken frei", None),
    MetricId.LONGEST_BLIND_WAY: (_REPORTED, None),
    MetricId.DURA_TENTING: ("0 Experte, {poor:g} schlecht", None),
    MetricId.ROOM_TIME: (_EXPERT_POOR, None),
    MetricId.REACTIONS_ANSWERED: _ALL,
    MetricId.TIME_OUT_HELD: _YES,
    MetricId.PATIENT_POSITIONED: _YES,
    MetricId.SKIN_PREPARED: _YES,
    MetricId.ANAESTHETIC_GIVEN: _YES,
    MetricId.ARM_LINE_FIRST: _YES,
    MetricId.STYLET_IN: _ALL,
    MetricId.ASPIRATED: _YES,
    MetricId.BLOOD_FRESH: _ALL,
    MetricId.AFTERCARE: _ALL,
}
"""What a value is held against, and the form in which it is printed where that is another."""

UNMEASURED: dict[MetricId, str] = {MetricId.DURAL_MARGIN: "die halbe örtliche Tiefe des Epiduralraums"}


def _in_german(metric: MetricId, english: MetricWords) -> MetricWords:
    if english.source.startswith(PERK_TUTOR):
        return replace(english, reference=_REPORTED)
    reference, printed = REFERENCES[metric]
    return MetricWords(
        name=NAMES[metric],
        reference=reference,
        source=english.source,
        unmeasured_reference=UNMEASURED.get(metric),
        printed_reference=printed,
    )


METRICS: dict[MetricId, MetricWords] = {
    metric: _in_german(metric, english)
    for metric, english in ENGLISH_METRICS.items()
    if metric in NAMES or english.source.startswith(PERK_TUTOR)
}
"""A metric without a name here is missing, and the catalogue says which."""
