"""Verdict: the procedure in one paragraph of plain words, from its scorecard and events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.interface.published_doses import (
    GUIDANCE_MEDIAN_DLP_MGY_CM,
    GUIDANCE_MEDIAN_IMAGES,
    GUIDANCE_SOURCE,
    PAPER_PLANNING_DLP_MGY_CM,
)
from simulator.report.course_marks import Marks
from simulator.report.words import count, listed, number, percent, place_of
from simulator.scoring.patch_quality import CUES, ml_after_cue
from simulator.scoring.procedure_summary import in_accepted_zone

_CAP_WORDS = {
    "not treated": "Where no blood was injected nothing was treated, and the score is 0.",
    "intrathecally": "Blood in the thecal sac treats nothing and can cause arachnoiditis: the score is 0 "
    "whatever else went well.",
    "cord contact": "Contact with the spinal cord sets the score to 0 whatever else went well.",
    "dural puncture": "A dural puncture makes a second leak and limits the score to 40.",
    "under the dura": "Blood under the dura does not reach the leak and limits the score to 40.",
    "another level": "Blood at another level that does not reach the leak limits the score to 40.",
    "into a vein": "Blood that goes into a vein is not at the leak and limits the score to 60.",
    "roots were compressed": "Pressure that stops the roots' blood flow can leave the legs weak; pain came "
    "before it. It limits the score to 60.",
    "neither a confirming image": "Blood given without having seen where the needle stands limits the score to 60.",
}


_LEADS_TO = {
    "intrathecal": "where it sinks among the roots, seals nothing and can inflame them",
    "subdural": "where it lies under the dura and seals nothing",
    "vessel": "whose stream carries it away from the leak",
    "soft tissue": "where it aches for days and seals nothing",
}
ESCAPED_WORTH_A_WORD_ML = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The procedure in words.

    Attributes:
        tone: "ok", "warn" or "stop"
        headline: one sentence
        sentences: the paragraph below it
        cap: what limited the score; None where nothing did
    """

    tone: str
    headline: str
    sentences: tuple[str, ...]
    cap: str | None


def verdict(world: CaseContext, card: dict[str, Any], marks: Marks) -> Verdict:
    """Say where the blood went, what was touched, what the patient said, what it cost and how it went on."""
    sentences = [
        _target(world, marks),
        _never_there(marks),
        _touched(marks),
        _patient(marks),
        _spread(marks),
        _elsewhere(marks),
        _dose(card, marks),
        _outcome(card, marks),
    ]
    return Verdict(
        tone=_tone(world, card, marks),
        headline=_headline(world, marks),
        sentences=tuple(sentence for sentence in sentences if sentence),
        cap=cap_words(card),
    )


def cap_words(card: dict[str, Any]) -> str | None:
    """The gate or cap that acted, and what it means."""
    reason = card.get("cap_reason")
    if not reason:
        return None
    meant = [words for key, words in _CAP_WORDS.items() if key in reason]
    return " ".join([f"Limited by: {reason}.", *meant])


def _tone(world: CaseContext, card: dict[str, Any], marks: Marks) -> str:
    blood = marks.course.first_blood
    if blood is None and marks.course.rightly_abandoned:
        return "warn" if card["complications"] else "ok"
    if blood is None or card["score"] <= 0:
        return "stop"
    if card.get("cap_reason") or not in_accepted_zone(world, blood) or card["complications"]:
        return "warn"
    return "ok"


def _headline(world: CaseContext, marks: Marks) -> str:
    blood = marks.course.first_blood
    if blood is None and marks.course.rightly_abandoned:
        return "Abandoned, which is right here: the leak offers no safe target at its level."
    if blood is None:
        return "Not treated: no blood was injected."
    punctured = any(isinstance(event, e.Complication) and event.kind == "dural_puncture" for event in marks.events)
    touched = marks.course.count(e.DuraTouched)
    if blood.compartment == "intrathecal":
        return f"Intrathecal: the blood went inside the dura at {blood.level}, not into the epidural space."
    if blood.compartment == "subdural":
        return f"Subdural: the blood went under the dura at {blood.level}, not into the epidural space."
    if blood.compartment not in ("epidural", "foramen"):
        return f"Outside the epidural space: the blood went into {place_of(blood.compartment)} at {blood.level}."
    off = blood.opening_mm[0] - world.midline_x_mm(blood.opening_mm[2])
    side = "on the midline" if abs(off) < 1.0 else f"{abs(off):.0f} mm {'left' if off > 0 else 'right'} of the midline"
    dura = "The dura was punctured." if punctured else (
        "The dura was touched, not punctured." if touched else "The dura was not touched."
    )  # fmt: skip
    if blood.compartment == "foramen":
        return f"In the foramen, {side}, at {blood.level}. {dura}"
    return f"Epidural{', ' + blood.zone if blood.zone else ''}, {side}, at {blood.level}. {dura}"


def _target(world: CaseContext, marks: Marks) -> str:
    blood, accepted = marks.course.first_blood, world.settings.accepted
    if blood is None:
        if marks.course.punctured_ms is None:
            return "The skin was never punctured."
        return f"The bevel {'reached' if marks.course.reached_zone else 'never reached'} an accepted target zone."
    wanted = f"{listed(list(accepted.zones))} at {listed(list(accepted.needle_levels))}"
    if in_accepted_zone(world, blood):
        words = f"At the first millilitre of blood the bevel opened in an accepted target zone ({wanted})"
    else:
        words = f"At the first millilitre of blood the bevel did not open in an accepted target zone ({wanted})"
    if blood.dura_mm >= 0:
        return f"{words}, with the tip {blood.dura_mm:.1f} mm outside the dura."
    if blood.compartment == "epidural":  # the bevel is not through: the dura gives way before the tip
        return f"{words}, with the tip pressed {-blood.dura_mm:.1f} mm into the dura, which tents."
    return f"{words}, with the tip {-blood.dura_mm:.1f} mm inside the dura."


