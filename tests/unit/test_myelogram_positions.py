"""Myelograms in other positions: where contrast lies, what records hold, what is refused and perceived."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from phantoms.fluid.layered_contrast import LAYERED, layered_part
from phantoms.turned_contrast import turned_contrast
from simulator.engine import events as e
from simulator.engine.advance import canonical, plain
from simulator.engine.session import Session, frame_digest
from simulator.interface import commands as c
from simulator.operators.takeover import TakeOver
from simulator.records.codec import command_from, event_from
from simulator.scenario.build import Case
from simulator.vocabulary.procedure import MyelogramPosition as Position

TURNED = (Position.SUPINE, Position.RIGHT_DECUBITUS, Position.LEFT_DECUBITUS)


def test_a_prone_myelogram_is_the_line_that_it_was() -> None:
    assert canonical(c.AcquireMyelogram()) == '{"command":"AcquireMyelogram"}'
    turned = c.AcquireMyelogram(position=Position.RIGHT_DECUBITUS)
    assert canonical(turned) == '{"command":"AcquireMyelogram","position":"right decubitus"}'
    assert command_from(plain(turned), "here") == turned


def test_contrast_rises_evenly_towards_the_wall_that_is_down() -> None:
    """Against sums over a disc: the mean stays, the dependent wall has all of it, beyond the wall nothing changes."""
    across, behind = (grid.ravel() for grid in np.meshgrid(np.linspace(-1, 1, 201), np.linspace(-1, 1, 201)))
    inside = across**2 + behind**2 < 0.9999
    for position, (left, back) in zip(TURNED, ((0, 1), (-1, 0), (1, 0)), strict=True):
        prone = 1.0 - 0.1 * behind[inside]
        made = prone * layered_part(across[inside], behind[inside], settling=0.1, position=position)
        assert made.mean() == pytest.approx(1.0, abs=1e-6)
        ends = layered_part(
            np.array([left, -left, 3.0 * left]), np.array([back, -back, 3.0 * back]), settling=0.0, position=position
        )
        assert ends == pytest.approx([1.0 + LAYERED, 1.0 - LAYERED, 1.0 + LAYERED])
    assert layered_part(across, behind, settling=0.1, position=Position.PRONE) == pytest.approx(np.ones(len(across)))


@pytest.mark.parametrize(("position", "axis", "sign"), [(TURNED[0], 1, 1), (TURNED[1], 2, -1), (TURNED[2], 2, 1)])
def test_contrast_of_a_patient_goes_to_the_side_that_is_down(
    patient_2: Case, position: Position, axis: int, sign: int
) -> None:
    phantom = patient_2.world.phantom
    z = phantom.landmarks.interspaces[phantom.levels[1]].z_mm
    turned = turned_contrast(phantom, position, (z - 3.0, z + 3.0))
    assert turned is not None
    assert turned.delta[:2].any() == np.False_  # contrast alone
    iodine = turned.delta[2]
    places = np.indices(iodine.shape)[axis]
    gained, lost = places[iodine > 0.5].mean(), places[iodine < -0.5].mean()
    assert sign * (gained - lost) > 5.0  # half millimetres
    grid = phantom.canal.grid
    steps = (np.array(turned.grid.origin_mm) - np.array(grid.origin_mm)) / np.array(grid.spacing_mm)
    assert steps == pytest.approx(np.rint(steps))


def test_no_contrast_no_change(patient_2: Case) -> None:
    low, high = patient_2.world.phantom.z_range_mm
    assert turned_contrast(patient_2.world.phantom, Position.SUPINE, (high + 50.0, high + 60.0)) is None
    assert low < high


def test_what_is_recorded_and_perceived(make_case: Callable[..., Case]) -> None:
    session = Session(make_case().world)
    for position in (None, Position.PRONE, Position.LEFT_DECUBITUS):
        session.do(c.AcquireMyelogram(position=position))
    made = [event for event in session.events if isinstance(event, e.AcquisitionMade)]
    assert [event.position for event in made] == [None, None, Position.LEFT_DECUBITUS]
    assert ["position" in plain(event) for event in made] == [False, False, True]
    assert event_from(plain(made[2]), "here").position is Position.LEFT_DECUBITUS  # type: ignore[attr-defined]
    assert [entry.position for entry in session.view().console.acquired] == [None, None, Position.LEFT_DECUBITUS]
    assert not any(event.counts_toward_dose for event in made)


def test_pictures_differ_by_position_and_are_made_again_alike(make_case: Callable[..., Case]) -> None:
    def digests() -> list[str]:
        session = Session(make_case().world)
        for position in (None, Position.RIGHT_DECUBITUS):
            session.do(c.AcquireMyelogram(position=position))
        return [frame_digest(session.image(number, [20])) for number in (0, 1)]

    first = digests()
    assert first[0] != first[1]
    assert digests() == first


def test_a_position_that_there_is_not_is_refused(make_case: Callable[..., Case]) -> None:
    session = Session(make_case().world)
    (refused,) = session.do(c.AcquireMyelogram(position="on the head"))  # type: ignore[arg-type]
    assert isinstance(refused, e.CommandRefused)
    assert "choose prone or supine or right decubitus or left decubitus" in refused.reason
    assert session.view().console.acquired == ()


def test_who_takes_over_looks_at_the_myelogram_of_the_same_position(make_case: Callable[..., Case]) -> None:
    session = Session(make_case().world)
    session.do(c.AcquireMyelogram(position=Position.RIGHT_DECUBITUS))
    prone = TakeOver(_Asks(c.AcquireMyelogram()), [step.command for step in session.steps])
    assert prone(session.view()) == c.AcquireMyelogram()


class _Asks:
    """Asks for one thing, then ends."""

    name = "asks"

    def __init__(self, command: c.Command) -> None:
        self._command: c.Command | None = command

    def __call__(self, view: object) -> c.Command:
        command, self._command = self._command or c.Finish(), None
        return command
