"""Patients: who has been built and scanned in this process, kept so that a later seed costs only what is new in it."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phantoms.phantom import Phantom
from simulator.ct.scanner import Scanner
from simulator.ct.scanner_model import scanner_model
from simulator.engine.session import Session
from simulator.scenario.build import Case, build_case
from simulator.scenario.schema import Scenario
from simulator.strategies.study import Trial
from simulator.vocabulary.progress import Progress

PLANES = 100  # a planning scan of two vertebrae and the presses about it, 3 MB each
KEPT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patient:
    phantom: Phantom
    scanner: Scanner


class Patients:
    """The last patients of this process, each in a scanner of their own that remembers its planes.

    Args:
        most: how many are kept, some 150 MB each
    """

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[str, _Patient] = OrderedDict()

    def admit(
        self,
        scenario: Scenario,
        *,
        name: str,
        seed: int,
        location: str,
        folder: Path,
        progress: Progress | None = None,
        begin: Callable[[Case, Scanner], Session] | None = None,
    ) -> tuple[Case, Session]:
        """A case and its session, not yet begun; arguments as for `build_case`.

        Args:
            begin: makes another kind of session, one with a record

        Raises:
            UserInputError: the scenario names a patient, level or number that does not exist.
        """
        who = patient_key(scenario.model_dump(mode="json"), str(folder.resolve()), seed)
        known = self._kept.get(who)
        case = build_case(
            scenario,
            name=name,
            seed=seed,
            location=location,
            folder=folder,
            phantom=None if known is None else known.phantom,
            progress=progress,
        )
        if known is None:
            known = _Patient(phantom=case.world.phantom, scanner=_scanner(case))
            self._kept[who] = known
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        self._kept.move_to_end(who)
        if begin is not None:
            return case, begin(case, known.scanner)
        return case, Session(case.world, progress=progress, scanner=known.scanner)


def _scanner(case: Case) -> Scanner:
    model = scanner_model(case.world.settings.imaging.scanner)
    return Scanner.of_model(case.world.phantom, model, plane_capacity=PLANES)


def by_person(trials: Sequence[Trial]) -> list[Trial]:
    """The same runs, those of one person one after another: each is built once for all that treat them.

    Persons follow in the order in which they first come, and so do the runs of each.
    """
    people: dict[str, list[Trial]] = {}
    for trial in trials:
        people.setdefault(patient_key(trial.resolved, trial.folder, trial.seed), []).append(trial)
    return [trial for of_person in people.values() for trial in of_person]


def patient_key(scenario: Mapping[str, Any], folder: str, seed: int) -> str:
    """What two runs of the same patient share, as one line of JSON.

    Args:
        scenario: a whole scenario in plain JSON types
        folder: where the files that it names lie
        seed: of the run; tells patients apart only where it draws the patient

    Returns:
        all that the phantom, the check of its levels and its scanner depend on
    """
    said = {name: scenario[name] for name in ("patient", "leak", "further_leak", "myelogram")}
    own = seed if scenario["patient"]["derived_draw"] else None
    return json.dumps([said, scenario["scanner"]["preset"], folder, own], sort_keys=True)
