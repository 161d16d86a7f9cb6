"""View: what an operator perceives, and nothing of the truth behind it.

A View holds the case, the console, the images, the needle as it looks from outside, what the hand felt and what was
said. Lengths on the needle are read from its marks, angles by eye, so they are rounded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from simulator.interface.console import ConsoleView
from simulator.interface.image_archive import ImageArchive
from simulator.interface.needle_view import NeedleHandling, NeedleLook
from simulator.interface.teaching import NOTHING_TO_TEACH, Teaching
from simulator.vocabulary.levels import Interspace, Vertebra
from simulator.vocabulary.needles import NeedleKind
from simulator.vocabulary.patient_facts import PatientFact
from simulator.vocabulary.procedure import Approach, OperatorPosition, Phase, PlungerFeel


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """What is known of the case before anything is done.

    Attributes:
        request: what the referring doctor asks for; the level in words
        requested_level: the level that is asked for, whatever the words of the request say
        levels: vertebrae that a scan can be asked for, from the head down
        needles: names of those on the tray
        prescribed_volume_ml: blood that may be injected without a cue, at most
        digital_angles: whether an angle meter sits on the hub
        ideal_images: whether needles throw no streaks, an aid that no real room has
        facts: of the chart, as far as they are told from the start
        teaching: goals, briefing, questions and checklist, without a right answer
    """

    title: str
    request: str
    requested_level: Interspace
    accepted_approaches: tuple[Approach, ...]
    levels: tuple[Vertebra, ...]
    needles: tuple[NeedleKind, ...]
    prescribed_volume_ml: float
    digital_angles: bool
    ideal_images: bool
    facts: tuple[PatientFact, ...] = ()
    teaching: Teaching = NOTHING_TO_TEACH

    def in_language(self, language: str) -> CaseView:
        """The case in its author's words of another language, as far as there are any."""
        words = self.teaching.wording(language)
        if not words:
            return self

        def say(text: str) -> str:
            return words.get(text, text)

        return replace(self, title=say(self.title), request=say(self.request), teaching=self.teaching.reworded(say))


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientView:
    """How the patient is, seen and heard.

    Attributes:
        words, words_at_ms: what they said last, and when
        jerked: whether they moved at the last command
        arm_line: what is wrong with the arm's cannula, once somebody drew from it; "" while nothing is
    """

    words: str
    words_at_ms: int | None
    jerked: bool
    arm_line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InjectionView:
    """The syringe, and what has left it.

    Attributes:
        syringe_contrast_ml: contrast in the syringe, of `syringe_ml` in all
        syringe_age_ms: since the blood was drawn
        injected_blood_ml: blood mixture injected so far
        plunger: what the thumb felt in the last injection, None where nothing was injected
    """

    syringe_ml: float
    syringe_contrast_ml: float
    syringe_age_ms: int
    injected_blood_ml: float
    plunger: PlungerFeel | None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One moment as the operator perceives it.

    Attributes:
        prepared: steps of preparation taken, in order
        facts_read: facts of the chart that a time-out has brought to light
        refused: why the last command was not carried out; None where it was
        stands_at: where the operator stands while the beam is on
        images: the archive in which the acquisitions of `console.acquired` are looked at
        needle: None before one stands on the skin
    """

    phase: Phase
    elapsed_ms: int
    prepared: tuple[str, ...]
    facts_read: tuple[PatientFact, ...]
    refused: str | None
    stands_at: OperatorPosition
    case: CaseView
    console: ConsoleView
    images: ImageArchive
    needle: NeedleLook | None
    handling: NeedleHandling
    patient: PatientView
    injection: InjectionView
