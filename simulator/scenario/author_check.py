"""Author check: a file's faults, the notes below them, and what the expert makes of the case."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from simulator.scenario.field_error import FieldError, dotted
from simulator.scenario.inheritance import Lineage, read_lineage
from simulator.scenario.load import ScenarioFile
from simulator.scenario.notes import find_needle_notes, find_notes
from simulator.scoring.rubric import Anchors, Rubric, number_named
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.progress import Progress
from simulator.vocabulary.scoring import MetricId
from simulator.wording.chosen import WORDS

SEEDS = 6  # whose draws are looked at beside the one that is asked for
_LIMIT_OF: dict[str, MetricId] = {
    "guidance_dlp_mgy_cm": MetricId.DLP_GUIDANCE,
    "planning_dlp_mgy_cm": MetricId.DLP_PLANNING,
    "confirmation_dlp_mgy_cm": MetricId.DLP_CONFIRMATION,
    "redirections": MetricId.REDIRECTIONS,
    "skin_punctures": MetricId.SKIN_PUNCTURES,
    "path_ratio": MetricId.PATH_RATIO,
    "time_min": MetricId.TIME_WITH_NEEDLE,
    "room_min": MetricId.ROOM_TIME,
    "tenting_mm": MetricId.DURA_TENTING,
    "dura_contacts": MetricId.DURA_CONTACTS,
    "blind_mm": MetricId.BLIND_ADVANCE,
}


def notes_on(file: ScenarioFile, seed: int, progress: Progress | None = None) -> list[str]:
    """Notes on a sound file, each with its line, for one seed and some others where numbers are drawn.

    Args:
        progress: told of compiling where this is the first start; None: whoever asks has seen to that
    """
    several = file.distributions and "reject_if" not in file.data  # whose draws take a second each
    seeds = range(seed, seed + SEEDS) if several else (seed,)
    found: dict[FieldError, None] = {}
    for number in seeds:
        scenario = file.scenario_for(number, progress)
        notes = find_notes(scenario)
        if number == seed:
            notes += find_needle_notes(scenario, progress)
        found |= dict.fromkeys(notes)
    if not found:
        return []
    lineage = read_lineage(file.path)
    return list(dict.fromkeys(_told(note, lineage) for note in found))


def notes_on_run(file: ScenarioFile, card: Scorecard, rubric: Rubric, path: Path) -> list[str]:
    """Notes on limits that the expert does not meet, whom a learner can hardly beat."""
    lineage = read_lineage(path)
    return [_told(note, lineage) for note in _unmet(card, rubric, file.scenario_for(card.seed).limits.minutes)]


def _unmet(card: Scorecard, rubric: Rubric, minutes: float) -> Iterator[FieldError]:
    usual = Rubric()
    for name, metric_id in _LIMIT_OF.items():
        anchors, metric = number_named(rubric, name), card.metric(metric_id)
        if anchors == number_named(usual, name) or not isinstance(anchors, Anchors) or metric is None:
            continue
        if metric.utility == 0:
            what = f"the expert reaches {WORDS.metrics[metric_id].name} beyond what counts as poor ({anchors.poor:g})"
            yield FieldError(("rubric", name), what, "widen the anchors: docs/authors/fair-rubric.md says how")
    if card.caps:
        what = f"the expert's score is limited: {WORDS.cap_reasons(card.caps)}"
        yield FieldError(("title",), what, "a learner can hardly do better, unless that is the lesson")
    room = card.metric(MetricId.ROOM_TIME)
    if room is not None and room.value is not None and float(room.value) > minutes:
        what = f"the expert needs {float(room.value):.0f} min, and the room is needed again at {minutes:g} min"
        yield FieldError(("limits", "minutes"), what, "raise it")


def _told(note: FieldError, lineage: Lineage) -> str:
    return f"{lineage.location(note.keys)}: {dotted(note.keys)}: note: {note.what}: {note.fix}"
