"""Mutant kinds: for each kind of file that the program reads one that is sound, how it is changed, and who judges it.

A judge gives "same" (read as before), "other" (read as something else, which is that file's right), or "score" (a score
that the commands do not give is believed); whoever refuses raises.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable, Mapping
from dataclasses import astuple, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pygame

from phantoms.from_ct.markups import read_points
from simulator.errors import UserInputError
from simulator.gui.input.key_remapping import read_key_bindings
from simulator.interface import commands as c
from simulator.records.assessment import read_assessment
from simulator.records.attempts import Attempt
from simulator.records.attempts_index import read_index, write_index
from simulator.records.codec import read_script
from simulator.records.drill_rounds import FILE as DRILL_FILE
from simulator.records.drill_rounds import keep_round, read_rounds
from simulator.records.learners import read_names
from simulator.scenario.build import build_case
from simulator.scenario.course_file import load_course
from simulator.scenario.load import load_scenario
from simulator.scenario.patient_file import check_patient_file
from simulator.scenario.shipped import shipped_scenario_path
from simulator.scenario.slicer_path import read_path
from simulator.scenario.toml_source import read_text
from simulator.strategies.journal import Journal, read_journal
from simulator.strategies.study_file import load_study
from tests.hostile import volume_mutants
from tests.hostile.mutant_kind import Kind
from tests.hostile.record_mutants import Judge, accidents, forgeries
from tests.hostile.text_mutants import text_mutant
from tests.procedures import placed
from tests.recorded import begun, finished

PROJECT = Path(__file__).resolve().parents[2]


def _read_by(path: Path, name: str, content: bytes, read: Callable[[Path], object]) -> Kind:
    """A kind whose files are small texts, read by one reader."""
    path.write_bytes(content)
    before = read(path)

    def judge(mutant: bytes) -> str:
        path.write_bytes(mutant)
        return "same" if read(path) == before else "other"

    return Kind(name=name, content=content, mutate=lambda rng: text_mutant(content, rng), judge=judge)


def _record(folder: Path) -> Kind:
    path = shipped_scenario_path("patient-2")
    file = load_scenario(path)
    case = build_case(file.scenario_for(3), name="patient-2", seed=3, location=str(path), folder=path.parent)
    session = begun(case, folder / "whole.jsonl")
    for command in (*placed(), c.Advance(distance_mm=30.0), c.PressPedal()):
        session.do(command)
    session.show(1, (1,))
    finished(case, session, [c.Wait(duration_s=2.0), c.Finish()])
    content = (folder / "whole.jsonl").read_bytes()
    judged = Judge(folder / "session.jsonl", content, case)

    def judge(mutant: bytes) -> str:
        verdict = judged.of(mutant)
        if verdict in ("refused", "differs"):
            raise UserInputError("session.jsonl", verdict)
        return {"cut short": "other", "the same": "same", "accepted": "score"}[verdict]

    def mutate(rng: np.random.Generator) -> bytes:
        return (accidents if rng.integers(2) else forgeries)(content, rng)

    return Kind(name="record", content=content, mutate=mutate, judge=judge)


def _journal(folder: Path) -> Kind:
    from tests.unit.test_strategies_study import ROW

    path = folder / "journal.jsonl"
    with Journal(path) as journal:
        for number, key in enumerate("abcdef"):
            journal.append({**ROW, "key": key, "seed": number, "score": 10.0 + number})
    content = path.read_bytes()
    before = read_journal(path)

    def mutate(rng: np.random.Generator) -> bytes:
        if rng.integers(2):
            return text_mutant(content, rng)
        lines = content.splitlines(keepends=True)
        at = int(rng.integers(len(lines)))
        body = json.dumps(json.loads(lines[at])["body"], separators=(",", ":")).encode()
        start = b'{"seq":%d,"kind":"row","body":%s' % (at, text_mutant(body, rng).rstrip(b"\n"))
        lines[at] = start + b',"crc":"%08x"}\n' % zlib.crc32(start)
        return b"".join(lines)

    def judge(mutant: bytes) -> str:
        path.write_bytes(mutant)
        said: list[str] = []
        rows = read_journal(path, say=said.append)
        others = [key for key, row in rows.items() if row != before.get(key)]
        if others and not any("claim" in sentence for sentence in said):
            return "score"
        if others:
            return "other"
        if said:
            raise UserInputError("journal.jsonl", said[0])
        return "same" if len(rows) == len(before) else "other"

    return Kind(name="journal", content=content, mutate=mutate, judge=judge)


def _index(folder: Path) -> Kind:
    path = folder / "attempts.sqlite"
    attempts = [
        Attempt(record=f"s{number}/session.jsonl", sha256="0" * 64, state="closed", score=80.0 + number, seed=number)
        for number in range(4)
    ]
    columns = [*Attempt.__slots__, "bytes", "changed_ns"]
    write_index(path, columns, [(*astuple(one), 1000, 2000) for one in attempts])
    content = path.read_bytes()
    before = read_index(path, columns)
    values = (99.5, "high", None, b"\xff", 7, 1e300, "\x1b[2J", 2**62, "../../etc/passwd")

    def mutate(rng: np.random.Generator) -> bytes:
        damaged = bytearray(content)
        kind = int(rng.integers(3))
        if kind == 0:
            damaged[int(rng.integers(len(damaged)))] ^= 1 << int(rng.integers(8))
        elif kind == 1:
            at = int(rng.integers(len(damaged)))
            damaged[at : at + int(rng.integers(1, 200))] = rng.bytes(int(rng.integers(0, 200)))
        else:
            column, value = columns[int(rng.integers(len(columns)))], values[int(rng.integers(len(values)))]
            return _edited(content, column, value, rng)
        return bytes(damaged)

    def judge(mutant: bytes) -> str:
        path.write_bytes(mutant)
        rows = read_index(path, columns)
        if rows is None:
            raise UserInputError("attempts.sqlite", "it is not as it was left")
        return "same" if rows == before else "score"

    return Kind(name="index", content=content, mutate=mutate, judge=judge)


def _edited(content: bytes, column: str, value: Any, rng: np.random.Generator) -> bytes:
    """An index in which a value is another, sealed with a secret that is not this account's."""
    index = sqlite3.connect(":memory:")
    index.deserialize(content)
    index.execute(f"UPDATE attempts SET {column} = ? WHERE rowid = ?", (value, int(rng.integers(1, 5))))
    index.execute("UPDATE seals SET seal = ?", (hashlib.sha256(rng.bytes(8)).hexdigest(),))
    index.commit()
    return index.serialize()


