"""Verdict: the procedure in one paragraph of plain words, from its scorecard and events."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.report.procedure_marks import Marks
from simulator.report.verdict_sentences import verdict_sentences
from simulator.scoring.rubric import Rubric
from simulator.scoring.scorecard import Scorecard
from simulator.scoring.treatment import treatment
from simulator.vocabulary.anatomy import Compartment
from simulator.vocabulary.patient_facts import StopReason
from simulator.vocabulary.scoring import CapId
from simulator.wording.chosen import WORDS

_STOPPED: dict[StopReason, str] = {
    StopReason.FACT: "Stopped before the needle, which is right: a fact of the chart forbids the procedure.",
    StopReason.REACTION: "Stopped, which is right: the patient had a severe reaction.",
    StopReason.DURAL_PUNCTURE: "Stopped after a dural puncture, without blood.",
    StopReason.FISTULA: "Stopped before the needle, which is right: fluid runs into a vein, and no blood closes that.",
    StopReason.NO_SAFE_WAY: "Abandoned, which is right here: the leak offers no safe target at its level.",
}


class Tone(StrEnum):
    """How a procedure went, in a colour's worth of words; the values are classes of the style sheet."""

    OK = "ok"
    WARN = "warn"
    STOP = "stop"


class Treated(StrEnum):
    """Whether the patient was treated; the values are printed beside the sign."""

    YES = "treated"
    PART = "treated in part"
    NO = "not treated"
    RIGHTLY_NOT = "rightly not treated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The procedure in words.

    Attributes:
        treated: what the sign says
        headline: one sentence
        sentences: the paragraph below it
        cap: what limited the score; None where nothing did
    """

    tone: Tone
    treated: Treated
    headline: str
    sentences: tuple[str, ...]
    cap: str | None


def verdict(world: CaseContext, card: Scorecard, marks: Marks) -> Verdict:
    """Say where the blood went, what was touched, what the patient said, what it cost and how it went on."""
    treated = _treated(card, marks)
    return Verdict(
        tone=_tone(card, treated),
        treated=treated,
        headline=_headline(world, card, marks),
        sentences=verdict_sentences(world, card, marks),
        cap=cap_words(card),
    )


def cap_words(card: Scorecard) -> str | None:
    """The gates and caps that acted, and what they mean, the gravest first."""
    return " ".join(cap_sentences(card)) or None


def cap_sentences(card: Scorecard) -> tuple[str, ...]:
    """The same, one by one; empty where nothing limited the score."""
    reason = WORDS.cap_reasons(card.caps)
    if reason is None:
        return ()
    return (f"Limited by: {reason}.", *(WORDS.caps[cap].meaning for cap in CapId if cap in card.caps))


def _treated(card: Scorecard, marks: Marks) -> Treated:
    """Whether enough blood stayed in the epidural space, and whether it covers half of the leak's zone or more."""
    rubric, summary = Rubric(), marks.summary
    if summary.first_blood is None:
        return Treated.RIGHTLY_NOT if card.rightly_abandoned else Treated.NO
    given = treatment(summary, rubric)
    if not given.treats(rubric) or CapId.INTRATHECAL_BLOOD in card.caps:
        return Treated.NO
    has_hole = summary.world.phantom.leak.hole_mm is not None
    if has_hole and given.covered < rubric.treatment.covered_fraction:
        return Treated.PART if given.covered > 0.0 else Treated.NO
    return Treated.YES


def _tone(card: Scorecard, treated: Treated) -> Tone:
    """The sign says whether the patient was treated; what limits the score, or a harm, takes the tick away."""
    if treated is Treated.NO:
        return Tone.STOP
    if treated is Treated.PART or card.complications or (card.caps and treated is Treated.YES):
        return Tone.WARN
    return Tone.OK


def _headline(world: CaseContext, card: Scorecard, marks: Marks) -> str:
    blood = marks.summary.first_blood
    if blood is None and card.stopped_for is not None:
        return _STOPPED[card.stopped_for]
    if blood is None:
        return "Not treated: no blood was injected."
    touched = marks.summary.count(e.DuraTouched)
    if blood.compartment == Compartment.INTRATHECAL:
        return f"Intrathecal: the blood went inside the dura at {blood.level}, not into the epidural space."
    if blood.compartment == Compartment.SUBDURAL:
        return f"Subdural: the blood went under the dura at {blood.level}, not into the epidural space."
    if blood.compartment not in (Compartment.EPIDURAL, Compartment.FORAMEN):
        place = WORDS.compartments[blood.compartment]
        return f"Outside the epidural space: the blood went into {place} at {blood.level}."
    off = blood.opening_mm[0] - world.midline_x_mm(blood.opening_mm[2])
    side = "on the midline" if abs(off) < 1.0 else f"{abs(off):.0f} mm {'left' if off > 0 else 'right'} of the midline"
    dura = "The dura was punctured." if marks.dura_punctured else (
        "The dura was touched, not punctured." if touched else "The dura was not touched."
    )  # fmt: skip
    if blood.compartment == Compartment.FORAMEN:
        return f"In the foramen, {side}, at {blood.level}. {dura}"
    return f"Epidural{', ' + blood.zone if blood.zone else ''}, {side}, at {blood.level}. {dura}"
