"""The drill: presses of a seed, errors in millimetres against the true tip, and rounds that are kept for a learner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pygame
import pytest

from simulator.errors import UserInputError
from simulator.gui.engine_worker.tip_drill import DrillAnswer, DrillRound
from simulator.gui.ground_truth.tip_drill import TipDrill, draw_needle
from simulator.gui.screens import drill
from simulator.gui.screens.drill import DrillScreen
from simulator.records.drill_rounds import FILE, keep_round, read_rounds
from tests.gui import made_up
from tests.gui.scripted import Hand
from tests.gui.text_on_screen import drawn
from tests.unit.report_patient import Tubes, tube_phantom, tube_world


@pytest.fixture(scope="module")
def source() -> TipDrill:
    return TipDrill(tube_world(tube_phantom()), seed=5)


def test_the_tip_is_where_the_steel_ends_and_an_answer_on_it_has_no_error(source: TipDrill) -> None:
    seen = 0
    for number in range(6):
        press = source.press(number)
        verdict = source.judge(number, DrillAnswer(slice_index=None))
        if verdict.slice_index is None:
            assert verdict.right
            continue
        assert not verdict.right
        seen += 1
        hu = press.slices[verdict.slice_index]
        row, column = round(verdict.row), round(verdict.column)
        near = hu[row - 5 : row + 6, column - 5 : column + 6]
        assert near.max() > 400, "steel is bright at its tip"
        here = DrillAnswer(slice_index=verdict.slice_index, row=verdict.row, column=verdict.column)
        assert source.judge(number, here).error_mm == pytest.approx(0.0)
        beside = DrillAnswer(slice_index=verdict.slice_index, row=verdict.row + 3, column=verdict.column - 4)
        told = source.judge(number, beside)
        assert told.right
        assert told.error_mm == pytest.approx(5 * press.pixel_mm)
    assert seen >= 2


def test_a_slice_further_away_adds_its_distance(source: TipDrill) -> None:
    number = next(n for n in range(20) if _slice_of(source, n) == 1)
    verdict = source.judge(number, DrillAnswer(slice_index=None))
    other = source.judge(number, DrillAnswer(slice_index=0, row=verdict.row, column=verdict.column))
    assert other.error_mm is not None
    assert 0.0 < other.error_mm <= 4.0


def _slice_of(source: TipDrill, number: int) -> int | None:
    source.press(number)
    return source.judge(number, DrillAnswer(slice_index=None)).slice_index


def test_one_seed_gives_one_round() -> None:
    world = tube_world(tube_phantom())
    first, second, other = TipDrill(world, 5), TipDrill(world, 5), TipDrill(world, 6)
    assert np.array_equal(first.press(0).slices, second.press(0).slices)
    assert not np.array_equal(first.press(1).slices, other.press(1).slices)


def test_needles_go_through_no_bone_and_some_tips_lie_outside_the_slices() -> None:
    generator = np.random.default_rng(1)
    for _ in range(30):
        tip, outwards = draw_needle(tube_phantom(), generator)
        points = tip + np.arange(0.0, 60.0, 0.5)[:, None] * outwards
        assert (Tubes().bone_mm(points[points[:, 1] < 45.0]) > 0.0).all()
        assert abs(np.linalg.norm(outwards) - 1.0) < 1e-9


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand(None, desk=made_up.MadeUpDesk())
    hand.app.drill("r-17")
    hand.until(lambda: screen(hand)._press is not None)
    hand.app.draw()
    yield hand
    screen(hand).stop()
    hand.leave()


def screen(hand: Hand) -> DrillScreen:
    found = hand.app.screens["drill"]  # type: ignore[index]
    assert isinstance(found, DrillScreen)
    return found


def texts(hand: Hand) -> str:
    return " ".join(line.text for line in drawn(hand.app))


def test_a_click_is_answered_by_its_error(hand: Hand) -> None:
    at = screen(hand)._pictures[1].on_screen(180.0, 260.0)
    hand.drag((round(at[0]), round(at[1])), (round(at[0]), round(at[1])))
    verdict = screen(hand)._verdict
    assert verdict is not None
    assert verdict.error_mm is not None
    assert f"{verdict.error_mm:.1f} mm off" in texts(hand)
    assert 1.0 < verdict.error_mm < 3.0
    hand.tap(pygame.K_RETURN)
    hand.until(lambda: screen(hand)._press is not None)
    assert screen(hand)._verdict is None


def test_keys_alone_answer_too(hand: Hand) -> None:
    hand.tap(pygame.K_2)
    for _ in range(4):
        hand.tap(pygame.K_RIGHT)
    hand.tap(pygame.K_RETURN)
    assert len(screen(hand)._errors) == 1
    hand.tap(pygame.K_RETURN)
    hand.until(lambda: screen(hand)._press is not None)
    hand.tap(pygame.K_n)
    assert screen(hand)._wrong == 1
    assert "It lies in slice 2" in texts(hand)


def test_a_round_ends_by_its_time_and_is_kept_for_its_learner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drill, "ROUND_S", 0.5)
    desk = made_up.MadeUpDesk()
    hand = Hand(None, desk=desk)
    hand.app.drill("r-17")
    hand.until(lambda: screen(hand)._press is not None)
    hand.tap(pygame.K_n)
    hand.tap(pygame.K_RETURN)
    hand.until(lambda: screen(hand)._over)
    learner, done = desk.kept
    assert learner == "r-17"
    assert (done.answers, done.seed) == (1, 4)
    assert "4 rounds" in texts(hand) or "3 rounds" in texts(hand)
    hand.tap(pygame.K_ESCAPE)
    assert hand.app.name == "start"
    hand.leave()


def test_rounds_are_kept_and_read_again(tmp_path: Path) -> None:
    assert read_rounds(tmp_path / "ann") == []
    for seed in (1, 2):
        keep_round(tmp_path / "ann", started="2026-01-02", seed=seed, errors_mm=(1.234, 2.0), answers=3, wrong=1)
    assert [(one["seed"], one["errors_mm"]) for one in read_rounds(tmp_path / "ann")] == [
        (1, [1.23, 2.0]),
        (2, [1.23, 2.0]),
    ]
    (tmp_path / "ann" / FILE).write_text('{"format": 1, "seed": true}\n')
    with pytest.raises(UserInputError, match=r"tip-drill\.jsonl:1: this is no round of the drill"):
        read_rounds(tmp_path / "ann")
    with pytest.raises(UserInputError):
        keep_round(tmp_path / "ann", started="x", seed=3, errors_mm=(), answers=1, wrong=0)


def test_the_median_is_that_of_the_errors() -> None:
    made = [DrillRound(started="", seed=1, errors_mm=e, answers=1, wrong=0) for e in ((), (3.0, 1.0, 2.0), (4.0, 1.0))]
    assert [one.median_error_mm for one in made] == [None, 2.0, 2.5]
