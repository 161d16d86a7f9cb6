"""Verdict sentences: what the paragraph of the verdict says, one sentence for each thing that was judged."""

from __future__ import annotations

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.interface.published_doses import (
    GUIDANCE_MEDIAN_DLP_MGY_CM,
    GUIDANCE_MEDIAN_IMAGES,
    GUIDANCE_SOURCE,
    PLANNING_ESTIMATE_DLP_MGY_CM,
    PLANNING_ESTIMATE_WORDS,
    has_published_marks,
)
from simulator.report.procedure_marks import Marks
from simulator.report.words import count, listed, number, percent
from simulator.scoring.patch_quality import ml_after_cue
from simulator.scoring.procedure_summary import in_accepted_zone
from simulator.scoring.scorecard import PhaseDose, Scorecard
from simulator.scoring.treatment import CUES
from simulator.vocabulary.anatomy import Compartment
from simulator.vocabulary.procedure import ComplicationKind, DosePhase
from simulator.wording.chosen import WORDS

_LEADS_TO: dict[Compartment, str] = {
    Compartment.INTRATHECAL: "where it sinks among the roots, seals nothing and can inflame them",
    Compartment.SUBDURAL: "where it lies under the dura and seals nothing",
    Compartment.VESSEL: "whose stream carries it away from the leak",
    Compartment.SOFT_TISSUE: "where it aches for days and seals nothing",
}
ESCAPED_WORTH_A_WORD_ML = 0.5


def verdict_sentences(world: CaseContext, card: Scorecard, marks: Marks) -> tuple[str, ...]:
    """Target, contacts, the patient's words, spread, dose and outcome; what does not apply is left out.

    Each says one thing, so that a translation can take them one by one.
    """
    sentences = (
        _target(world, marks),
        _never_there(marks),
        *_touched(marks),
        *_patient(marks),
        _spread(marks),
        *_elsewhere(marks),
        *_dose(card, marks),
        *_outcome(card, marks),
    )
    return tuple(sentence for sentence in sentences if sentence)


def _target(world: CaseContext, marks: Marks) -> str:
    blood, accepted = marks.summary.first_blood, world.settings.accepted
    if blood is None:
        if marks.summary.punctured_ms is None:
            return "The skin was never punctured."
        return "The bevel reached an accepted target zone." if marks.summary.reached_zone else ""
    wanted = f"{listed(list(accepted.zones))} at {listed(list(accepted.needle_levels))}"
    if in_accepted_zone(world, blood):
        words = f"At the first millilitre of blood the bevel opened in an accepted target zone ({wanted})"
    else:
        words = f"At the first millilitre of blood the bevel did not open in an accepted target zone ({wanted})"
    if blood.dura_mm >= 0:
        return f"{words}, with the tip {blood.dura_mm:.1f} mm outside the dura."
    if blood.compartment == Compartment.EPIDURAL:  # the bevel is not through: the dura gives way before the tip
        return f"{words}, with the tip pressed {-blood.dura_mm:.1f} mm into the dura, which tents."
    return f"{words}, with the tip {-blood.dura_mm:.1f} mm inside the dura."


def _never_there(marks: Marks) -> str:
    if marks.summary.punctured_ms is None or marks.summary.reached_zone:
        return ""
    return "The bevel never stood in an accepted target zone."


def _touched(marks: Marks) -> list[str]:
    if marks.summary.punctured_ms is None:
        return []
    harms = [event for event in marks.events if isinstance(event, e.Complication)]
    parts = []
    for kind, words in (
        (ComplicationKind.DURAL_PUNCTURE, "The dura was punctured"),
        (ComplicationKind.CORD_CONTACT, "The spinal cord was touched"),
        (ComplicationKind.ROOT_CONTACT, "A nerve root was touched"),
        (ComplicationKind.VESSEL_PUNCTURE, "A vessel was punctured"),
    ):
        times = sum(event.kind == kind for event in harms)
        if times:
            parts.append(f"{words}." if times == 1 else f"{words} {times} times.")
    contacts, bone = marks.summary.count(e.DuraTouched), marks.summary.count(e.BoneContacted)
    if contacts and not marks.dura_punctured:
        parts.append(f"The tip met and tented the dura {'once' if contacts == 1 else f'{contacts} times'}.")
    if bone:
        parts.append(f"Bone was met {'once' if bone == 1 else f'{bone} times'}.")
    if parts:
        return parts
    nothing = ["No critical structure and no bone was touched."]
    near = marks.closest_dura
    if near is not None:
        nothing.append(f"The tip never came closer to the dura than {near.least_dura_mm:.1f} mm.")
    return nothing


