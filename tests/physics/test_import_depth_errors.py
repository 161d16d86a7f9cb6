"""What is derived of an imported CT beside people whose canal is known.

The errors stand in `data/import_depth_errors.jsonl`, where `tests/physics/import_depth_errors.py` put them. People and
derivation are made of one morphometric table, so that these figures say what an import loses and guesses, and nothing
of how real people differ from the table.
"""

from __future__ import annotations

import numpy as np
import pytest

import phantoms.from_ct.derived_errors as shipped
from simulator.vocabulary.levels import Region
from tests.physics.conftest import Figure
from tests.physics.import_depth_errors import (
    QUANTITIES,
    ImportedCt,
    errors_at,
    errors_in,
    imported,
    read_errors,
    shipped_table,
)
from tests.physics.import_depth_people import PARTS, TABLES, person_and_planes

WORDS = {
    "dura_back_mm": "dura's back",
    "flavum_back_mm": "flavum's back",
    "epidural_depth_mm": "epidural depth",
}
LEAST_PEOPLE = 3
COVERED = 0.8  # of the errors of people who had no part in the range, within two root mean squares
AGAIN_MM = 0.05  # between machines


@pytest.fixture(scope="module")
def cts() -> list[ImportedCt]:
    return read_errors()


def test_every_ct_of_them_could_be_imported(cts: list[ImportedCt], figure: Figure) -> None:
    refused = [ct for ct in cts if ct.refused]
    for name in PARTS:
        people = len({ct.person for ct in cts if ct.part == name})
        figure(f"{name} CTs, made of {people} synthetic people", sum(ct.part == name for ct in cts), asked="kept",
               kind="identity", digits=4)  # fmt: skip
        assert people >= LEAST_PEOPLE
    assert not refused


def test_the_neck_is_measured_from_c2_to_t1(cts: list[ImportedCt]) -> None:
    levels = {level for ct in cts if ct.part == "cervical" for level in ct.levels}
    assert {"C2/3", "C3/4", "C4/5", "C5/6", "C6/7", "C7/T1"} <= levels


@pytest.mark.parametrize("region", Region)
@pytest.mark.parametrize("quantity", QUANTITIES)
def test_errors_by_region(region: Region, quantity: str, cts: list[ImportedCt], figure: Figure) -> None:
    errors = errors_in(cts, region, quantity)
    rms = float(np.sqrt(np.mean(errors**2)))
    what = f"{WORDS[quantity]}, {region}, derived against true"
    figure(f"{what}: mean of {len(errors)}", float(errors.mean()), asked="told", unit="mm", kind="identity")
    figure(f"{what}: worst", float(np.abs(errors).max()), asked="told", unit="mm", kind="identity")
    figure(f"{what}: root mean square", rms, asked="below 3", unit="mm", kind="assumed")
    assert rms < 3.0


def test_the_table_that_ships_is_what_was_measured(cts: list[ImportedCt]) -> None:
    assert shipped._TABLE.read_text(encoding="utf-8") == shipped_table(cts)


def test_the_range_holds_people_who_had_no_part_in_it(cts: list[ImportedCt], figure: Figure) -> None:
    """Each person's errors against twice the root mean square of the others, its region's counting as in the table."""
    within, count = 0, 0
    for person in sorted({ct.person for ct in cts}):
        own, others = ([ct for ct in cts if (ct.person == person) is same] for same in (True, False))
        for ct in own:
            for level, error in ct.levels.items():
                for quantity in QUANTITIES:
                    known = errors_at(others, level, quantity)
                    if not len(known):
                        continue
                    region = errors_in(others, shipped.Interspace(level).region, quantity)
                    limit = 2.0 * np.sqrt(0.5 * (np.mean(known**2) + np.mean(region**2)))
                    within += abs(getattr(error, quantity)) <= limit
                    count += 1
    figure(
        f"of {count} errors of people left out, share within twice the others' root mean square",
        within / count,
        asked=f"at least {COVERED:g}",
        kind="assumed",
    )
    assert within / count >= COVERED


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cervical", "lumbar"])
def test_a_ct_made_again_errs_alike(name: str, cts: list[ImportedCt]) -> None:
    part, table = PARTS[name], TABLES[0]
    kept = next(ct for ct in cts if ct.part == name and ct.table == table.name)
    again = imported(part, name, kept.person, *person_and_planes(part, kept.person), table)
    assert again.levels.keys() == kept.levels.keys()
    for level, error in kept.levels.items():
        for quantity in QUANTITIES:
            assert getattr(again.levels[level], quantity) == pytest.approx(getattr(error, quantity), abs=AGAIN_MM)
