"""Case: a scenario made ready for one seed, and what comes of treating it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.engine.case_context import CaseContext
from simulator.engine.events import Event
from simulator.engine.session import Session, drive
from simulator.interface.teaching import Wording
from simulator.operators import operator_named
from simulator.operators.protocol import Operator
from simulator.scenario.schema import Scenario
from simulator.scoring.rubric import Rubric
from simulator.scoring.score_procedure import score_procedure
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.progress import Progress

AUTOPILOT = "autopilot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """A finished procedure.

    Attributes:
        session: with its state, its steps and every image that the console showed
        scorecard: the score with its reasons
    """

    session: Session
    scorecard: Scorecard

    @property
    def events(self) -> list[Event]:
        """Everything that happened, in order."""
        return self.session.events


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A scenario made ready: what the engine runs on, and how it is scored.

    Attributes:
        name: of the scenario
        scenario: of one seed
        world: what the engine runs on
        rubric: how it is scored
        wordings: its words in other languages, by code of ISO 639-1
    """

    name: str
    scenario: Scenario
    world: CaseContext
    rubric: Rubric
    wordings: Mapping[str, Wording] = field(default_factory=dict)

    def run(self, operator: Operator | str = AUTOPILOT, *, progress: Progress | None = None) -> Treatment:
        """Let an operator treat the patient; the same operator gives the same treatment each time.

        Args:
            operator: a fresh one, the name of one that ships, or FILE.py:Class
            progress: told of long scans

        Raises:
            UserInputError: there is no operator of this name, or it gives what is no command.
        """
        session = Session(self.world, progress=progress)
        chosen = operator_named(operator) if isinstance(operator, str) else operator
        drive(session, chosen)
        name = operator if isinstance(operator, str) else operator.name
        return Treatment(session=session, scorecard=self.score(session, operator=name))

    def score(self, session: Session, *, operator: str) -> Scorecard:
        """Scorecard of a session of this case.

        Args:
            operator: who treated, to print
        """
        return score_procedure(self.world, session.events, self.rubric, scenario=self.name, operator=operator)
