"""Start desk: what the first screen asks of whatever knows the cases, the learners and what they have recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from simulator.gui.engine_worker.procedure import Opening
from simulator.gui.engine_worker.tip_drill import DrillRound, OpenDrill


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWords:
    """What a translation says of a case; "" and nothing where it keeps silent."""

    title: str = ""
    request: str = ""
    goals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCard:
    """One case as it is chosen from.

    Attributes:
        name: by which it is opened
        region: of the spine, "" where nobody says
        level: that the request or the title names, "" where they name none; never where the leak really is
        request: what the referring doctor writes
        difficulty: in a word; "" where nobody has judged it
        goals: what is learnt on it
        minutes: that it takes; None where nobody says
        exam: whether it is an examination, of which no score is shown
        translations: its author's words in other languages, by code of ISO 639-1
    """

    name: str
    title: str
    region: str
    level: str
    request: str
    difficulty: str = ""
    goals: tuple[str, ...] = ()
    minutes: float | None = None
    exam: bool = False
    translations: Mapping[str, CardWords] = field(default_factory=dict)

    def in_language(self, language: str) -> CaseCard:
        """The same in its author's words of another language, as far as there are any."""
        words = self.translations.get(language)
        if words is None:
            return self
        goals = words.goals if len(words.goals) == len(self.goals) else self.goals
        return replace(self, title=words.title or self.title, request=words.request or self.request, goals=goals)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLine:
    """One recorded session.

    Attributes:
        case: name of its case
        started: UTC time, "" where none was written down
        score: None where it was not finished
        record: by which it is resumed
    """

    case: str
    learner: str
    started: str
    score: float | None
    record: str


class StartDesk(Protocol):
    """The cases and the sessions, as the first screen uses them."""

    def cards(self) -> list[CaseCard]:
        """The cases, in the order in which they are shown."""
        ...

    @property
    def learner(self) -> str | None:
        """Who is known to be learning before anybody was chosen."""
        ...

    def learners(self) -> list[str]:
        """Pseudonyms that are known, and the one that a newcomer may take last."""
        ...

    def attempts(self) -> list[AttemptLine] | None:
        """What was recorded, the latest last; None while the records are being read."""
        ...

    def look_again(self) -> None:
        """A session was left: what is recorded is read anew."""
        ...

    def opening(self, case: str, learner: str | None) -> Opening:
        """What opens a case."""
        ...

    def resuming(self, record: str) -> Opening:
        """What goes on with a session that was left.

        Raises:
            UserInputError: the record cannot be read.
        """
        ...

    def drill(self, learner: str | None, seed: int) -> OpenDrill:
        """What makes the presses of a round of the drill."""
        ...

    def drill_rounds(self, learner: str | None) -> list[DrillRound]:
        """Rounds that a learner has done, the latest last; none of nobody by name."""
        ...

    def keep_drill_round(self, learner: str | None, done: DrillRound) -> str:
        """Keep a round; what the learner must be told where it cannot be kept, else ""."""
        ...

    def shown(self) -> None:
        """Called whenever the window has drawn; from the first time on more is read behind it."""
        ...

    def close(self) -> None:
        """End what still runs behind the first screen."""
        ...
