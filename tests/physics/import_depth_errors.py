"""How far derived dura, flavum and epidural depth lie from the truth, in CTs of people whose canal is known.

`python -m tests.physics.import_depth_errors FILE [--people N] [--first N] [--parts PART ...]
[--tables TABLE ...]` makes CTs of so many people (`import_depth_people.py` says how), reads and fits each as
`import-ct` does, and appends a line for each CT to FILE; what stands there is not done again. Without people it only
reads. `--table-to phantoms/from_ct/data/import_errors.csv` writes the table that ships.

An error is taken on the midline, through the window between two laminae where the flavum is; positive lies
further back than the truth, or is deeper.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from phantoms.canal.canal_model import CanalModel
from phantoms.canal_anatomy import CanalAnatomy
from phantoms.fluid.contrast import MyelogramParameters
from phantoms.from_ct import patient as ct_patient
from phantoms.from_ct.body import frame_grid
from phantoms.from_ct.files import read_ct
from phantoms.from_ct.image import CtFault
from phantoms.from_ct.labels import around, vertebra_names
from phantoms.from_ct.numberings import TOTALSEGMENTATOR
from phantoms.from_ct.real_patients import RealPatientParameters
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.levels import Interspace, Region
from tests.physics.import_depth_people import PARTS, TABLES, Part, Scanned, Table, person_and_planes, write_files

KEPT = Path(__file__).parent / "data" / "import_depth_errors.jsonl"
FIRST_PERSON = 201
STEP_MM = 0.5
WINDOW_MM = (-14.0, 8.0)  # about the disc's middle: where the flavum of its interspace is
QUANTITIES = ("dura_back_mm", "flavum_back_mm", "epidural_depth_mm")


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelError:
    """At one interspace: how far the dura's and the flavum's back lie too far back, the space is too deep, and its true
    depth, each the mean over the window between the laminae."""

    dura_back_mm: float
    flavum_back_mm: float
    epidural_depth_mm: float
    true_depth_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCt:
    """One CT of one person: the errors by interspace, or why it could not be imported."""

    part: str
    person: int
    table: str
    refused: str
    levels: dict[str, LevelError]


def imported(part: Part, name: str, person: int, truth: CanalAnatomy, planes: Scanned, table: Table) -> ImportedCt:
    """Make a CT of a person, import it as `import-ct` does, and hold its canal against the person's own."""
    with tempfile.TemporaryDirectory() as folder:
        ct, labels = write_files(planes, table, Path(folder), person)
        try:
            image = around(read_ct(ct, labels, numbering=TOTALSEGMENTATOR), part.about)
            parameters = RealPatientParameters(
                name=name, about=part.about, sac_scale=1.0, seed=1, leak=None,
                myelogram=MyelogramParameters(volume_ml=0.0),
            )  # fmt: skip
            fitted = ct_patient._fit(image, parameters, lambda what, done: None).anatomy
        except CtFault as fault:
            return ImportedCt(part=name, person=person, table=table.name, refused=str(fault), levels={})
    names = vertebra_names(image, part.about)
    pair = names[part.about.upper_vertebra], names[part.about.lower_vertebra]
    moved = np.subtract(frame_grid(image, pair).origin_mm, image.grid.origin_mm)
    shown = [level for level in truth.interspace_s_mm if level in fitted.interspace_s_mm]
    levels = {str(level): level_error(truth, fitted, level, moved) for level in shown}
    return ImportedCt(part=name, person=person, table=table.name, refused="", levels=levels)


def level_error(truth: CanalAnatomy, fitted: CanalAnatomy, level: Interspace, moved_mm: FloatArray) -> LevelError:
    """Errors of an imported canal at one interspace.

    Args:
        truth: of the person
        fitted: of the import
        level: that both have
        moved_mm: from the person's frame to that of the import
    """
    canal, disc = truth.canal, truth.interspace_s_mm[level]
    s = np.arange(disc + WINDOW_MM[0], disc + WINDOW_MM[1], STEP_MM)
    u, window = (np.interp(s, canal.s_mm, q) for q in (canal.sac.u_mm, canal.walls.interlaminar_window))
    s, u = (q[window > 0.5] if (window > 0.5).any() else q[np.abs(s - disc + 5.0) < 2.0] for q in (s, u))
    dura, wall, flavum = faces_mm(canal, s)
    off = []
    for place, v in enumerate((dura, wall, flavum)):
        world = canal.centreline.from_canal_coordinates(u, v, s) + moved_mm
        _, own_v, own_s = fitted.to_canal_coordinates(world).T
        off.append(float(np.mean(faces_mm(fitted.canal, own_s)[place] - own_v)))
    return LevelError(
        dura_back_mm=round(off[0], 3),
        flavum_back_mm=round(off[2], 3),
        epidural_depth_mm=round(off[1] - off[0], 3),
        true_depth_mm=round(float(np.mean(wall - dura)), 3),
    )


