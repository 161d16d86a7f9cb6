"""Valid meaning: what no schema can say of a file, put right in tables that were drawn key by key."""

from __future__ import annotations

import random
from typing import Any

from simulator.ct.scanner_model import scanner_model
from simulator.scenario.difficulty_schema import QUANTITIES
from simulator.scenario.event_schema import OF_ARM_LINE, TRIGGERS
from simulator.scenario.level_checks import patient_levels
from simulator.scenario.schema import RING_AMOUNTS, Patient
from simulator.scenario.semantic_checks import WEIGHTS
from simulator.scenario.shipped import shipped_scenarios
from simulator.scenario.synthetic_patient import resolve_parameters
from simulator.vocabulary.scanners import STANDARD_SCANNER

Made = dict[str, Any]
SHOWN = ("phantom", "whole_spine", "sixth_lumbar")
CONDITIONS = ("metric", "touched", "unanswered", "wrong_level")
OF_QUESTION = {"choice": ("options", "right"), "number": ("value", "tolerance", "unit")}


def _event(rng: random.Random, event: Made) -> Made:
    kept = {key: item for key, item in event.items() if key not in (*TRIGGERS, "within_mm", "material")}
    if "answer" not in kept:
        kept.pop("answer_within_min", None)
    if kept["kind"] in OF_ARM_LINE:
        return kept
    made: Made = {
        "when": "skin puncture", "at_min": rng.uniform(0, 240), "at_depth_mm": rng.uniform(1, 150), "near": "dura",
        "at_press": rng.randint(1, 200), "at_volume_ml": rng.uniform(0.5, 40), "in_phase": "guidance",
    }  # fmt: skip
    given = [key for key in TRIGGERS if key in event] or list(TRIGGERS)
    trigger = rng.choice(given)
    kept[trigger] = event.get(trigger, made[trigger])
    if trigger == "near" and "within_mm" in event:
        kept["within_mm"] = event["within_mm"]
    if trigger == "at_volume_ml" and "material" in event:
        kept["material"] = event["material"]
    return kept


def _question(rng: random.Random, question: Made) -> Made:
    kind = question["kind"]
    other = {key for kinds, keys in OF_QUESTION.items() if kinds != kind for key in keys}
    other |= set() if kind == "level and side" else {"level", "side"}
    kept = {key: item for key, item in question.items() if key not in other}
    if kind == "choice":
        kept["options"] = kept.get("options") or ["one", "two"]
        kept["options"] = [f"{number}. {option}"[:500] for number, option in enumerate(kept["options"], start=1)]
        kept["right"] = rng.randint(1, len(kept["options"]))
    if kind == "number":
        kept.setdefault("value", rng.uniform(-1e6, 1e6))
    return kept


def fitting_case(rng: random.Random, case: Made, picture: str) -> Made:
    """A case whose tables agree with each other.

    Args:
        picture: that lies beside it
    """
    case.pop("extends", None)
    case["patient"] = _patient(rng, case["patient"])
    parameters = resolve_parameters(
        Patient.model_validate({key: case["patient"][key] for key in SHOWN if key in case["patient"]})
    )
    spaces = [str(one) for one in parameters.interspaces]
    marks = [str(one) for one in (*parameters.vertebrae, *parameters.interspaces)]
    case["leak"] = _leak(rng, case["leak"], spaces)
    if "myelogram" in case:
        case["myelogram"] = _myelogram(rng, case["myelogram"], spaces, marks)
    for stage in case.get("stage", []):
        if "leak" in stage:
            if "further_leak" in case:
                stage["leak"]["pattern"] = "circumferential"
            stage["leak"] = _leak(rng, stage["leak"], spaces)
            if "further_leak" in case:  # which no session's own leak may share its level with
                stage["leak"]["level"] = case["leak"]["level"]
        if "myelogram" in stage:
            stage["myelogram"] = _myelogram(rng, stage["myelogram"], spaces, marks)
    if "further_leak" in case:
        others = [one for one in spaces if one != case["leak"]["level"]]
        case["leak"] = _leak(rng, {**case["leak"], "pattern": "circumferential"}, [case["leak"]["level"]])
        case["further_leak"]["level"] = rng.choice(others)
    _scanner(rng, case)
    _rubric(rng, case)
    _teaching(rng, case, picture)
    for question in case.get("question", []):
        if "level" in question:
            question["level"] = rng.choice(spaces)
    if "path" in case:
        x, y, z = (rng.uniform(-100, 100) for _ in range(3))
        case["path"] = {"entry_mm": [x, y, z], "target_mm": [x + rng.uniform(-50, 50), y - rng.uniform(2, 150), z]}
    if isinstance(case.get("needle", {}).get("tray"), list):
        case["needle"]["tray"] = list(dict.fromkeys(case["needle"]["tray"]))
    return case


