"""Levels counted in pixels: discs by what lies before the sac, names by the bone beside the spine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.operators.leak_localisation import localise_leak
from simulator.operators.perception.images import Image
from simulator.operators.perception.level_counting import count_interspaces
from simulator.operators.request import requested_interspace
from simulator.scenario.build import build_from_file
from simulator.scenario.load import load_scenario
from simulator.scenario.shipped import shipped_scenario_path
from simulator.vocabulary.levels import Interspace

PIXEL_MM, SLICE_MM, LUMBAR_MM, NECK_MM = 0.5, 3.0, 33.0, 16.0
SIDE = 320  # pixels
SAC = 140, 160
RIB_COLUMNS, ALA_COLUMNS = 12, 40


def spine(beside: Sequence[int], level_mm: float = LUMBAR_MM) -> tuple[list[Image], np.ndarray]:
    """Axial slices of a spine from the head down, for each disc so many columns of bone on either side of it."""
    chance = np.random.default_rng(3)
    length_mm = level_mm * len(beside)
    table_mm = 800.0 - np.arange(0.0, length_mm, SLICE_MM)
    images = []
    for z in table_mm:
        number = int((800.0 - z) // level_mm)
        off_mm = (800.0 - z) - (number + 0.5) * level_mm
        image = np.full((SIDE, SIDE), 40.0, np.float32)
        image[SAC[0] + 20 : SAC[0] + 80, 110:210] = 80.0 if abs(off_mm) <= 0.15 * level_mm else 220.0
        image[SAC[0] - 12 : SAC[0] + 12, SAC[1] - 14 : SAC[1] + 14] = 700.0
        if abs(off_mm) <= 7.0 and beside[number]:
            for sign in (-1, 1):
                first = SAC[1] + sign * 80
                columns = slice(*sorted((first, first + sign * beside[number])))
                image[SAC[0] - 10 : SAC[0] + 30, columns] = 300.0
        images.append(image + chance.normal(0.0, 15.0, image.shape).astype(np.float32))
    return images, table_mm


def counted(beside: Sequence[int], level_mm: float = LUMBAR_MM) -> list[Interspace]:
    images, table_mm = spine(beside, level_mm)
    sac = np.full(len(images), float(SAC[0])), np.full(len(images), float(SAC[1]))
    return list(count_interspaces(images, table_mm, PIXEL_MM, sac))


@pytest.mark.parametrize(
    ("beside", "first", "last"),
    [
        ([RIB_COLUMNS, 0, 0, 0, 0, ALA_COLUMNS], "T12/L1", "L5/S1"),
        ([RIB_COLUMNS, 0, 0, 0, 0, 0, ALA_COLUMNS], "T12/L1", "L6/S1"),
        ([RIB_COLUMNS, RIB_COLUMNS, 0, 0, 0, 0, ALA_COLUMNS], "T11/12", "L5/S1"),
        ([0, 0, 0, ALA_COLUMNS], "L2/3", "L5/S1"),
        ([RIB_COLUMNS, RIB_COLUMNS, 0, 0, 0], "T11/12", "L3/4"),
    ],
    ids=["five", "six", "ribs of two", "from the sacrum", "from the last rib"],
)
def test_discs_are_named_from_the_last_rib_or_else_the_sacrum(beside: list[int], first: str, last: str) -> None:
    names = counted(beside)
    assert (len(names), str(names[0]), str(names[-1])) == (len(beside), first, last)


def test_a_neck_is_counted_from_its_first_rib() -> None:
    names = counted([0, 0, 0, 0, RIB_COLUMNS, RIB_COLUMNS], NECK_MM)
    assert list(map(str, names)) == ["C4/5", "C5/6", "C6/7", "C7/T1", "T1/2", "T2/3"]
    assert counted([0, 0, 0, 0], NECK_MM) == []
    assert counted([RIB_COLUMNS] * 4, NECK_MM) == []


@pytest.mark.parametrize(
    "beside",
    [
        [0, 0, 0, 0],
        [RIB_COLUMNS] * 5,
        [0, 0, ALA_COLUMNS, ALA_COLUMNS],
        [RIB_COLUMNS, 0, 0, 0, ALA_COLUMNS],
        [RIB_COLUMNS, 0, 0, 0, 0, 0, 0, ALA_COLUMNS],
    ],
    ids=["nothing to count from", "ribs all the way", "a disc in the sacrum", "four lumbar", "seven lumbar"],
)
def test_what_does_not_add_up_is_not_named(beside: list[int]) -> None:
    assert counted(beside) == []


def test_a_disc_that_was_passed_over_ends_the_count() -> None:
    images, table_mm = spine([RIB_COLUMNS, 0, 0, 0, 0, ALA_COLUMNS])
    for image, z in zip(images, table_mm, strict=True):
        if 2 * LUMBAR_MM <= 800.0 - z < 3 * LUMBAR_MM:
            image[SAC[0] + 20 : SAC[0] + 80, 110:210] = 220.0
    sac = np.full(len(images), float(SAC[0])), np.full(len(images), float(SAC[1]))
    assert count_interspaces(images, table_mm, PIXEL_MM, sac) == {}


@pytest.mark.parametrize("name", ["patient-2", "sixth-lumbar"])
def test_the_myelogram_alone_tells_the_level(name: str) -> None:
    file = load_scenario(shipped_scenario_path(name))
    case = build_from_file(file, seed=1)
    session = Session(case.world)
    session.do(c.PositionPatient(prone=True, pillow=True, breath_hold=True))
    session.do(c.AcquireMyelogram())
    requested = requested_interspace(session.view().case.request)
    steps = localise_leak(session.view(), requested)
    done: list[c.Command] = []
    command = next(steps)
    while True:
        done.append(command)
        session.do(command)
        try:
            command = steps.send(session.view())
        except StopIteration as ended:
            _, found = ended.value
            break
    assert found.level is case.world.phantom.leak.level
    moves = [one.level for one in done if isinstance(one, c.MoveTable)]
    assert moves in ([found.level], [requested, found.level]), "the overview is asked for no level in between"
