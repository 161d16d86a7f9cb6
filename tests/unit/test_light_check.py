"""A check of cases loads and compiles no more than it needs, keeps what it measured, and says when it has to wait."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from simulator import warm_up
from simulator.cli import main
from simulator.scenario import difficulty, kept_numbers
from simulator.scenario.kept_numbers import keep_numbers, load_numbers
from simulator.vocabulary.progress import Progress
from tests.unit.test_warm_up_parts import compilers

HEAVY = ("numba", "scipy", "matplotlib", "gymnasium", "rich", "simulator.engine.session", "simulator.ct.scanner")
DIGEST = "0f" * 32


@pytest.fixture
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(kept_numbers.platformdirs, "user_cache_dir", lambda *_, **__: str(tmp_path / "cache"))
    return tmp_path / "cache" / "difficulty"


def test_an_ordinary_case_is_checked_without_what_builds_and_images_patients() -> None:
    program = f"import sys; from simulator.cli import main; code = main(['check', 'patient-2', 'first-lumbar']); \
        print(code, [one for one in {HEAVY!r} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0 []"


def test_numbers_come_back_as_they_were_kept(own_cache: Path) -> None:
    assert load_numbers(DIGEST) is None
    keep_numbers(DIGEST, [7.0, 61.25, 3.1])
    assert load_numbers(DIGEST) == [7.0, 61.25, 3.1]
    keep_numbers(DIGEST, [])
    assert load_numbers(DIGEST) == []
    assert load_numbers("1f" * 32) is None


@pytest.mark.parametrize("harm", [{"numbers": [9.0]}, {"numbers": ["7"]}, {"mark": None}, {"numbers": {}}])
def test_numbers_that_are_not_as_they_were_left_are_measured_again(own_cache: Path, harm: dict[str, object]) -> None:
    keep_numbers(DIGEST, [7.0])
    path = next(own_cache.iterdir())
    path.write_text(json.dumps({**json.loads(path.read_text()), **harm}))
    assert load_numbers(DIGEST) is None
    path.write_text("[")
    assert load_numbers(DIGEST) is None


def test_no_more_numbers_are_kept_than_there_is_room_for(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_numbers, "MOST_KEPT", 3)
    for number in range(5):
        keep_numbers(f"{number:064d}"[::-1], [float(number)])
    assert len(list(own_cache.iterdir())) == 3


def test_a_check_that_has_to_compile_says_so_and_measures_once(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def compiling(progress: Progress) -> None:
        for share in (0.0, 1.0):
            progress("compiling (first start)", share)

    monkeypatch.setattr(warm_up, "compile_anatomy", compiling)
    assert main(["check", "obese"]) == 0
    said = capsys.readouterr().err
    assert said.count("One moment: compiling (first start)") == 1
    monkeypatch.setattr(difficulty, "_measurer", lambda *_: pytest.fail("this was measured before"))
    assert main(["check", "obese"]) == 0
    assert "One moment" not in capsys.readouterr().err


def test_only_the_anatomy_is_compiled_for_a_check(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = compilers(monkeypatch, tmp_path)
    made.let(warm_up.ANATOMY)
    warm_up.compile_anatomy(warm_up.unheard)
    assert made.done(warm_up.ANATOMY)
    assert len(made.begun) == 1
    (tmp_path / warm_up.ANATOMY).unlink()
    (tmp_path / warm_up.PARTS[-1]).touch()
    warm_up.compile_anatomy(lambda what, share: pytest.fail("there is nothing to wait for"))
    assert len(made.begun) == 1
