"""Template: what `new` writes, a small case that works, with remarks on what can be changed."""

from __future__ import annotations

import os
import re
from pathlib import Path

from simulator.errors import UserInputError
from simulator.files.whole_file import replace_whole
from simulator.program_name import program_name
from simulator.scenario.json_schema import SCHEMA_FILE, schema_text

TEMPLATE = """\
#:schema {schema}
# Every key and its range: your editor shows them (see the line above), and scenarios/README.md lists them.
# After each change:   {program} check {name}.toml
# To see the patient:  {program} preview {name}.toml
format = 1
title = "{name}"
extends = "patient-2"               # all that does not stand here is as in that case

[patient]
phantom = "patient-2"               # or patient-1, patient-3, patient-7; necks: patient-4, patient-5, patient-6
                                    # thorax: upper-thorax, lower-thorax
bmi_kg_per_m2 = 26.0                # one number ...
# age_years = {{ uniform = [30, 60] }}  # ... or a range from which each seed draws

[leak]
level = "L3/4"
side = "right"                      # or "left", "both"

[limits]
blood_ml = 15.0                     # the most that is injected without a word of the patient

# [scanner]
# preset_tube_current_ma = 20.0     # what fluoroscopy is set to at the start

# [rubric]
# time_min = {{ expert = 15, poor = 30 }}

[text]
request = \"\"\"
Orthostatic headache. The myelogram shows contrast outside the dura at {{level}}.
Targeted epidural blood patch at {{level}}, please.\"\"\"
"""


def write_template(name: str, folder: Path) -> Path:
    """Write a new scenario and, where there is none beside it, the schema that it names; an old file is never touched.

    Raises:
        UserInputError: the name cannot be one, the file is there already, or it cannot be written.
    """
    stem = name.removesuffix(".toml")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,60}", stem):
        raise UserInputError(f"new {name}", "this is no name for a file", "use letters, digits, - and _")
    path = folder / f"{stem}.toml"
    schema = folder / SCHEMA_FILE
    try:
        if os.path.lexists(path):
            raise UserInputError(str(path), "there is such a file already", "choose another name, or remove it")
        text = TEMPLATE.format(name=stem, schema=SCHEMA_FILE, program=program_name())
        replace_whole(path, lambda beside: beside.write_text(text, encoding="utf-8"))
        if not os.path.lexists(schema):
            replace_whole(schema, lambda beside: beside.write_text(schema_text(), encoding="utf-8"))
    except OSError as error:
        raise UserInputError(str(path), f"it cannot be written ({error.strerror})", "go to another folder") from error
    return path
