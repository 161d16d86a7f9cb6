"""Made cases: sound cases, courses and studies without end, from a seed; no two alike."""

from __future__ import annotations

import random
from typing import Any

from phantoms.catalogue import patient_parameters
from simulator.scenario.event_schema import TRIGGERS
from simulator.scenario.form_fields import takes_whole_numbers
from simulator.scenario.schema import Console, Limits, Myelogram, Patient
from simulator.scenario.sections import Section
from simulator.scenario.shipped import shipped_scenarios

PATIENTS = ("patient-1", "patient-2", "patient-3", "patient-4", "patient-5", "patient-6", "patient-7", "upper-thorax")
OF_PATIENT = ("age_years", "bmi_kg_per_m2", "seed", "sac_scale", "muscle_fat")
OF_MYELOGRAM = ("mas", "slice_thickness_mm", "volume_ml", "turns")
Made = dict[str, Any]


def made_case(seed: int) -> Made:
    """A sound case, whole in itself."""
    rng = random.Random(seed)
    phantom = rng.choice(PATIENTS)
    parameters = patient_parameters(phantom)
    levels = [str(one) for one in parameters.interspaces]
    level = rng.choice(levels)
    vertebrae = [str(one) for one in parameters.vertebrae]
    case: Made = {
        "format": 1,
        "title": rng.choice(["A case", "Leak at {level}", "Größe \u201cx\u201d"]),
        "region": str(next(one for one in parameters.interspaces if str(one) == level).region),
        "patient": {"phantom": phantom, **_numbers(rng, Patient, OF_PATIENT)},
        "leak": _leak(rng, level),
        "myelogram": {"levels": [vertebrae[0], vertebrae[-1]], **_numbers(rng, Myelogram, OF_MYELOGRAM)},
        "scanner": _numbers(rng, Console, ("preset_rotation_s", "planning_mas")),
        "limits": _numbers(rng, Limits, ("blood_ml", "minutes")),
        "text": {"request": "Patch at {level}, please."},
    }  # fmt: skip
    if rng.random() < 0.5:
        case["scanner"] |= {
            "preset_tube_voltage_kv": rng.choice([80, 100, 120, 140]),
            "hand_protection": rng.random() < 0.5,
        }
    if rng.random() < 0.5:
        case["hands"] = {"kind": rng.choice(["default", "laser", "exact"])}
    if rng.random() < 0.5:
        case["rubric"] = {
            "time_min": {"expert": 10.0 + rng.random(), "poor": 30.0},
            "near_dura_mm": rng.uniform(1, 100),
        }
    case["event"] = [_event(rng) for _ in range(rng.randrange(3))]
    case["fact"] = [
        {"kind": rng.choice(["history", "allergy", "drug"]), "words": "none", "stops": rng.random() < 0.2}
        for _ in range(rng.randrange(3))
    ]
    if rng.random() < 0.6:
        case["lesson"] = _lesson(rng)
        case["question"] = [_question(rng, levels) for _ in range(rng.randrange(3))]
        case["checklist"] = [
            {"words": f"done {number}", "phase": rng.choice(["planning", "guidance"])}
            for number in range(rng.randrange(3))
        ]
        case["debrief"] = {"reactions": ["How?"], "analysis": ["Why?"], "summary": ["What?"]}
    return {key: item for key, item in case.items() if item not in ([], {})}


def made_course(seed: int) -> Made:
    """A sound course."""
    rng = random.Random(seed)
    names = rng.sample(shipped_scenarios(), rng.randrange(2, 6))
    rows: list[Made] = []
    for place, name in enumerate(names):
        row: Made = {"scenario": name}
        if place and rng.random() < 0.5:
            row["needs"] = [rng.choice(names[:place])]
        if rng.random() < 0.5:
            row["seeds"] = rng.sample(range(1000), 3)
        if rng.random() < 0.5:
            row["attempts"] = rng.randrange(1, 20)
        if rng.random() < 0.5:
            row["repeat"] = rng.choice(["once", "until passed", "until competent"])
        rows.append(row)
    course: Made = {
        "format": 1,
        "title": f"Course {seed}",
        "rule": {"score": round(rng.uniform(40, 90), 1)},
        "case": rows,
    }
    if rng.random() < 0.5:
        course |= {"opens": "2026-01-15", "closes": "2026-12-31"}
    return course


