"""Level checks: levels that a scenario names and its patient does not have."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

from phantoms.parameters import PatientParameters
from simulator.scenario.field_error import FieldError, Keys, names
from simulator.scenario.schema import Leak, Myelogram, Patient, Scenario
from simulator.scenario.synthetic_patient import resolve_parameters
from simulator.vocabulary.levels import Interspace, Region, Vertebra, interspaces_of

LEAK_LEVEL, NEEDLE_LEVELS = ("leak", "level"), ("leak", "needle_levels")
MYELOGRAM_LEVELS, PUNCTURE_LEVEL = ("myelogram", "levels"), ("myelogram", "puncture_site", "level")


def find_level_errors(scenario: Scenario, interspaces: Sequence[str], marks: Sequence[str]) -> Iterator[FieldError]:
    """Levels that the patient has not.

    Args:
        interspaces: that a needle may go to
        marks: vertebrae and interspaces
    """
    yield from _of_session((), scenario.leak, scenario.myelogram, interspaces, marks)
    further = scenario.further_leak
    if further is not None and further.level not in interspaces:
        yield unknown_name(("further_leak", "level"), "level", further.level, interspaces)
    for ordinal, question in enumerate(scenario.question):
        if question.level is not None and question.level not in interspaces:
            yield unknown_name(("question", ordinal, "level"), "level", question.level, interspaces)
    for ordinal, stage in enumerate(scenario.stage):
        yield from _of_session(("stage", ordinal), stage.leak, stage.myelogram, interspaces, marks)


def _of_session(
    above: Keys, leak: Leak | None, myelogram: Myelogram | None, interspaces: Sequence[str], marks: Sequence[str]
) -> Iterator[FieldError]:
    """Levels of one session that the patient has not."""
    site = None if myelogram is None else myelogram.puncture_site
    named: dict[Keys, Sequence[str]] = {
        LEAK_LEVEL: [] if leak is None else [leak.level],
        PUNCTURE_LEVEL: [] if site is None else [site.level],
        **_listed(NEEDLE_LEVELS, [] if leak is None else leak.needle_levels or []),
        **_listed(MYELOGRAM_LEVELS, [] if myelogram is None else myelogram.levels),
    }
    for keys, levels in named.items():
        known = marks if names(keys) == MYELOGRAM_LEVELS else interspaces
        for level in levels:
            if level not in known:
                yield unknown_name((*above, *keys), "level", level, known)


def _listed(keys: Keys, levels: Sequence[str]) -> dict[Keys, Sequence[str]]:
    """Levels of a list, each at its own place in it."""
    return {(*keys, place): [level] for place, level in enumerate(levels)}


def describe_unknown_level(keys: Keys, text: str, patient: Mapping[str, object]) -> FieldError:
    """A text that names no level of anybody, with the levels that this patient has.

    Args:
        keys: of the field in which it stands
        patient: the table of the patient; where it is faulty itself, the whole column is offered
    """
    try:
        form = {key: patient[key] for key in ("phantom", "whole_spine", "sixth_lumbar") if key in patient}
        parameters = resolve_parameters(Patient.model_validate(form))
        vertebrae, interspaces = parameters.vertebrae, parameters.interspaces
        of_patient = patient_levels(parameters)
    except ValueError:
        vertebrae, interspaces, of_patient = tuple(Vertebra), tuple(Interspace), {}
    if keys[0] == "patient":
        kind, known = of_patient.get(str(keys[1]), ("level", (*vertebrae, *interspaces)))
        return unknown_name(keys, kind, text, known)
    if names(keys)[-2:] == MYELOGRAM_LEVELS:
        return unknown_name(keys, "level", text, (*vertebrae, *interspaces))
    return unknown_name(keys, "level", text, interspaces)


def patient_levels(parameters: PatientParameters) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Fields that say what is worn or was operated on: what each names, and what the part that is shown offers."""
    vertebrae = parameters.vertebrae
    return {
        "narrow_discs": ("interspace", interspaces_of(vertebrae)),
        "laminectomy": ("vertebra", vertebrae[1:-1]),
        "pedicle_screws": ("vertebra", tuple(one for one in vertebrae if one.region is not Region.CERVICAL)),
        "scoliosis_apex": ("vertebra", tuple(parameters.column)),
    }


def unknown_name(keys: Keys, kind: str, name: str, known: Sequence[str]) -> FieldError:
    """A name that is none of those that there are."""
    words = [str(one) for one in known]
    near = difflib.get_close_matches(name, words, n=1)
    return FieldError(
        keys,
        f"there is no {kind} {str(name)!r} here",
        f"there are: {', '.join(words)}" + (f"; did you mean {near[0]!r}?" if near else ""),
    )
