"""A person treats patient 2 in the window, from the briefing to the debrief, by keys and mouse."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pygame
import pytest

from simulator.engine.session import Session
from simulator.records.replay import verify
from simulator.records.runs import score_session
from simulator.records.scorecard_codec import scorecard_to_json
from simulator.records.session_reader import read_session
from simulator.scenario.build import Case
from tests.gui.player import Player
from tests.settings import changed_settings


@pytest.fixture(scope="module")
def played(own_case: Case, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Player, Path]]:
    """The whole procedure; what it left."""
    out = tmp_path_factory.mktemp("played")
    player = Player(own_case, out)
    player.prepare()
    player.guide()
    player.inject(ml=1.0)
    player.finish()
    yield player, out
    player.leave()


def test_the_blood_is_epidural_and_the_debrief_says_so(played: tuple[Player, Path]) -> None:
    player, out = played
    card = json.loads((out / "scorecard.json").read_text())
    assert card["placement"]["compartment"] == "epidural"
    assert card["complications"] == []
    assert card["operator"] == "trainee"
    facts = player.app.context.session.debrief
    assert facts.score == pytest.approx(card["score"])
    assert "Epidural" in facts.verdict.headline
    assert facts.overlay.lines["dura"]


def test_every_artefact_lies_in_the_folder(played: tuple[Player, Path]) -> None:
    _, out = played
    assert "<html" in (out / "report.html").read_text(encoding="utf-8")
    assert len(list((out / "frames").glob("*.png"))) >= 2
    assert read_session(out).header.learner == "r-17"


def test_the_report_opens_from_the_debrief(played: tuple[Player, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    player, out = played
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda uri: opened.append(uri) or True)
    player.key(pygame.K_o)
    assert opened == [(out / "report.html").resolve().as_uri()]


def test_the_truth_is_switched_on_and_off(played: tuple[Player, Path]) -> None:
    player, _ = played
    pictures = []
    for _ in range(2):
        player.app.draw()
        pictures.append(pygame.surfarray.array3d(player.app.surface).copy())
        player.key(pygame.K_y)
    coloured = [(abs(p[:, 200:, 0].astype(int) - p[:, 200:, 1]) > 40).sum() for p in pictures]
    assert abs(coloured[0] - coloured[1]) > 300  # the outlines of dura and flavum come and go


def test_the_session_replays_headless_to_the_same_score(played: tuple[Player, Path], own_case: Case) -> None:
    _, out = played
    record = read_session(out)
    session = Session(own_case.world)
    for command in record.commands:
        session.do(command)
    written = json.loads((out / "scorecard.json").read_text())
    assert written.pop("debrief"), "what the debrief says stands beside the score"
    assert scorecard_to_json(score_session(own_case, session, "trainee")) == written
    # what was on the screen can be made again, to the bit: a few images stand for all
    few = [image for image in record.images if image.slices is None or image.number == 0][-3:]
    record = replace(record, images=tuple(few))
    assert verify(record, own_case, session).grade == "exact"


def test_nothing_but_commands_was_sent(played: tuple[Player, Path]) -> None:
    _, out = played
    names = [type(command).__name__ for command in read_session(out).commands]
    wanted = """
        PositionPatient TimeOut AcquireMyelogram MarkLeak PlaceSkinGrid AcquirePlanningScan PlanPath PrepareSkin
        InjectLocalAnaesthetic PlaceNeedle Advance RotateBevel PressPedal ReleasePedal RemoveStylet TestResistance
        DrawBlood MixContrast InjectBlood StopInjection Withdraw AcquireControlScan OrderAftercare Finish
    """
    assert set(wanted.split()) <= set(names)


def test_a_tap_is_one_rotation_and_a_hold_is_many(make_case: Callable[..., Case], tmp_path: Path) -> None:
    player = _placed(make_case(seed=5), tmp_path)
    player.down(pygame.K_SPACE)
    assert player.app.controls.footswitch.lit
    player.up(pygame.K_SPACE)
    player.settle()
    assert len(player.app.context.perceived.history.presses) == 1
    player.down(pygame.K_SPACE)
    player.until(lambda: len(player.app.context.perceived.history.presses) >= 4)
    player.up(pygame.K_SPACE)
    player.settle()
    held = len(player.app.context.perceived.history.presses)
    for _ in range(40):
        player.app.step()
    assert len(player.app.context.perceived.history.presses) == held
    assert not player.app.context.perceived.view.console.pedal_down
    player.leave()


def test_losing_the_focus_lets_the_pedal_go(make_case: Callable[..., Case], tmp_path: Path) -> None:
    player = _placed(make_case(seed=6), tmp_path)
    player.down(pygame.K_SPACE)
    player.until(lambda: player.app.context.perceived.view.console.pedal_down)
    pygame.event.post(pygame.event.Event(pygame.WINDOWFOCUSLOST))
    player.app.step()
    player.settle()
    assert not player.app.context.perceived.view.console.pedal_down
    player.leave()


def test_a_refusal_is_told_and_changes_nothing(make_case: Callable[..., Case], tmp_path: Path) -> None:
    player = _placed(make_case(seed=7), tmp_path)
    player.key(pygame.K_f)  # aspirate with the needle on the skin
    assert "advance" in player.app.context.notices.notice.lower()
    for _ in range(40):
        player.key(pygame.K_d)
    assert "60 degrees" in player.app.context.perceived.history.notice
    player.leave()


def test_without_a_myelogram_the_needle_is_placed_by_feel(make_case: Callable[..., Case], tmp_path: Path) -> None:
    case = make_case(seed=8)
    settings = changed_settings(case.world.settings, myelogram_levels=None)
    player = Player(replace(case, world=replace(case.world, settings=settings)), tmp_path)
    player.on("briefing")
    player.key(pygame.K_3)
    assert "no myelogram" in player.app.context.perceived.history.notice
    player.key(pygame.K_F2)
    player.on("reading")
    player.key(pygame.K_n)
    assert "skin grid" in player.app.context.notices.notice
    player.count_to("L3/4")
    player.click("Skin grid")
    player.key(pygame.K_n)
    assert "no complete time-out was held" in player.app.context.notices.question.lower()
    player.key(pygame.K_RETURN)
    player.on("guidance")
    player.key(pygame.K_LEFT)
    needle = player.app.context.perceived.view.needle
    assert needle is not None
    assert needle.entry_from_midline_mm == 2.0  # to the patient's left
    player.leave()


def _placed(case: Case, out: Path) -> Player:
    """A window with a needle on the skin."""
    from simulator.interface import commands as c

    player = Player(case, out)
    player.on("briefing")
    player.app.context.send(c.PlaceNeedle(entry_from_midline_mm=22.0, side="right", level="L3/4", angle_deg=22.0))
    player.on("guidance")
    return player
