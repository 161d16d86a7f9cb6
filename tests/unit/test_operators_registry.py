"""The names of operators: what each makes, what a wrong name is told, and that a name costs no import."""

from __future__ import annotations

import subprocess
import sys

import pytest

from simulator.cli import main
from simulator.errors import UserInputError
from simulator.operators import OPERATORS, describe_operators, operator_named

NAMES = {
    "quick-check": "quick-check",
    "autopilot": "quick-check",
    "consultant": "consultant",
    "novice": "novice",
    "continuous": "continuous",
    "no-planning-scan": "no-planning-scan",
    "loss-of-resistance": "loss-of-resistance",
    "blind-lumbar": "blind-lumbar",
    "never-press": "never-press",
    "ultra-low-dose": "ultra-low-dose",
    "adaptive": "adaptive",
    "laser-guided": "laser-guided",
    "misjudging": "misjudging",
    "clumsy": "clumsy",
    "greedy": "greedy",
    "random": "random",
    "always-stop": "always-stop",
}


def test_names_on_the_command_line_stay() -> None:
    assert set(OPERATORS) == set(NAMES)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_each_name_makes_a_fresh_operator(name: str) -> None:
    first, second = operator_named(name), operator_named(name)
    assert first is not second
    assert first.name == NAMES[name]


def test_each_operator_is_described_in_one_line() -> None:
    told = describe_operators()
    assert "\n" not in told
    for name, registered in OPERATORS.items():
        assert f"{name}: {registered.summary}" in told
        assert registered.summary
        assert not registered.summary.endswith(".")


def test_help_lists_each_on_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("run", "bench"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        lines = capsys.readouterr().out.splitlines()
        for name, registered in OPERATORS.items():
            assert any(line.split() == [name, *registered.summary.split()] for line in lines), name


def test_a_wrong_name_is_told_the_nearest_or_all() -> None:
    with pytest.raises(UserInputError, match="did you mean 'continuous'"):
        operator_named("continous")
    with pytest.raises(UserInputError, match=r"always-stop, or your own as FILE\.py:Class"):
        operator_named("xyz")


def test_importing_the_registry_imports_no_numbers_and_no_operator() -> None:
    script = "import sys, simulator.operators; print(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "simulator.operators.registry" in loaded
    assert not {name for name in loaded if name.split(".")[0] in ("numpy", "scipy", "numba", "phantoms")}
    assert "simulator.operators.quick_check" not in loaded
