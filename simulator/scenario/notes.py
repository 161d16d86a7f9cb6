"""Notes: what is sound in form and may yet not be what the author meant. A note is no fault: the case runs as it is."""

from __future__ import annotations

import math
from collections.abc import Iterator

from simulator.needle.bore_flow import BLOOD_MPA_S
from simulator.needle.needle_catalogue import NEEDLES
from simulator.operators.request import interspaces_named, requested_side
from simulator.patch.syringe_pressure import fastest_ml_per_s
from simulator.scenario.accepted_targets import choose_accepted_targets
from simulator.scenario.difficulty import depth_mm
from simulator.scenario.field_error import FieldError, Keys
from simulator.scenario.rubric_schema import apply_rubric_changes
from simulator.scenario.schema import Leak, Myelogram, Scenario
from simulator.scenario.synthetic_patient import resolve_parameters
from simulator.scenario.text_words import fill_in, left_in_braces
from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, Interspace, Region, parse_level
from simulator.vocabulary.progress import Progress

STEEPEST_DEG = 30.0  # of a usual paramedian way
MANY_PRESSES = 40
SPARE_MM = 10.0  # of the needle outside the skin, for the hand
DEEP_BMI = 28.0  # below it every needle of the catalogue reaches
SLOWEST_ML_PER_S = 0.05  # at which 15 mL take five minutes; blood begins to set


def find_notes(scenario: Scenario) -> list[FieldError]:
    """Everything about a sound case that its author should look at again, in the order of the form."""
    return [
        *_texts(scenario),
        *_region(scenario),
        *_leak(scenario),
        *_myelogram(scenario),
        *_events(scenario),
        *_limits(scenario),
        *_lesson(scenario),
    ]


def _texts(scenario: Scenario) -> Iterator[FieldError]:
    """Levels and sides in words that are not the leak's, and braces that nothing fills."""
    leak = scenario.leak
    texts: dict[Keys, str] = {("title",): scenario.title, ("text", "request"): scenario.text.request}
    texts |= {("fact", ordinal, "words"): fact.words for ordinal, fact in enumerate(scenario.fact)}
    texts |= {("question", ordinal, "words"): question.words for ordinal, question in enumerate(scenario.question)}
    for ordinal, stage in enumerate(scenario.stage):
        texts["stage", ordinal, "title"] = stage.title
        if stage.request is not None:
            texts["stage", ordinal, "request"] = stage.request
    if scenario.briefing is not None and scenario.briefing.words is not None:
        texts["briefing", "words"] = scenario.briefing.words
    for keys, text in texts.items():
        for braces in left_in_braces(text):
            yield FieldError(keys, f"{braces} stays in the text as it is", "write {level} or {side}, or no braces")
    for keys in (("title",), ("text", "request")):
        named = interspaces_named(fill_in(texts[keys], leak.level, leak.side))
        if named and leak.level not in named and not _is_accepted(scenario, named):
            what = f"this names {', '.join(dict.fromkeys(named))}, and the leak is at {leak.level}"
            yield FieldError(
                keys, what, "write {level}, which becomes the leak's level, unless the mistake is the lesson"
            )
    side = requested_side(fill_in(scenario.text.request, leak.level, leak.side))
    if side is not None and leak.side is not Laterality.BOTH and side is not leak.side:
        what = f"this names the {side}, and the leak is on the {leak.side}"
        yield FieldError(("text", "request"), what, "write {side}, which becomes the leak's side")


def _is_accepted(scenario: Scenario, named: list[Interspace]) -> bool:
    """Whether a text names where the needle is right, such as C7/T1 for a leak above it."""
    levels = Interspace if scenario.patient.phantom is None else resolve_parameters(scenario.patient).interspaces
    return bool(set(named) & set(choose_accepted_targets(scenario.leak, list(levels)).needle_levels))


def _region(scenario: Scenario) -> Iterator[FieldError]:
    own = scenario.leak.level.region
    if scenario.region is not own:
        what = f"the dose is converted for the {scenario.region} spine, and the leak at {scenario.leak.level} is {own}"
        yield FieldError(("region",), what, f'set region = "{own}"')


def _leak(scenario: Scenario) -> Iterator[FieldError]:
    leak, patient = scenario.leak, scenario.patient
    if leak.needle_levels and leak.level not in leak.needle_levels and leak.level.region is not Region.CERVICAL:
        what = f"the leak is at {leak.level}, and the needle is right at {', '.join(leak.needle_levels)} alone"
        yield FieldError(("leak", "needle_levels"), what, "leave it out: then the leak's own level is right")
    if leak.needle_levels == [] and not any(fact.stops for fact in scenario.fact):
        what = "no level is right, and no fact of the chart says why"
        yield FieldError(("leak", "needle_levels"), what, "add a [[fact]] with stops = true")
    further = scenario.further_leak
    levels: list[tuple[Keys, Interspace]] = [(("leak", "level"), leak.level)]
    levels += [] if further is None else [(("further_leak", "level"), further.level)]
    levels += [
        (("stage", ordinal, "leak", "level"), stage.leak.level)
        for ordinal, stage in enumerate(scenario.stage)
        if stage.leak is not None
    ]
    for keys, level in levels:
        if patient.sacralised_l5 and level is Interspace.L5_S1:
            what = "L5 has grown into the sacrum: there is no way between the laminae at L5/S1"
            yield FieldError(keys, what, "take L4/5, or leave sacralised_l5 out")