def _numbers(rng: random.Random, model: type[Section], keys: tuple[str, ...]) -> Made:
    """Some of these numbers within their ranges, plain or drawn."""
    found: Made = {}
    for key in keys:
        if rng.random() < 0.5:
            continue
        field = model.model_fields[key]
        low = next(mark.ge for mark in field.metadata if hasattr(mark, "ge"))
        high = next(mark.le for mark in field.metadata if hasattr(mark, "le"))
        whole = takes_whole_numbers(field)
        ends = (
            sorted(rng.sample(range(10_000), 2)) if whole else sorted((rng.uniform(low, high), rng.uniform(low, high)))
        )
        kind = rng.choice(["plain", "plain", "uniform", "choice", "normal"])
        if kind == "plain" or (kind == "normal" and whole):
            found[key] = ends[0]
        elif kind == "normal":
            found[key] = {"normal": {"mean": ends[0], "sd": 1.0, "min": ends[0], "max": ends[1]}}
        else:
            found[key] = {kind: ends}
    return found


def _leak(rng: random.Random, level: str) -> Made:
    pattern = rng.choice(["circumferential", "root-sleeve", "slow"])
    leak: Made = {"level": level, "side": rng.choice(["left", "right"]), "pattern": pattern}
    if rng.random() < 0.5:
        leak["thickness_mm"] = rng.uniform(1.5, 6.0)
    if rng.random() < 0.5:
        leak["iodine_ratio"] = rng.uniform(0.05, 0.35) if pattern == "slow" else rng.uniform(0.3, 1.0)
    if pattern == "circumferential" and rng.random() < 0.5:
        leak["extent_levels"] = rng.uniform(0.5, 11.0)
    if rng.random() < 0.3:
        leak["side"] = {"choice": ["left", "right"]}
    return leak


def _event(rng: random.Random) -> Made:
    kind = rng.choice(["vasovagal", "contrast reaction", "jerk", "arm line fails"])
    if kind == "arm line fails":
        return {"kind": kind}
    made = {
        "when": rng.choice(["skin puncture", "bone contact"]), "at_min": rng.uniform(0, 60),
        "at_depth_mm": rng.uniform(1, 80), "near": rng.choice(["dura", "bone"]),
        "at_press": rng.randrange(1, 20), "at_volume_ml": rng.uniform(0.5, 10),
        "in_phase": rng.choice(["guidance", "injection"]),
    }  # fmt: skip
    trigger = rng.choice(TRIGGERS)
    event: Made = {"kind": kind, trigger: made[trigger]}
    if rng.random() < 0.5:
        event |= {"answer": "look again", "answer_within_min": 1.5}
    return event


def _lesson(rng: random.Random) -> Made:
    conditions: list[Made] = [
        {"touched": "dura"}, {"unanswered": "vasovagal"}, {"wrong_level": True},
        {"metric": "dural_margin", "below": 1.0},
    ]  # fmt: skip
    return {
        "goals": ["Learn"],
        "minutes": rng.uniform(2, 60),
        "point": [{"words": "w", "source": "s"} for _ in range(rng.randrange(1, 3))],
        "advice": [{"words": "w", **rng.choice(conditions)} for _ in range(rng.randrange(1, 3))],
    }


def _question(rng: random.Random, levels: list[str]) -> Made:
    return rng.choice(
        [
            {"words": "?", "kind": "level and side"},
            {"words": "?", "kind": "level and side", "level": rng.choice(levels), "side": "left"},
            {"words": "?", "kind": "number", "value": 3.0, "tolerance": 0.5, "unit": "mL"},
            {"words": "?", "kind": "choice", "options": ["a", "b"], "right": rng.randrange(1, 3), "when": "after"},
        ]
    )
