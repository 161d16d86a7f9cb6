"""Template: what `new` writes, a small case that works, with remarks on what can be changed."""

from __future__ import annotations

import json
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from phantoms.catalogue import patient_names, patient_parameters
from simulator.errors import UserInputError
from simulator.files.whole_file import replace_whole
from simulator.program_name import program_name
from simulator.scenario.json_schema import SCHEMA_FILE, schema_text
from simulator.scenario.level_checks import unknown_name
from simulator.scenario.load import load_scenario
from simulator.scenario.pack_form import name_fault
from simulator.scenario.slicer_path import DrawnPath
from simulator.vocabulary.anatomy import Laterality, LeakPattern

TEMPLATE = """\
#:schema {schema}
# Every key and its range: your editor shows them (see the line above), and docs/authors/keys.md lists them.
# After each change:   {program} check {name}.toml
# To see the patient:  {program} preview {name}.toml
format = 1
title = {title}
extends = "patient-2"               # all that does not stand here is as in that case
region = "{region}"                   # decides the conversion to dose

[patient]
phantom = {patient}               # lumbar: patient-1, patient-2, patient-3, patient-7; necks: patient-4, patient-5,
                                    # patient-6; thorax: upper-thorax, middle-thorax, lower-thorax
bmi_kg_per_m2 = {bmi}                # one number ...
# age_years = {{ uniform = [30, 60] }}  # ... or a range from which each seed draws

[leak]
level = {level}
side = {side}                      # "left", "right" or "both"
pattern = {pattern}         # "circumferential": a ring; "root-sleeve": along a root; "slow"; "ventral-tear";
                                    # "csf-venous-fistula": no patch closes it

[myelogram]
levels = {shown}               # first and last level shown; the leak must lie between them

[limits]
blood_ml = 15.0                     # the most that is injected without a word of the patient

# [scanner]
# preset_tube_current_ma = 20.0     # what fluoroscopy is set to at the start

# [rubric]
# time_min = {{ expert = 20, poor = 40 }}  # as it is where nothing stands
{needle}{path}
[text]
request = \"\"\"
Orthostatic headache. The myelogram shows contrast outside the dura at {{level}}.
Targeted epidural blood patch at {{level}}, please.\"\"\"

[lesson]
goals = [{goal}]
difficulty = "usual"
minutes = 20.0

# [[lesson.point]]
# words = "what is to be learnt"
# source = "where that is known from"
"""
_NEEDLE = """
[needle]
tray = ["20G Quincke 88 mm", "20G Quincke 120 mm"]  # a way from the side is long
"""
_PATH = """
[path]                              # drawn in 3D Slicer; the patient's frame (LPS), mm
entry_mm = {entry}
target_mm = {target}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """What `new` is told about a case.

    Attributes:
        name: of the file, without its ending
        patient: in the catalogue
        level: of the leak; None: the patient's own
        side, pattern: of the leak; None: the patient's own
        goal: of the lesson, in a sentence
        path: the teacher's; None where there is none
    """

    name: str
    patient: str = "patient-2"
    level: str | None = None
    side: str | None = None
    pattern: str | None = None
    goal: str = "Reach the dorsal epidural space without touching the dura."
    path: DrawnPath | None = None


def write_template(case: NewCase | str, folder: Path) -> Path:
    """Write a new scenario and, where there is none beside it, the schema that it names; an old file is never touched.

    Args:
        case: what is known of it; a name alone gives the usual case

    Raises:
        UserInputError: the name cannot be one, there is no such patient, level, side or pattern, the file is there
            already, or it cannot be written.
    """
    case = NewCase(name=case) if isinstance(case, str) else case
    stem = case.name.removesuffix(".toml")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,60}", stem):
        raise UserInputError(f"new {case.name}", "this is no name for a file", "use letters, digits, - and _")
    why = name_fault(f"{stem}.toml")
    if why or "." in stem:
        raise UserInputError(f"new {case.name}", why or "my-case.de.toml is a translation", "name it without dots")
    text = template_text(case, stem)
    _must_be_sound(text, case, stem)
    path = folder / f"{stem}.toml"
    schema = folder / SCHEMA_FILE
    try:
        if os.path.lexists(path):
            raise UserInputError(str(path), "there is such a file already", "choose another name, or remove it")
        replace_whole(path, lambda beside: beside.write_text(text, encoding="utf-8"))
        if not os.path.lexists(schema):
            replace_whole(schema, lambda beside: beside.write_text(schema_text(), encoding="utf-8"))
    except OSError as error:
        raise UserInputError(str(path), f"it cannot be written ({error.strerror})", "go to another folder") from error
    return path


def _must_be_sound(text: str, case: NewCase, stem: str) -> None:
    """UserInputError where what was asked for makes no case that `check` finds sound."""
    with tempfile.TemporaryDirectory() as aside:
        beside = Path(aside) / f"{stem}.toml"
        beside.write_text(text, encoding="utf-8")
        try:
            load_scenario(beside)
        except UserInputError as fault:
            first = fault.faults[0]
            key = first.location.removeprefix(f"{beside}:").partition(": ")[2]
            raise UserInputError(f"new {case.name}: {key or 'the text'}", first.what, first.fix) from fault


def template_text(case: NewCase, stem: str) -> str:
    """The text of a new case.

    Raises:
        UserInputError: there is no such patient, level, side or pattern.
    """
    _must_be("--patient", "patient", case.patient, patient_names())
    parameters = patient_parameters(case.patient)
    own = parameters.leak
    level = case.level or str(own.level)
    side = case.side or str(own.side)
    pattern = case.pattern or str(own.pattern)
    _must_be("--level", "level", level, tuple(map(str, parameters.interspaces)))
    _must_be("--side", "side", side, tuple(map(str, Laterality)))
    _must_be("--pattern", "pattern", pattern, tuple(str(one) for one in LeakPattern if one is not LeakPattern.NONE))
    one_sided = {LeakPattern.SLOW: "a slow leak", LeakPattern.CSF_VENOUS_FISTULA: "a CSF-venous fistula"}
    if LeakPattern(pattern) in one_sided and side == Laterality.BOTH:
        raise UserInputError("--side both", f"{one_sided[LeakPattern(pattern)]} has one side", "choose left or right")
    vertebrae = [str(one) for one in parameters.vertebrae]
    place = [str(one) for one in parameters.interspaces].index(level)
    upper = vertebrae.index(str(parameters.interspaces[place].upper_vertebra))
    shown = [vertebrae[max(upper - 1, 0)], vertebrae[min(upper + 2, len(vertebrae) - 1)]]
    behind = (LeakPattern.CIRCUMFERENTIAL, LeakPattern.CSF_VENOUS_FISTULA)
    through_foramen = pattern not in behind and parameters.interspaces[place].region != "cervical"
    return TEMPLATE.format(
        schema=SCHEMA_FILE,
        program=program_name(),
        name=stem,
        title=json.dumps(stem),
        region=parameters.interspaces[place].region,
        patient=json.dumps(case.patient),
        bmi=round(parameters.bmi_kg_per_m2, 1),
        level=json.dumps(level),
        side=json.dumps(side),
        pattern=json.dumps(pattern),
        shown=json.dumps(shown),
        goal=json.dumps(case.goal, ensure_ascii=False).replace("\x7f", "\\u007f"),
        needle=_NEEDLE if through_foramen else "",
        path=""
        if case.path is None
        else _PATH.format(entry=list(case.path.entry_mm), target=list(case.path.target_mm)),
    )


def _must_be(option: str, kind: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        fault = unknown_name((option,), kind, given, known)
        raise UserInputError(f"{option} {given}", fault.what, fault.fix)