def _never_there(marks: Marks) -> str:
    if marks.course.punctured_ms is None or marks.course.reached_zone:
        return ""
    return (
        "Safety, dose and economy count only once the bevel has stood in an accepted target zone; it never did, so "
        "they are 0."
    )


def _touched(marks: Marks) -> str:
    if marks.course.punctured_ms is None:
        return ""
    harms = [event for event in marks.events if isinstance(event, e.Complication)]
    parts = []
    for kind, words in (
        ("dural_puncture", "the dura was punctured"),
        ("cord_contact", "the spinal cord was touched"),
        ("root_contact", "a nerve root was touched"),
        ("vessel_puncture", "a vessel was punctured"),
    ):
        times = sum(event.kind == kind for event in harms)
        if times:
            parts.append(words + ("" if times == 1 else f" {times} times"))
    contacts, bone = marks.course.count(e.DuraTouched), marks.course.count(e.BoneContacted)
    if contacts and not any(event.kind == "dural_puncture" for event in harms):
        parts.append(f"the tip met the dura {'once' if contacts == 1 else f'{contacts} times'} and tented it")
    if bone:
        parts.append(f"bone was met {'once' if bone == 1 else f'{bone} times'}")
    if not parts:
        near = marks.closest_dura
        gap = "" if near is None else f"; the tip never came closer to the dura than {near.least_dura_mm:.1f} mm"
        return f"No critical structure and no bone was touched{gap}."
    first = listed(parts)
    return first[0].upper() + first[1:] + "."


def _patient(marks: Marks) -> str:
    spoken = [event for event in marks.events if isinstance(event, e.PatientSpoke) and event.feeling != "nothing"]
    if not spoken:
        return "The patient reported neither pressure nor pain." if marks.blood else ""
    said: list[str] = []
    for event in spoken:
        quoted = f"“{event.words.rstrip('.')}”"
        if quoted not in said:
            said.append(quoted)
    words = f"The patient said {listed(said)}"
    after = ml_after_cue(marks.course)
    cue = any(portion.feeling in CUES for portion in marks.blood)
    if after is None or not cue:
        return words + "."
    if after <= 0:
        return words + "; the injection stopped at the first word of pressure."
    return words + f"; {after:.1f} mL of blood went in after the first word of pressure."


def _spread(marks: Marks) -> str:
    if not marks.blood:
        return ""
    last = marks.blood[-1]
    return (
        f"{number(last.total_blood_ml)} mL of blood mixture were injected and reached {percent(last.covered_share)} "
        "of the leak zone."
    )


def _elsewhere(marks: Marks) -> str:
    """Blood that went elsewhere than into the epidural space, and what that leads to."""
    parts = []
    for compartment, meaning in _LEADS_TO.items():
        volume = sum(portion.volume_ml for portion in marks.blood if portion.compartment == compartment)
        if volume > 0.0:
            parts.append(f"{number(volume)} mL went into {place_of(compartment)}, {meaning}")
    escaped = marks.blood[-1].escaped_ml if marks.blood else 0.0
    if escaped >= ESCAPED_WORTH_A_WORD_ML:
        parts.append(f"{number(escaped)} mL left the canal along the roots, where it seals nothing in the canal")
    return "; ".join(parts)[:1].upper() + "; ".join(parts)[1:] + "." if parts else ""


def _dose(card: dict[str, Any], marks: Marks) -> str:
    phases, total = card["dose"]["by_phase"], card["dose"]["total"]
    parts = []
    if "guidance" in phases and not phases["guidance"].get("given"):
        parts.append(
            f"guidance cost {number(phases['guidance']['dlp_mgy_cm'])} mGy·cm in "
            f"{count(phases['guidance']['acquisitions'], 'acquisition')} (published median with spot CT fluoroscopy: "
            f"{GUIDANCE_MEDIAN_DLP_MGY_CM:g} mGy·cm, {GUIDANCE_MEDIAN_IMAGES} images; {GUIDANCE_SOURCE})"
        )
    elif marks.course.punctured_ms is not None:
        parts.append("no image guided the needle")
    if "planning" in phases:
        parts.append(
            f"planning {number(phases['planning']['dlp_mgy_cm'])} mGy·cm (the paper's 50 mAs scan: "
            f"{PAPER_PLANNING_DLP_MGY_CM:g})"
        )
    if "confirmation" in phases:
        parts.append(f"confirmation {number(phases['confirmation']['dlp_mgy_cm'])} mGy·cm")
    ordered = [entry for entry in phases.values() if not entry["given"]]
    if not ordered:
        return "No image guided the needle, and no radiation was used." if parts else "No radiation was used."
    k = ordered[0]["k_msv_per_mgy_cm"]
    words = listed(parts)
    return (
        f"{words[0].upper()}{words[1:]}; together {number(total['effective_dose_msv'])} mSv "
        f"with k = {k:g} mSv per mGy·cm."
    )


def _outcome(card: dict[str, Any], marks: Marks) -> str:
    if not any(isinstance(event, e.Finished) for event in marks.events):
        return "The procedure was broken off and not finished."
    outcome = card["outcome"]
    if marks.course.first_blood is None:
        return ""
    relief = "the headache is relieved within a day" if outcome["relief"] else "the headache is not relieved"
    if outcome.get("relapse_day") is not None:
        relief += f" and comes back on day {outcome['relapse_day']}"
    return f"The chance that the leak is sealed is {percent(outcome['seal_probability'])}; in this run {relief}."