def _names(folder: Path) -> Kind:
    names = {"format": 1, "names": {f"learner{number}": f"Person {number} Ünï" for number in range(6)}}
    content = json.dumps(names, indent=1, ensure_ascii=False).encode()
    return _read_by(folder / "names.json", "names", content, read_names)


def _assessment(folder: Path) -> Kind:
    form = {
        "format": 1,
        "assessor": "a-1",
        "checklist": {"Time-out": 2, "Sterile field": 1, "Level confirmed": None},
        "global_rating": {"Flow": 4, "Respect for tissue": 5, "Knowledge": None},
        "remarks": "Calm, looked often.",
    }
    return _read_by(folder / "form.json", "assessment", json.dumps(form, indent=1).encode(), read_assessment)


def _patient_file(folder: Path) -> Kind:
    source = PROJECT / "phantoms" / "catalogue" / "real" / "lumbopelvic-3mm" / "patient.toml"

    def read(path: Path) -> object:
        check_patient_file(path.parent)
        return path.read_bytes()

    return _read_by(folder / "patient.toml", "patient.toml", source.read_bytes(), read)


def _case(folder: Path) -> Kind:
    content = shipped_scenario_path("varied").read_bytes()

    def read(path: Path) -> object:
        return load_scenario(path).scenario_for(1)

    return _read_by(folder / "case.toml", "case", content, read)


def _study(folder: Path) -> Kind:
    content = b"""\
format = 1
title = "Mutants"
scenarios = ["patient-2"]
operators = ["quick-check"]
seeds = { first = 1, last = 3 }

[grid]
"scanner.preset_tube_current_ma" = [10, 30]

[[grid.points]]
"hands.kind" = "exact"
"""

    def read(path: Path) -> object:
        study = load_study(path)
        return replace(study, scenarios={}), [trial.key for trial in study.trials()]

    return _read_by(folder / "study.toml", "study", content, read)


def _course(folder: Path) -> Kind:
    content = b"""\
format = 1
title = "Mutants"
about = "Two cases"
opens = "2026-01-15"
closes = "2026-12-31"

[rule]
score = 60.0
gates = true

[[case]]
scenario = "slim"
attempts = 3
seeds = [1, 2, 30]

[[case]]
scenario = "patient-2"
needs = ["slim"]
repeat = "until competent"
twin = "slim"
"""
    return _read_by(folder / "course.toml", "course", content, lambda path: load_course(path).course)