def faces_mm(canal: CanalModel, s_mm: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """v of the dura's back, the flavum's front and its back on the midline."""
    dura = np.interp(s_mm, canal.s_mm, canal.sac.v_mm + canal.sac.half_ap_mm)
    wall = np.interp(s_mm, canal.s_mm, canal.walls.dorsal_apex_mm)
    return dura, wall, wall + np.interp(s_mm, canal.s_mm, canal.walls.flavum_thickness_mm)


def read_errors(path: Path = KEPT) -> list[ImportedCt]:
    """The CTs that were imported."""
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        ImportedCt(**{**row, "levels": {name: LevelError(**one) for name, one in row["levels"].items()}})
        for row in rows
    ]


def run_study(
    path: Path,
    people: Sequence[int],
    parts: Sequence[str],
    tables: Sequence[Table] = TABLES,
    planes_in: Path | None = None,
    tell: Callable[[str], None] = print,
) -> None:
    """Import the CTs that have not been imported yet; `planes_in` keeps people's planes for a run that goes on."""
    done = {(one.part, one.person, one.table) for one in read_errors(path)}
    path.parent.mkdir(parents=True, exist_ok=True)
    for person in people:
        for name in parts:
            left = [table for table in tables if (name, person, table.name) not in done]
            if not left:
                continue
            part = PARTS[name]
            kept = None if planes_in is None else planes_in / f"{name}-{person}.npz"
            truth, planes = person_and_planes(part, person, kept)
            for table in left:
                one = imported(part, name, person, truth, planes, table)
                with path.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(asdict(one)) + "\n")
                tell(f"{name} {person} {table.name}: {one.refused or f'{len(one.levels)} levels'}")


def errors_at(cts: Sequence[ImportedCt], level: str, quantity: str, tables: Sequence[str] = ()) -> FloatArray:
    """Errors of one quantity at one interspace, over people and tables (all where none are named) [shape=(n,)]."""
    some = [ct for ct in cts if level in ct.levels and (not tables or ct.table in tables)]
    return np.array([getattr(ct.levels[level], quantity) for ct in some])


def errors_in(cts: Sequence[ImportedCt], region: Region, quantity: str, tables: Sequence[str] = ()) -> FloatArray:
    """The same over all interspaces of a region."""
    levels = sorted({name for ct in cts for name in ct.levels if Interspace(name).region is region})
    return np.concatenate([errors_at(cts, level, quantity, tables) for level in levels])


def shipped_table(cts: Sequence[ImportedCt]) -> str:
    """Root mean squares by interspace and by region for each thickness of slices, as the table that ships.

    A CT counts for the thickness of its slices, leant or noisy as it may be; each person counts alike.
    """
    lines = ["place,slice_mm,people,dura_rms_mm,flavum_rms_mm,depth_rms_mm"]
    levels = sorted({Interspace(name) for ct in cts for name in ct.levels})
    places = [(str(region), [q for q in levels if q.region is region]) for region in Region]
    places += [(str(level), [level]) for level in levels]
    for place, of in places:
        for thick in sorted({table.slice_mm for table in TABLES}):
            names = [table.name for table in TABLES if table.slice_mm == thick]
            people: dict[int, list[LevelError]] = {}
            for ct in cts:
                if ct.table in names:
                    found = [ct.levels[str(level)] for level in of if str(level) in ct.levels]
                    people.setdefault(ct.person, []).extend(found)
            each = [errors for errors in people.values() if errors]
            if each:
                squares = [
                    np.mean([np.mean([getattr(one, quantity) ** 2 for one in errors]) for errors in each])
                    for quantity in QUANTITIES
                ]
                rms = ",".join(f"{float(np.sqrt(q)):.2f}" for q in squares)
                lines.append(f"{place},{thick},{len(each)},{rms}")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="how far what is derived from a CT lies from the truth")
    parser.add_argument("file", type=Path, nargs="?", default=KEPT)
    parser.add_argument("--people", type=int, default=0)
    parser.add_argument("--first", type=int, default=FIRST_PERSON)
    parser.add_argument("--parts", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--tables", nargs="+", choices=[table.name for table in TABLES])
    parser.add_argument("--planes", type=Path, help="folder that keeps people's planes between runs")
    parser.add_argument("--table-to", type=Path, help="write the table that ships")
    asked = parser.parse_args()
    tables = [table for table in TABLES if asked.tables is None or table.name in asked.tables]
    run_study(asked.file, range(asked.first, asked.first + asked.people), asked.parts, tables, asked.planes)
    if asked.table_to is not None:
        asked.table_to.write_text(shipped_table(read_errors(asked.file)), encoding="utf-8")
    cts = read_errors(asked.file)
    levels = sorted({Interspace(name) for ct in cts for name in ct.levels})
    for level in levels:
        row = [str(level), str(len({ct.person for ct in cts if level in ct.levels}))]
        for quantity in QUANTITIES:
            e = errors_at(cts, level, quantity)
            row.append(f"{quantity} {e.mean():+.2f} sd {e.std():.2f} worst {np.abs(e).max():.2f}")
        print(" | ".join(row))


if __name__ == "__main__":
    main()
