"""The walls about operators and the interface: a planted import of any module that knows the truth breaks them.

The wall about the window has a test of its own, `test_window_contract.py`.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib

import grimp
import pytest
from importlinter.configuration import configure
from importlinter.contracts.forbidden import ForbiddenContract

from tests.conftest import PROJECT

configure()

OPERATORS, INTERFACE = "simulator.operators", "simulator.interface"
BEGINNINGS = {OPERATORS: "Truth is out of an operator's reach", INTERFACE: "What is perceived and what is commanded"}
"""With which words the contract of each room begins."""

HIDDEN = (
    "phantoms", "simulator.ct", "simulator.engine", "simulator.needle", "simulator.patch", "simulator.patient",
    "simulator.records", "simulator.report", "simulator.scenario", "simulator.scoring",
)  # fmt: skip
"""Whatever stands in these knows the patient, or what is right."""


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Who imports whom today, in the working tree."""
    return grimp.build_graph("simulator", "phantoms", include_external_packages=True, cache_dir=None)


def contract_of_room(room: str) -> ForbiddenContract:
    """The contract of pyproject.toml as import-linter reads it."""
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    options = next(entry for entry in settings["contracts"] if entry["name"].startswith(BEGINNINGS[room]))
    return ForbiddenContract(
        name=options["name"],
        session_options={"root_packages": settings["root_packages"], "include_external_packages": True},
        contract_options={key: value for key, value in options.items() if key not in ("name", "type")},
    )


def modules_within(graph: grimp.ImportGraph, *packages: str) -> list[str]:
    """All modules of packages, their `__init__` among them."""
    return sorted({name for package in packages for name in (package, *graph.find_descendants(package))})


@pytest.mark.parametrize("room", [OPERATORS, INTERFACE])
def test_no_planted_import_of_what_knows_the_truth_slips_through(graph: grimp.ImportGraph, room: str) -> None:
    contract, here = contract_of_room(room), modules_within(graph, room)
    assert contract.check(graph, verbose=False).kept
    hidden = modules_within(graph, *HIDDEN)
    assert len(here) > 8
    assert len(hidden) > 150
    planted = {(importer, imported) for importer in here for imported in hidden}
    for importer, imported in planted:
        graph.add_import(importer=importer, imported=imported, line_number=1, line_contents=f"import {imported}")
    try:
        found = contract.check(graph, verbose=False).metadata["invalid_chains"]
    finally:
        for importer, imported in planted:
            graph.remove_import(importer=importer, imported=imported)
    seen = {(chain[0]["importer"], chain[-1]["imported"]) for pair in found for chain in pair["chains"]}
    assert planted - seen == set()


@pytest.mark.parametrize("room", [OPERATORS, INTERFACE])
def test_an_import_by_way_of_another_module_is_seen(graph: grimp.ImportGraph, room: str) -> None:
    way, truth = "simulator.vocabulary.levels", "phantoms.phantom"
    graph.add_import(importer=way, imported=truth, line_number=1, line_contents=f"import {truth}")
    try:
        assert not contract_of_room(room).check(graph, verbose=False).kept
    finally:
        graph.remove_import(importer=way, imported=truth)


def test_the_interface_loads_nothing_that_knows_the_truth() -> None:
    program = (
        "import sys, pkgutil, importlib, simulator.interface as room\n"
        "for item in pkgutil.walk_packages(room.__path__, 'simulator.interface.'): importlib.import_module(item.name)\n"
        "print('\\n'.join(sys.modules))"
    )
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=PROJECT)
    loaded = set(made.stdout.split())
    assert "simulator.interface.view" in loaded
    kept_out = ("numba", "scipy", "pydantic", *HIDDEN)
    assert [name for name in loaded if any(name == room or name.startswith(f"{room}.") for room in kept_out)] == []
