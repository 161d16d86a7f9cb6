"""Case check: what a record says of its case, held against what the case gives; what it alone says is its own claim.

A record has no signature. Whoever writes all checksums anew can write another case, rubric or label into its header.
The rubric follows from the case, and a case that ships is known by its name: both are compared. A name that no case
that ships has, the pseudonym, the date, the operator and the versions are what the record says of itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from simulator.errors import UserInputError
from simulator.records.framing import EDITED
from simulator.records.header import Header, read_rubric
from simulator.records.migrations import FORMAT
from simulator.records.session_record import SessionRecord
from simulator.records.versions import versions
from simulator.scenario.accepted_targets import choose_accepted_targets
from simulator.scenario.load import ScenarioFile, load_scenario, parse_scenario
from simulator.scenario.rubric_schema import apply_rubric_changes
from simulator.scenario.schema import Scenario
from simulator.scenario.shipped import shipped_scenario_path, shipped_scenarios
from simulator.scoring.rubric import Rubric, flat_numbers
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.levels import Interspace

# Of a case: nothing that is scored follows from them
_WORDS = ("title", "text", "lesson", "briefing", "prebrief", "debrief", "question", "checklist")
_RIGHT = ("approaches", "zones", "needle_levels", "may_abandon")  # of a leak: said, or following from it


def check_rubric(header: Header, location: str) -> None:
    """Hold a header's rubric against the one that its case gives, where both are of this version.

    Raises:
        UserInputError: the header holds no rubric, or another one than the case gives in this version.
    """
    if header.rubric is None:
        raise UserInputError(location, "the header does not say with which rubric it was scored", EDITED)
    if read_rubric(header.rubric, location) is None:
        raise UserInputError(location, "the record was scored with a rubric that this version has not", EDITED)
    if header.versions == versions() and rubric_difference(header, location) is not None:
        raise UserInputError(location, "the header's rubric is not the one that its case gives", EDITED)


def rubric_difference(header: Header, location: str) -> str | None:
    """Which numbers of a header's rubric are not those that its case gives; None where all are.

    Raises:
        UserInputError: the header holds no case or no rubric of this version.
    """
    theirs = read_rubric(header.rubric, location)
    if theirs is None:
        return None
    told = flat_numbers(theirs)
    ours = flat_numbers(apply_rubric_changes(parse_scenario(header.resolved, location).rubric))
    return ", ".join(name for name, value in ours.items() if value != told[name]) or None


def check_labels(header: Header, card: Scorecard, location: str) -> None:
    """UserInputError where a scorecard names another case, operator, seed, hands or rubric than its header."""
    pairs: Mapping[str, tuple[object, object]] = {
        "case": (header.scenario, card.scenario),
        "operator": (header.operator, card.operator),
        "seed": (header.seed, card.seed),
        "hands": (header.hands, card.hands),
        "rubric": (header.rubric_digest, card.rubric_digest),
        "rubric's version": ((header.rubric or {}).get("version", 1), card.rubric_version),
    }
    for what, (told, carded) in pairs.items():
        if told != carded:
            raise UserInputError(location, f"the scorecard's {what} is not that of the header", EDITED)


def case_difference(record: SessionRecord, file: ScenarioFile | None = None) -> str | None:
    """How the case of a record differs from the one of that name; None where it does not, or nobody can tell.

    Args:
        file: the case that the record is said to be of; None: the one of its name that ships

    Raises:
        UserInputError: the header holds no case of this version.
    """
    header, location = record.header, f"{record.path}:1"
    if record.format < FORMAT:
        return None  # what older formats left out of a case cannot be compared
    scenario = parse_scenario(header.resolved, location)
    if header.hands != scenario.hands.kind:
        return f"it was treated with {header.hands} hands, and its case gives {scenario.hands.kind} ones"
    told = _plain(scenario)
    if file is None and header.scenario not in shipped_scenarios():
        known = next((name for name in shipped_scenarios() if _given(name, header.seed) == told), None)
        return None if known is None else f"what it calls {header.scenario!r} is the case {known!r} that ships"
    given = _given(header.scenario, header.seed) if file is None else _plain(file.scenario_for(header.seed))
    apart = [part for part in given or {} if told[part] != (given or {})[part]]
    if header.versions != versions():
        apart = [part for part in apart if part not in _WORDS]
    if not apart:
        return None
    name = f"the case {header.scenario!r} that ships" if file is None else str(file.path)
    return f"its case is not {name}: {', '.join(apart)} differ{'s' * (len(apart) == 1)}"


def own_claims(record: SessionRecord, file: ScenarioFile | None = None) -> tuple[str, ...]:
    """What a record alone says, in words: nothing here can hold it against it."""
    header = record.header
    claims = [f"operator {header.operator!r}"]
    if file is None and (record.format < FORMAT or header.scenario not in shipped_scenarios()):
        claims.insert(0, f"that its case is called {header.scenario!r}")
        own = _own_numbers(header, f"{record.path}:1") if record.format == FORMAT else ""
        if own:
            claims.insert(1, f"that its case is scored with numbers of its own ({own})")
    if header.learner is not None:
        claims.append(f"learner {header.learner!r}")
    if header.started is not None:
        claims.append(f"begun {header.started}")
    if header.versions != versions():
        if record.format == FORMAT and file is None and _other_words(record):
            claims.append("the words of its case, which are not those that ship")
        claims.append(f"made by another version ({header.version or 'it does not say which'})")
    return tuple(claims)


def _other_words(record: SessionRecord) -> bool:
    """Whether title or text of a record's case are not those of the case of its name that ships."""
    given = (
        _given(record.header.scenario, record.header.seed) if record.header.scenario in shipped_scenarios() else None
    )
    told = _plain(parse_scenario(record.header.resolved, f"{record.path}:1"))
    return given is not None and any(told[part] != given[part] for part in _WORDS)


def _own_numbers(header: Header, location: str) -> str:
    """Numbers of the rubric that a header's case sets otherwise than this version."""
    rubric = apply_rubric_changes(parse_scenario(header.resolved, location).rubric)
    own, usual = flat_numbers(rubric), flat_numbers(Rubric())
    return ", ".join(name for name, value in own.items() if value != usual[name])


def _plain(scenario: Scenario) -> dict[str, Any]:
    """A scenario in plain types; what is right for a leak is worked out, for it may be said or follow from the leak."""
    plain = scenario.model_dump(mode="json")
    right = choose_accepted_targets(scenario.leak, [str(one) for one in Interspace])
    plain["leak"] = {key: value for key, value in plain["leak"].items() if key not in _RIGHT} | {"right": right}
    return plain


@cache
def _file(path: Path) -> ScenarioFile:
    return load_scenario(path)


@lru_cache(maxsize=512)
def _given(name: str, seed: int) -> dict[str, Any] | None:
    """A case that ships, as a seed draws it; None where the seed draws what does not fit together."""
    try:
        return _plain(_file(shipped_scenario_path(name)).scenario_for(seed))
    except UserInputError:
        return None