def _myelogram(scenario: Scenario) -> Iterator[FieldError]:
    sessions: list[tuple[Keys, Leak, Myelogram | None]] = [((), scenario.leak, scenario.myelogram)]
    sessions += [
        (("stage", ordinal), one.leak or scenario.leak, one.myelogram or scenario.myelogram)
        for ordinal, one in enumerate(scenario.stage)
    ]
    for above, leak, myelogram in sessions:
        if myelogram is None:
            continue
        order = [str(mark) for mark in _column(scenario)]
        first, last = sorted(_place(str(parse_level(str(name))), order) for name in myelogram.levels)
        shown = f"the myelogram from {myelogram.levels[0]} to {myelogram.levels[1]}"
        places: list[tuple[Keys, Interspace]] = [(("leak", "level"), leak.level), *_puncture(myelogram)]
        if not above and scenario.further_leak is not None:
            places.append((("further_leak", "level"), scenario.further_leak.level))
        for keys, level in places:
            upper, lower = _place(str(level.upper_vertebra), order), _place(str(level.lower_vertebra), order)
            if not first <= upper or not lower <= last:
                whose = {"leak": "the leak", "further_leak": "the second leak"}.get(str(keys[0]), "the puncture site")
                what = f"{shown} does not hold {whose} at {level}"
                yield FieldError((*above, "myelogram", "levels"), what, "name a vertebra above and one below it")


def _puncture(myelogram: Myelogram) -> list[tuple[Keys, Interspace]]:
    site = myelogram.puncture_site
    return [] if site is None else [(("myelogram", "puncture_site", "level"), site.level)]


def _column(scenario: Scenario) -> tuple[str, ...]:
    if scenario.patient.phantom is None:
        return tuple(map(str, FIVE_LUMBAR_COLUMN))
    return tuple(map(str, resolve_parameters(scenario.patient).column))


def _place(level: str, column: list[str]) -> float:
    """Where a level lies among the vertebrae, from the head down; an interspace between two of them."""
    if level in column:
        return float(column.index(level))
    upper = str(Interspace.parse(level).upper_vertebra) if "/" in level else ""
    return column.index(upper) + 0.5 if upper in column else -1.0


def find_needle_notes(scenario: Scenario, progress: Progress | None = None) -> Iterator[FieldError]:
    """Needles that are too thin for blood or too short for the patient; a stout patient's spine is built for it.

    Args:
        progress: told of compiling where this is the first start; None: whoever asks has seen to that
    """
    tray = [NEEDLES[name] for name in scenario.needle.tray]
    fastest = max(fastest_ml_per_s(one.bore_diameter_mm, one.length_mm, BLOOD_MPA_S) for one in tray)
    if fastest < SLOWEST_ML_PER_S:
        what = f"through no needle here does blood go faster than {fastest:.2f} mL/s"
        yield FieldError(("needle", "tray"), what, "add a 20G needle")
    patient = scenario.patient
    if patient.phantom is None or max(one.length_mm for one in tray) - SPARE_MM > 120.0:
        return
    parameters = resolve_parameters(patient)
    larger = patient.body_half_depth_mm is not None or patient.lateral_bow_mm is not None
    if parameters.bmi_kg_per_m2 < DEEP_BMI and not larger:
        return
    depth = depth_mm(scenario, progress)
    longest = max(one.length_mm for one in tray)
    if depth is not None and depth / math.cos(math.radians(STEEPEST_DEG)) > longest - SPARE_MM:
        what = f"the space lies {depth:.0f} mm deep, and the longest needle has {longest:.0f} mm"
        yield FieldError(("needle", "tray"), what, 'add a longer one, such as "20G Quincke 120 mm"')


def _events(scenario: Scenario) -> Iterator[FieldError]:
    longest = max(NEEDLES[name].length_mm for name in scenario.needle.tray)
    for ordinal, event in enumerate(scenario.event):
        at: Keys = ("event", ordinal)
        if event.at_min is not None and event.at_min >= scenario.limits.minutes:
            what = (
                f"this comes at {event.at_min:g} min, and the room is needed again at {scenario.limits.minutes:g} min"
            )
            yield FieldError((*at, "at_min"), what, "let it come sooner, or lengthen limits.minutes")
        if event.at_press is not None and event.at_press > MANY_PRESSES:
            what = f"hardly anybody presses {event.at_press} times"
            yield FieldError((*at, "at_press"), what, f"choose up to {MANY_PRESSES}")
        if event.at_depth_mm is not None and event.at_depth_mm > longest:
            what = f"no needle here reaches {event.at_depth_mm:g} mm"
            yield FieldError((*at, "at_depth_mm"), what, f"choose up to {longest:g}")
        if (
            event.at_volume_ml is not None
            and event.material == "blood"
            and event.at_volume_ml > scenario.limits.blood_ml
        ):
            what = f"this comes at {event.at_volume_ml:g} mL, and {scenario.limits.blood_ml:g} mL may be given"
            yield FieldError((*at, "at_volume_ml"), what, "let it come sooner, or raise limits.blood_ml")


def _limits(scenario: Scenario) -> Iterator[FieldError]:
    treats = apply_rubric_changes(scenario.rubric).treatment.treating_ml
    if scenario.limits.blood_ml < treats:
        what = f"{scenario.limits.blood_ml:g} mL may be given, and the score counts less than {treats:g} mL as a token"
        yield FieldError(("limits", "blood_ml"), what, "raise it, or set rubric.treating_ml")


def _lesson(scenario: Scenario) -> Iterator[FieldError]:
    for ordinal, advice in enumerate(scenario.lesson.advice if scenario.lesson is not None else []):
        known = {"arm line": ("arm line fails", "arm line clots")}.get(str(advice.unanswered), (advice.unanswered,))
        scriptable = advice.unanswered in ("vasovagal", "contrast reaction", "arm line")
        if scriptable and not any(event.kind in known for event in scenario.event):
            what = f"no [[event]] of this case is {advice.unanswered!r}, so this is hardly ever said"
            yield FieldError(("lesson", "advice", ordinal, "unanswered"), what, "add the event")