def _settings(folder: Path) -> Kind:
    pygame.display.init()  # names of keys are the window system's
    content = b'[keys]\nf13 = "space"\nf14 = "return"\n"keypad 0" = "left"\n"page up" = "a"\nx = "tab"\n'
    return _read_by(folder / "keys.toml", "settings", content, read_key_bindings)


def _drill(folder: Path) -> Kind:
    for seed in range(4):
        keep_round(
            folder, started=f"2026-01-0{seed + 1}T10:00:00+00:00", seed=seed, errors_mm=(0.5, 1.25), answers=2, wrong=0
        )
    path = folder / DRILL_FILE
    return _read_by(path, "drill", path.read_bytes(), lambda path: read_rounds(path.parent))


def _path(folder: Path) -> Kind:
    points = [
        {"label": label, "position": position, "positionStatus": "defined"}
        for label, position in (("entry", [22.0, 80.5, -3.0]), ("target", [2.5, 16.5, -3.0]))
    ]
    line = {"markups": [{"type": "Line", "coordinateSystem": "LPS", "controlPoints": points}]}
    return _read_by(folder / "line.mrk.json", "drawn path", json.dumps(line, indent=1).encode(), read_path)


def _markups(folder: Path) -> Kind:
    points = [
        {"label": f"L{number}", "position": [1.5 * number, -20.0, 30.0 * number], "positionStatus": "defined"}
        for number in range(1, 6)
    ]
    slicer = json.dumps({"markups": [{"coordinateSystem": "LPS", "controlPoints": points}]}, indent=1).encode()
    fcsv = b"# Markups fiducial file version = 4.11\n# CoordinateSystem = LPS\n"
    fcsv += b"# columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID\n"
    fcsv += b"".join(b"p%d,%.1f,-20,30,0,0,0,1,1,1,0,L%d,,\n" % (n, 1.5 * n, n) for n in range(1, 6))
    toml = b"".join(b"L%d = [%.1f, -20.0, 30.0]\n" % (n, 1.5 * n) for n in range(1, 6))
    kinds = [
        _read_by(folder / name, "markups", content, read_points)
        for name, content in (("a.mrk.json", slicer), ("b.fcsv", fcsv), ("c.toml", toml))
    ]
    which = [0]

    def mutate(rng: np.random.Generator) -> bytes:
        which[0] = int(rng.integers(3))
        return kinds[which[0]].mutate(rng)

    return Kind(name="markups", content=b"", mutate=mutate, judge=lambda mutant: kinds[which[0]].judge(mutant))


def _script(folder: Path) -> Kind:
    lines = [
        {"command": "PlaceNeedle", "entry_from_midline_mm": 12.0, "side": "right", "level": "L3/4"},
        {"command": "Advance", "distance_mm": 30.0},
        {"command": "PressPedal"},
        {"command": "Wait", "duration_s": 2.5},
        {"command": "Finish"},
    ]
    content = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    return _read_by(folder / "script.jsonl", "script", content, lambda path: read_script(path, read_text(path)))


VOLUMES: Mapping[str, Callable[[Path], Kind]] = {
    "NIfTI": volume_mutants.nifti,
    "NRRD": partial(volume_mutants.by_itk, name="NRRD", suffix=".nrrd"),
    "MetaImage": partial(volume_mutants.by_itk, name="MetaImage", suffix=".mha"),
    "DICOM slice": partial(volume_mutants.dicom, name="DICOM slice", preamble=True),
    "DICOM slice without preamble": partial(volume_mutants.dicom, name="DICOM slice without preamble", preamble=False),
}
"""What holds a CT; a slice that goes without a word counts as a wrong score."""

KINDS: Mapping[str, Callable[[Path], Kind]] = {
    "record": _record,
    "journal": _journal,
    "index": _index,
    "names": _names,
    "assessment": _assessment,
    "patient.toml": _patient_file,
    "case": _case,
    "study": _study,
    "course": _course,
    "markups": _markups,
    "drawn path": _path,
    "settings": _settings,
    "script": _script,
    "drill": _drill,
    **VOLUMES,
}
"""By name. The settings are the window's keys; what the program remembers by itself is the cache and the names."""