def _patient(rng: random.Random, patient: Made) -> Made:
    """A phantom with what is worn and was operated on within what it shows."""
    for of_a_ct in ("ct", "derived_draw"):
        patient.pop(of_a_ct, None)
    patient["phantom"] = patient["phantom"] if isinstance(patient.get("phantom"), str) else "patient-2"
    form = {key: patient[key] for key in ("phantom", "whole_spine") if key in patient}
    for key in ("whole_spine", "sacralised_l5", "sixth_lumbar"):
        if isinstance(patient.get(key), dict):
            del patient[key]
            form.pop(key, None)
    if "S1" not in resolve_parameters(Patient.model_validate(form)).vertebrae or patient.get("sacralised_l5"):
        patient.pop("sixth_lumbar", None)
    if "S1" not in resolve_parameters(Patient.model_validate(form)).vertebrae:
        patient.pop("sacralised_l5", None)
    form |= {key: patient[key] for key in ("sixth_lumbar",) if key in patient}
    known = patient_levels(resolve_parameters(Patient.model_validate(form)))
    for key, (_, levels) in known.items():
        if key not in patient:
            continue
        if not levels:
            del patient[key]
        elif key == "scoliosis_apex":
            patient[key] = str(rng.choice(levels))
        elif key == "pedicle_screws":
            at = rng.randrange(len(levels) - 1)
            patient[key] = [str(one) for one in levels[at : at + rng.randint(2, 3)]]
        else:
            patient[key] = [str(one) for one in rng.sample(levels, min(len(levels), len(patient[key])))]
    return patient


def _leak(rng: random.Random, leak: Made, spaces: list[str]) -> Made:
    leak["level"] = rng.choice(spaces)
    pattern = leak.get("pattern", "circumferential")
    if isinstance(pattern, dict):
        pattern = leak["pattern"] = "circumferential"
    one_sided = pattern in ("slow", "csf-venous-fistula")
    side = leak.get("side", "both")
    if one_sided and side not in ("left", "right"):
        leak["side"] = rng.choice(["left", "right"])
    drop = [] if pattern == "circumferential" else [*RING_AMOUNTS, "uneven"]
    if pattern == "ventral-tear":
        drop.remove("extent_levels")
    if pattern not in ("root-sleeve", "csf-venous-fistula"):
        drop.append("reach_mm")
    if leak.get("side", "both") not in ("left", "right"):
        drop.append("asymmetry")
    for key in drop:
        leak.pop(key, None)
    if "iodine_ratio" in leak:
        leak["iodine_ratio"] = rng.uniform(0.05, 0.35) if one_sided else rng.uniform(0.3, 1.0)
    if "needle_levels" in leak:
        leak["needle_levels"] = [rng.choice(spaces) for _ in leak["needle_levels"]]
        if not leak["needle_levels"]:
            leak.pop("may_abandon", None)
    return leak


def _myelogram(rng: random.Random, myelogram: Made, spaces: list[str], marks: list[str]) -> Made:
    myelogram["levels"] = [rng.choice(marks), rng.choice(marks)]
    if "puncture_site" in myelogram:
        myelogram["puncture_site"]["level"] = rng.choice(spaces)
        myelogram.pop("injection_level", None)
    return myelogram


