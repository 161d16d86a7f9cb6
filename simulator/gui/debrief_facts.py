"""Debrief facts: all that the debrief's screen draws, as plain data of the window's own.

The window holds no ground truth before the procedure is finished; then `ground_truth` fills these types once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from simulator.gui.drawing.window_level import Hounsfield
from simulator.interface.teaching import Wording
from simulator.vocabulary.procedure import DosePhase
from simulator.vocabulary.scoring import MetricId
from simulator.vocabulary.structures import Structure

PixelPoint = tuple[float, float]
"""Row and column of one slice; fractions are allowed."""

PixelLine = tuple[PixelPoint, ...]


class VerdictTone(StrEnum):
    """How a procedure went, in one sign."""

    OK = "ok"
    WARN = "warn"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictText:
    """The procedure in words.

    Attributes:
        treated: whether the patient was treated, as the sign says
        headline: one sentence
        sentences: the paragraph below it
        cap: what limited the score, sentence by sentence; none where nothing did
    """

    tone: VerdictTone
    treated: str
    headline: str
    sentences: tuple[str, ...]
    cap: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentScore:
    """One part of the score.

    Attributes:
        fraction: 0..1, as scored
        points, most: of 100
        bar_percent: length of the whole bar against that of the heaviest component
        rests_on: names and values of what was measured
    """

    name: str
    fraction: float
    points: float
    most: float
    bar_percent: float
    rests_on: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricLine:
    """One metric beside its published value, ready to print.

    Attributes:
        metric: its identity, or the words of one that another package adds
    """

    metric: MetricId | str
    name: str
    value: str
    unit: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CriticalMoment:
    """A complication, a near miss or a closest approach.

    Attributes:
        warns: whether it stands with a warning sign
        words: what happened
        reasons: what led to it
        image: ordinal of the press that shows it best; None where none does
    """

    at_ms: int
    warns: bool
    words: str
    reasons: tuple[str, ...]
    image: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandText:
    """A command in words.

    Attributes:
        name: in small letters
        given: what was given with it, each with its name and unit
    """

    name: str
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CostliestDecision:
    """The command that cost most.

    Attributes:
        number: of the command, from 1 as the report's timeline counts
        command: in words
        points: of the score that it cost
        advice: what it taught
    """

    number: int
    at_ms: int
    command: CommandText
    points: float
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherEnd:
    """How the procedure would have ended had the expert gone on from one command on.

    Attributes:
        number, at_ms, instead_of: of the first command that was not carried out, from 1 as the report's timeline counts
        recorded, other: the headlines of both ends
        rows: what is compared, as recorded, as the expert had it
        steps: what the expert did from there on: when, ms, and in words
    """

    number: int
    at_ms: int
    instead_of: CommandText
    recorded: str
    other: str
    rows: tuple[tuple[str, str, str], ...]
    steps: tuple[tuple[int, CommandText], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceLine:
    """What to do otherwise, and where it is seen.

    Attributes:
        number: of the command, from 1 as the report's timeline counts
        command: at which it cost points, in words
        image: ordinal of the press that was looked at then; None before the first
    """

    number: int
    at_ms: int
    command: CommandText
    words: str
    points: float
    image: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """One question of the case, with what was answered and what is right.

    Attributes:
        answer: None where there was none
        of_options: whether both are words of the case, which offered them
        why: why that is right; empty where the case does not say
    """

    words: str
    answer: str | None
    expected: str
    right: bool
    why: str
    of_options: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonFacts:
    """What the case's lesson makes of the procedure.

    Attributes:
        points: teaching points, each with its source
        advice: sentences of the case's own whose condition holds
        happenings: what the script made happen, in words
        checklist: each line, and whether it was ticked
        wordings: words of the case in other languages, by code of ISO 639-1
    """

    points: tuple[tuple[str, str], ...] = ()
    advice: tuple[str, ...] = ()
    happenings: tuple[str, ...] = ()
    answers: tuple[AnswerLine, ...] = ()
    checklist: tuple[tuple[str, bool], ...] = ()
    wordings: Mapping[str, Wording] = field(default_factory=dict)

    def in_language(self, language: str) -> LessonFacts:
        """The same in the case's words of another language, as far as there are any."""
        wording = self.wordings.get(language, {})

        def say(text: str) -> str:
            return wording.get(text, text)

        return replace(
            self,
            points=tuple((say(words), source) for words, source in self.points),
            advice=tuple(map(say, self.advice)),
            answers=tuple(
                replace(
                    one,
                    words=say(one.words),
                    why=say(one.why),
                    answer=say(one.answer) if one.of_options and one.answer is not None else one.answer,
                    expected=say(one.expected) if one.of_options else one.expected,
                )
                for one in self.answers
            ),
            checklist=tuple((say(words), done) for words, done in self.checklist),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseRow:
    """One exposure of the ledger; what was given before the procedure does not count toward its dose.

    Attributes:
        phase: the account on which it is booked
    """

    at_ms: int
    phase: DosePhase
    words: str
    mas: float
    ctdi_vol_mgy: float
    dlp_mgy_cm: float
    effective_dose_msv: float
    counts_toward_dose: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthOverlay:
    """Ground truth over one slice; points are row and column.

    Attributes:
        lines: closed outlines by structure
        needle: the shaft in this slice
        path: the tip's way in the whole procedure, seen along the patient's axis
        presses: where the tip was at each press, with its ordinal
        plan: entry and target of the last plan; None without one
        tip: at the first mL of blood, or at this press; None where there was no needle
    """

    image: Hounsfield
    pixel_mm: float
    z_mm: float
    words: str
    lines: dict[Structure, tuple[PixelLine, ...]]
    needle: tuple[PixelLine, ...]
    path: tuple[PixelLine, ...]
    presses: tuple[tuple[int, PixelPoint], ...]
    plan: tuple[PixelPoint, PixelPoint] | None
    tip: PixelPoint | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DebriefFacts:
    """All that the debrief's screen draws."""

    score: float
    cap_reason: str | None
    verdict: VerdictText
    components: tuple[ComponentScore, ...]
    moments: tuple[CriticalMoment, ...]
    metrics: tuple[MetricLine, ...]
    dose_rows: tuple[DoseRow, ...]
    dlp_by_phase: dict[DosePhase, float]
    effective_dose_msv: float
    k_msv_per_mgy_cm: float
    ctdi_phantom_cm: int
    overlay: TruthOverlay | None
    costliest: CostliestDecision | None = None
    advice: tuple[AdviceLine, ...] = ()
    lesson: LessonFacts = LessonFacts()
