"""What many tests share: one patient, built once, and cases made from it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numba
import pytest

from simulator.engine.case_context import CaseContext
from simulator.engine.settings import HANDS
from simulator.scenario.build import Case, build_case
from simulator.scenario.load import load_scenario
from tests.threads import MOST

PROJECT = Path(__file__).resolve().parents[1]
PATIENT_2 = PROJECT / "scenarios" / "patient-2.toml"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--figures FILE`: keep what the physics tests measure as JSON lines."""
    parser.addoption("--figures", type=Path, default=None, help="append what the physics tests measure to this file")


def pytest_configure(config: pytest.Config) -> None:
    """Tests that run side by side take a core each, not all of them."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    numba.set_num_threads(max(1, MOST // workers))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say aloud how many tests had no real CT to run on."""
    skipped = [one for one in terminalreporter.stats.get("skipped", []) if "CTFSIM_REAL_CT" in str(one.longrepr)]
    if skipped:
        terminalreporter.write_line(
            f"{len(skipped)} tests on real CTs were SKIPPED: no folder of them beside the project or in CTFSIM_REAL_CT"
        )


@pytest.fixture(scope="session")
def patient_2() -> Case:
    """The default patient with exact hands and seed 1."""
    file = load_scenario(PATIENT_2)
    return build_case(
        file.scenario_for(1), name=file.name, seed=1, location=str(PATIENT_2), folder=PATIENT_2.parent, hands="exact"
    )


@pytest.fixture(scope="session")
def own_case(patient_2: Case) -> Case:
    """Patient 2 with exact hands under a name of its own: records are held to the case that ships, which has others."""
    hands = patient_2.scenario.hands.model_copy(update={"kind": "exact"})
    return replace(patient_2, name="rehearsal", scenario=patient_2.scenario.model_copy(update={"hands": hands}))


@pytest.fixture(scope="session")
def make_case(patient_2: Case) -> Callable[..., Case]:
    """Cases of the default patient with another seed or other hands; the phantom is shared."""

    def make(seed: int = 1, hands: str = "exact") -> Case:
        settings = replace(patient_2.world.settings, hands=HANDS[hands])
        world = CaseContext(phantom=patient_2.world.phantom, settings=settings, root_seed=seed)
        return replace(patient_2, world=world)

    return make
