"""The wall about the window: any import of ground truth, planted into any of its files, breaks the contract."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

import grimp
import pytest
from importlinter.configuration import configure
from importlinter.contracts.forbidden import ForbiddenContract

configure()

PROJECT = Path(__file__).resolve().parents[2]
WINDOW, OPEN_TO_TRUTH = "simulator.gui", "simulator.gui.ground_truth"
TRUTHFUL = (
    "phantoms", "simulator.ct", "simulator.engine", "simulator.needle", "simulator.patch", "simulator.patient",
    "simulator.records", "simulator.report", "simulator.scenario", "simulator.scoring", OPEN_TO_TRUTH,
)  # fmt: skip


def _contract() -> ForbiddenContract:
    """The contract of pyproject.toml as import-linter reads it."""
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    options = next(entry for entry in settings["contracts"] if entry["name"].startswith("The window draws Views"))
    return ForbiddenContract(
        name=options["name"],
        session_options={"root_packages": settings["root_packages"], "include_external_packages": True},
        contract_options={key: value for key, value in options.items() if key not in ("name", "type")},
    )


def _within(graph: grimp.ImportGraph, *packages: str) -> list[str]:
    """All modules of packages, their `__init__` among them."""
    return sorted({name for package in packages for name in (package, *graph.find_descendants(package))})


def _broken_by(graph: grimp.ImportGraph, imports: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """First and last module of every chain that the contract finds once these imports are planted."""
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported, line_number=1, line_contents=f"import {imported}")
    found = _contract().check(graph, verbose=False).metadata["invalid_chains"]
    return {(chain[0]["importer"], chain[-1]["imported"]) for pair in found for chain in pair["chains"]}


@pytest.fixture
def graph() -> grimp.ImportGraph:
    """Who imports whom today, in the working tree."""
    return grimp.build_graph("simulator", "phantoms", include_external_packages=True, cache_dir=None)


def test_no_planted_import_of_ground_truth_slips_through(graph: grimp.ImportGraph) -> None:
    open_to_truth = {WINDOW, *_within(graph, OPEN_TO_TRUTH)}
    window = [name for name in _within(graph, WINDOW) if name not in open_to_truth]
    planted = {(importer, imported) for importer in window for imported in _within(graph, *TRUTHFUL)}
    assert len(window) > 40
    assert planted - _broken_by(graph, planted) == set()


@pytest.mark.parametrize("allowed", ["simulator.interface.view", "simulator.vocabulary.anatomy", "simulator.errors"])
def test_a_way_round_is_found_too(graph: grimp.ImportGraph, allowed: str) -> None:
    assert _broken_by(graph, [(allowed, "simulator.engine.session")]) != set()


def test_the_package_of_the_window_itself_imports_nothing(graph: grimp.ImportGraph) -> None:
    assert graph.find_modules_directly_imported_by(WINDOW) == set()


def test_the_wall_stands_today(graph: grimp.ImportGraph) -> None:
    assert _broken_by(graph, []) == set()