def _patient(marks: Marks) -> list[str]:
    spoken = [event for event in marks.events if isinstance(event, e.PatientSpoke) and event.feeling != "nothing"]
    if not spoken:
        return ["The patient reported neither pressure nor pain."] if marks.blood else []
    words = ["The patient said:"]
    words += dict.fromkeys(f"“{event.words}”" for event in spoken)  # each once
    after = ml_after_cue(marks.summary)
    cue = any(portion.feeling in CUES for portion in marks.blood)
    if after is None or not cue:
        return words
    if after <= 0:
        return [*words, "The injection stopped at the first word of pressure."]
    return [*words, f"{after:.1f} mL of blood went in after the first word of pressure."]


def _spread(marks: Marks) -> str:
    if not marks.blood:
        return ""
    last = marks.blood[-1]
    return (
        f"{number(last.total_blood_ml)} mL of blood mixture were injected and reached {percent(last.covered_share)} "
        "of the leak zone."
    )


def _elsewhere(marks: Marks) -> list[str]:
    """Blood that went elsewhere than into the epidural space, and what that leads to."""
    parts = []
    for compartment, meaning in _LEADS_TO.items():
        volume = sum(portion.volume_ml for portion in marks.blood if portion.compartment == compartment)
        if volume > 0.0:
            parts.append(f"{number(volume)} mL went into {WORDS.compartments[compartment]}, {meaning}.")
    escaped = marks.blood[-1].escaped_ml if marks.blood else 0.0
    if escaped >= ESCAPED_WORTH_A_WORD_ML:
        parts.append(f"{number(escaped)} mL left the canal along the roots, where it seals nothing in the canal.")
    return parts


def _dose(card: Scorecard, marks: Marks) -> list[str]:
    phases, total = card.dose.by_phase, card.dose.total
    guidance, planning = phases.get(DosePhase.GUIDANCE), phases.get(DosePhase.PLANNING)
    confirmation = phases.get(DosePhase.CONFIRMATION)
    guided = guidance is not None and not guidance.given
    ordered = [entry for _, entry in card.dose.in_order() if not entry.given]
    if not ordered:
        unguided = not guided and marks.summary.punctured_ms is not None
        return ["No image guided the needle, and no radiation was used." if unguided else "No radiation was used."]
    marked = has_published_marks(card.dose.ctdi_phantom_cm)
    parts = []
    if guidance is not None and guided:
        median = (
            f" (published median with spot CT fluoroscopy: {GUIDANCE_MEDIAN_DLP_MGY_CM:g} mGy·cm, "
            f"{GUIDANCE_MEDIAN_IMAGES} images; {GUIDANCE_SOURCE})"
        )
        parts.append(
            f"Guidance cost {number(guidance.dlp_mgy_cm)} mGy·cm in {_images(marks, DosePhase.GUIDANCE)}"
            + _and_planning(guidance)
            + (f"{median}." if marked else ".")
        )
    elif marks.summary.punctured_ms is not None:
        parts.append("No image guided the needle.")
    if planning is not None:
        beside = f" ({PLANNING_ESTIMATE_WORDS}: {PLANNING_ESTIMATE_DLP_MGY_CM:g})" if marked else ""
        parts.append(f"Planning cost {number(planning.dlp_mgy_cm)} mGy·cm{beside}.")
    if confirmation is not None:
        among = any(press.dose_phase == DosePhase.CONFIRMATION for press in marks.presses)
        more = f" with {_images(marks, DosePhase.CONFIRMATION)}" if among else ""
        parts.append(f"Confirmation cost {number(confirmation.dlp_mgy_cm)} mGy·cm{more}.")
    together = number(total.effective_dose_msv)
    return [*parts, f"Together {together} mSv with k = {ordered[0].k_msv_per_mgy_cm:.3g} mSv per mGy·cm."]


def _images(marks: Marks, phase: DosePhase) -> str:
    """How many images of CT fluoroscopy are booked on a phase; one rotation is one image, everywhere in a report."""
    return count(sum(press.dose_phase == phase for press in marks.presses), "image")


def _and_planning(guidance: PhaseDose) -> str:
    """The planning scans that are booked as guidance; "" where there is none."""
    return f" and {count(guidance.planning_scans, 'planning scan')}" if guidance.planning_scans else ""


def _outcome(card: Scorecard, marks: Marks) -> list[str]:
    if not any(isinstance(event, e.Finished) for event in marks.events):
        return ["The procedure was broken off and not finished."]
    outcome = card.outcome
    if marks.summary.first_blood is None:
        return []
    if not outcome.relief:
        relief = "In this run the headache is not relieved."
    elif outcome.relapse_day is None:
        relief = "In this run the headache is relieved within a day."
    else:
        relief = f"In this run the headache is relieved within a day and comes back on day {outcome.relapse_day}."
    return [f"The chance of a lasting cure is {percent(outcome.seal_probability)}.", relief]
