"""The first screen: everything is chosen, nothing of the truth is told, learners do not push each other aside."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pygame
import pytest

from simulator.cli import play as play_command
from simulator.cli.start_library import StartLibrary
from simulator.gui.app import App
from simulator.gui.engine_worker.start_desk import AttemptLine
from tests.conftest import PATIENT_2, PROJECT
from tests.gui.made_up import MadeUpDesk
from tests.gui.text_on_screen import drawn

SCENARIOS = PATIENT_2.parent


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StartLibrary:
    """Without what it does behind the first screen."""
    monkeypatch.setattr(StartLibrary, "_read_behind", lambda self: setattr(self, "_attempts", []))
    monkeypatch.setenv("CTFSIM_LEARNERS", str(tmp_path / "names.json"))
    opened: list[Any] = []
    made = StartLibrary(
        SCENARIOS,
        tmp_path / "sessions",
        seed=3,
        open_case=lambda path, learner, out: opened.append((path, learner, out)) or (lambda progress: None),
        resume=lambda path: opened.append(path),
    )
    made.opened = opened  # type: ignore[attr-defined]
    return made


def test_every_case_that_ships_can_be_chosen_and_tells_no_truth(library: StartLibrary) -> None:
    cards = {card.name: card for card in library.cards()}
    assert set(cards) == {path.stem for path in SCENARIOS.glob("*.toml") if "." not in path.stem}
    for card in cards.values():
        assert card.request, card.name
        assert card.region in ("lumbar", "thoracic", "cervical")
        assert "{" not in card.title + card.request, "neither a gap nor a draw is printed"
        assert not card.level or card.level in card.title + card.request, "what is asked for, not what is"
    assert cards["not-today"].region == "lumbar", "what a case extends counts"


def test_the_list_of_cases_speaks_the_language_that_is_chosen(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'title = "Leak at {level}"\n[leak]\nlevel = "L3/4"\n[text]\nrequest = "Please"\n[lesson]\ngoals = ["Look"]\n'
    )
    german = 'title = "Leck bei {level}"\n[lesson]\ngoals = ["Hinsehen"]\n'
    (tmp_path / "mine.de.toml").write_text(german, encoding="utf-8")
    (tmp_path / "mine.xx.toml").write_text("title = [")
    library = StartLibrary(tmp_path, tmp_path, seed=1, open_case=None, resume=None)  # type: ignore[arg-type]
    (card,) = library.cards()
    assert card.in_language("en") == card
    other = card.in_language("de")
    assert (other.title, other.request, other.goals) == ("Leck bei L3/4", "Please", ("Hinsehen",))
    (tmp_path / "mine.de.toml").write_text('[lesson]\ngoals = ["Hinsehen", "und zählen"]\n', encoding="utf-8")
    (card,) = library.cards()
    assert card.in_language("de").goals == ("Look",), "goals that do not answer the case's are not shown"


def test_a_case_is_read_without_engine_and_compiler() -> None:
    code = (
        "import sys; from pathlib import Path; from simulator.cli import start_library as s;"
        f"print(len([s._card(p, s._CaseTables()) for p in Path({str(SCENARIOS)!r}).glob('*.toml')]));"
        "print([n for n in ('numba', 'scipy', 'pydantic', 'simulator.engine') if n in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    count, heavy = result.stdout.split("\n")[:2]
    assert int(count) > 15
    assert heavy == "[]"


def test_the_first_picture_waits_for_nothing_that_it_does_not_show(tmp_path: Path) -> None:
    code = (
        "import os, runpy, sys\n"
        "import pygame\n"
        "def flip():\n"
        "    heavy = ('numba', 'scipy', 'pydantic', 'matplotlib', 'phantoms', 'simulator.engine')\n"
        "    print([n for n in heavy if n in sys.modules], flush=True)\n"
        "    os._exit(0)\n"
        "pygame.display.flip = flip\n"
        f"sys.argv = ['run_sim.py', 'play', '--out', {str(tmp_path)!r}]\n"
        f"runpy.run_path({str(PROJECT / 'run_sim.py')!r}, run_name='__main__')\n"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == "[]"


def test_behind_the_first_screen_nothing_begins_before_it_is_drawn(library: StartLibrary) -> None:
    assert library.attempts() is None
    library.shown()
    library._thread.join(10.0)
    assert library.attempts() == []
    library.shown()  # at every further picture


def test_a_session_that_was_left_is_among_the_attempts(library: StartLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    library.shown()
    library._thread.join(10.0)
    line = AttemptLine(case="patient-2", learner="", started="2026-01-02T03:04:05", score=61.5, record="a")
    monkeypatch.setattr(StartLibrary, "_read_attempts", lambda self: [line])
    library.look_again()
    library._thread.join(10.0)
    assert library.attempts() == [line]


def test_each_learner_has_a_folder_of_their_own(library: StartLibrary, tmp_path: Path) -> None:
    outs = set()
    for learner in ("r-1", "r-2", None):
        library.opening("patient-2", learner)
        outs.add(library.opened[-1][2])  # type: ignore[attr-defined]
    assert outs == {
        tmp_path / "sessions" / "r-1" / "patient-2-3",
        tmp_path / "sessions" / "r-2" / "patient-2-3",
        tmp_path / "sessions" / "patient-2-3",
    }


def test_the_same_holds_for_a_case_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    outs: list[Path | None] = []
    monkeypatch.setattr(play_command, "_opening_case", lambda file, learner, out, seed, begun: outs.append(out))
    for learner in ("r-1", "r-2", None):
        play_command._opening(
            SimpleNamespace(scenario=PATIENT_2, resume=None, learner=learner, out=None, seed=1, stage=1),  # type: ignore[arg-type]
            [],
        )
    assert outs == [Path("sessions/r-1/patient-2-1"), Path("sessions/r-2/patient-2-1"), None]


def test_learners_are_pseudonyms_that_are_known_and_a_new_one(library: StartLibrary, tmp_path: Path) -> None:
    first = library.learners()
    assert len(first) == 1
    for name in ("r-7/patient-2-1", "r-8/obese-1", "patient-2-1"):
        folder = tmp_path / "sessions" / name
        folder.mkdir(parents=True)
        (folder / "session.jsonl").write_text("")
    assert library.learners() == ["r-7", "r-8", first[0]], "a session of nobody is no learner"


def _tap(app: App, *codes: int) -> None:
    for code in codes:
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=code, mod=0, unicode="", scancode=0))
        app.step()


def test_a_case_and_a_learner_are_chosen_by_keys_alone() -> None:
    desk = MadeUpDesk()
    app = App(None, size=(1280, 720), desk=desk)
    app.step()
    _tap(app, pygame.K_RIGHT)
    texts = [line.text for line in drawn(app)]
    assert "r-17" in texts
    assert "Own attempts at this case: 2, best 62 of 100" in texts
    assert "62 points" in texts
    assert "left open" in texts
    _tap(app, *[pygame.K_DOWN] * 25)
    assert any("Case 25" in line.text for line in drawn(app)), "the list follows the choice"
    _tap(app, pygame.K_RETURN)
    assert desk.opened == ("case-25", "r-17")
    assert app.name == "loading"
    texts = " ".join(line.text for line in drawn(app))
    assert "Case 25" in texts
    assert "Orthostatic headache" in texts, "the request is read while the patient is built"
    _tap(app, pygame.K_ESCAPE)
    assert app.name == "start"
    assert any("Case 25" in line.text for line in drawn(app)), "the choice stays"
    app.worker.stop()
    pygame.display.quit()


def test_the_tutorial_begins_on_its_key() -> None:
    desk = MadeUpDesk()
    app = App(None, size=(1280, 720), desk=desk)
    app.step()
    _tap(app, pygame.K_t)
    assert desk.opened == ("case-0", None), "the chosen one, where the desk has not the patient of the cards"
    assert app.context.teaching.tutorial is not None
    app._close_worker()
    pygame.display.quit()


def test_the_tutorial_has_its_patient_whoever_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = MadeUpDesk()
    cards = [replace(card, name="patient-2") if card.name == "case-7" else card for card in desk.cards()]
    monkeypatch.setattr(desk, "cards", lambda: cards)
    app = App(None, size=(1280, 720), desk=desk)
    app.step()
    _tap(app, pygame.K_t)
    assert desk.opened == ("patient-2", None)
    app._close_worker()
    pygame.display.quit()


def test_without_help_nothing_is_marked() -> None:
    desk = MadeUpDesk()
    app = App(None, size=(1280, 720), desk=desk)
    app.step()
    _tap(app, pygame.K_g, pygame.K_RETURN)
    assert not app.context.teaching.guided
    app._close_worker()
    pygame.display.quit()


def test_a_case_that_cannot_be_opened_leads_back_with_the_reason() -> None:
    from simulator.errors import UserInputError

    def fails(progress: object) -> object:
        raise UserInputError("case.toml", "this key is unknown", "remove it")

    app = App(None, size=(1280, 720), desk=MadeUpDesk())
    app.step()
    app.begin(fails)  # type: ignore[arg-type]
    end = time.monotonic() + 20.0
    while app.name != "start":
        assert time.monotonic() < end
        app.step()
    assert any("this key is unknown" in line.text for line in drawn(app))
    pygame.display.quit()