def _scanner(rng: random.Random, case: Made) -> None:
    """Presets that the console offers."""
    scanner = case.get("scanner")
    if scanner is None:
        return
    offered = {
        "preset_tube_voltage_kv": scanner.get("tube_voltages_kv", [120]),
        "preset_scan_arc_deg": scanner.get("scan_arcs_deg", [360]),
        "preset_tube_current_ma": scanner.get("tube_currents_ma", [30.0]),
    }
    for key, values in offered.items():
        scanner[key] = rng.choice(values)
    if isinstance(scanner.get("preset"), dict):
        del scanner["preset"]
    quickest, slowest = scanner_model(scanner.get("preset", STANDARD_SCANNER)).rotation_s
    scanner["preset_rotation_s"] = rng.uniform(max(quickest, 0.4), min(slowest, 1.5))
    for key in ("hand_protection", "metal_artefact_reduction"):
        if isinstance(scanner.get(key), dict) or scanner.get(key) is False:
            scanner.pop(f"preset_{key}", None)
    for unit in ("ctdi_vol_mgy", "dlp_mgy_cm"):
        keys = [f"dose_{kind}_{unit}" for kind in ("notification", "alert")]
        if all(key in scanner for key in keys):
            scanner[keys[0]], scanner[keys[1]] = sorted(rng.uniform(0.1, 2000) for _ in keys)


def _rubric(rng: random.Random, case: Made) -> None:
    """Six weights that come to 1 or none, and anchors in their order."""
    rubric = case.get("rubric", {})
    weights = [key for key in rubric if key.startswith("weight_")]
    for key in weights:
        del rubric[key]
    if weights:
        parts = [rng.randint(1, 20) for _ in WEIGHTS]
        rubric |= {f"weight_{name}": part / sum(parts) for name, part in zip(WEIGHTS, parts, strict=True)}
    for key, item in rubric.items():
        if isinstance(item, dict) and "expert" in item:
            low, high = sorted([rng.uniform(0.1, 19), rng.uniform(19.1, 40)])
            rubric[key] = {"expert": high, "poor": low} if key == "epidural_ml" else {"expert": low, "poor": high}
    if "planning_dlp_mgy_cm" in rubric:
        case.setdefault("scanner", {})["planning_scan_prescribed"] = False


def _teaching(rng: random.Random, case: Made, picture: str) -> None:
    """Pictures that there are, one trigger, kind or condition a row, bounds in order, an examination without help."""
    for key, fitting in (("event", _event), ("question", _question)):
        if key in case:
            case[key] = [fitting(rng, row) for row in case[key]]
    for shown in case.get("briefing", {}).get("picture", []):
        shown["file"] = picture
    for number, line in enumerate(case.get("checklist", []), start=1):
        line["words"] = f"{number}. {line['words']}"[:200]
    for advice in case.get("lesson", {}).get("advice", []):
        _one_condition(rng, advice)
    if "exam" in case:
        case["exam"]["seeds"] = sorted({*case["exam"]["seeds"]})
        case.pop("help", None)
    bounds = case.get("reject_if", {})
    for name in QUANTITIES:
        below, above = f"{name}_below", f"{name}_above"
        for key in (below, above):
            if isinstance(bounds.get(key), dict):
                del bounds[key]
        if below in bounds and above in bounds:
            bounds[below], bounds[above] = 1.0, 19.0


def _one_condition(rng: random.Random, advice: Made) -> None:
    given = [key for key in CONDITIONS if key in advice]
    kept = rng.choice(given) if given else "touched"
    for key in given:
        if key != kept:
            del advice[key]
    advice.setdefault(kept, "dura")
    if kept == "wrong_level":
        advice[kept] = True
    bounds = [key for key in ("above", "below") if key in advice]
    for key in bounds if kept != "metric" else bounds[1:]:
        del advice[key]
    if kept == "metric" and not bounds:
        advice["above"] = 1.0


def fitting_course(rng: random.Random, course: Made) -> Made:
    """A course whose cases there are, each once, and whose prerequisites stand before."""
    names = rng.sample(shipped_scenarios(), len(course["case"]))
    for place, row in enumerate(course["case"]):
        row["scenario"] = names[place]
        if "needs" in row:
            row["needs"] = rng.sample(names[:place], min(place, len(row["needs"])))
        if "seeds" in row:
            row["seeds"] = sorted({*row["seeds"]})
        if "twin" in row:
            row["twin"] = rng.choice([name for name in names if name != names[place]] or [names[place]])
    course["case"][-1].pop("counts", None)
    if len(names) == 1:
        course["case"][0].pop("twin", None)
    for key in ("opens", "closes"):
        if key in course:
            course[key] = f"20{rng.randint(20, 40)}-0{rng.randint(1, 9)}-{rng.randint(10, 28)}"
    days = sorted(course[key] for key in ("opens", "closes") if key in course)
    if len(days) == 2:
        course["opens"], course["closes"] = days
    return course
