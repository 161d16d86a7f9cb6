"""Draws docs/pictures/architecture.png from the imports: rooms by floor, arrows where one room uses another.

An arrow that only shortens a way along others is left out, so that the ways of the data can be seen.

    python -m tests.architecture_picture docs/pictures/architecture.png

Floors are the layers of the import contract "Data flows one way" in pyproject.toml.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from pathlib import Path

import grimp
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

PROJECT = Path(__file__).resolve().parents[1]
GROUND = {"simulator.vocabulary", "simulator.spatial"}  # everybody stands on these: their arrows would hide the others
COLOURS = {
    "simulator.interface": "#dff0d8", "simulator.engine": "#fbe3d6", "phantoms": "#fbe3d6", "simulator.ct": "#fbe3d6",
    "simulator.needle": "#fbe3d6", "simulator.patch": "#fbe3d6", "simulator.patient": "#fbe3d6",
    "simulator.vocabulary": "#dff0d8", "simulator.spatial": "#dff0d8",
}  # fmt: skip
BOX_WIDE, BOX_TALL = 2.05, 0.62


def floors() -> list[list[str]]:
    """Rooms of each floor, from the top down, as the contract names them."""
    with (PROJECT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (layers,) = (one["layers"] for one in contracts if one["name"] == "Data flows one way")
    return [[room.strip() for room in layer.replace(":", "|").split("|")] for layer in layers]


def arrows(rooms: list[str]) -> Counter[tuple[str, str]]:
    """How many imports lead from each room to each other."""
    graph = grimp.build_graph("simulator", "phantoms")
    found: Counter[tuple[str, str]] = Counter()
    for module in graph.modules:
        start = room_containing(module, rooms)
        for target in graph.find_modules_directly_imported_by(module):
            end = room_containing(target, rooms)
            if start and end and start != end and end not in GROUND:
                found[start, end] += 1
    return found


def shortest_ways_left_out(found: Counter[tuple[str, str]]) -> list[tuple[str, str]]:
    """The arrows that no longer way along others replaces."""
    after: dict[str, set[str]] = {}
    for start, end in found:
        after.setdefault(start, set()).add(end)

    def reached(room: str) -> set[str]:
        return set().union(*({one} | reached(one) for one in after.get(room, ())))

    return sorted((start, end) for start, end in found if not any(end in reached(one) for one in after[start] - {end}))


def room_containing(module: str, rooms: list[str]) -> str | None:
    """The room in which a module lies; None for those that lie in none."""
    return next((room for room in rooms if module == room or module.startswith(room + ".")), None)


def lines_of_code(room: str) -> int:
    """Lines of all sources of a room."""
    folder = PROJECT / room.replace(".", "/")
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in folder.rglob("*.py"))


def draw(path: Path) -> None:
    """Draw the picture into a file."""
    storeys = floors()
    places: dict[str, tuple[float, float]] = {}
    for floor, rooms in enumerate(storeys):
        for number, room in enumerate(rooms):
            places[room] = (3.0 * (number - (len(rooms) - 1) / 2), -1.25 * floor)
    found = arrows(list(places))
    figure, axes = plt.subplots(figsize=(11.0, 10.5))
    for start, end in shortest_ways_left_out(found):
        (x0, y0), (x1, y1) = places[start], places[end]
        bend = 0.0 if abs(y0 - y1) < 1.5 else 0.32 * (-1 if x0 + x1 > 0 else 1)  # outwards, past the rooms between
        axes.add_patch(
            FancyArrowPatch(
                (x0, y0 - BOX_TALL / 2), (x1, y1 + BOX_TALL / 2), connectionstyle=f"arc3,rad={bend}",
                arrowstyle="-|>", mutation_scale=12, linewidth=0.8 + min(found[start, end], 60) / 25, color="#5b6b7a",
                shrinkA=1, shrinkB=1,
            )
        )  # fmt: skip
    for room, (x, y) in places.items():
        corner = (x - BOX_WIDE / 2, y - BOX_TALL / 2)
        face = COLOURS.get(room, "#e3ebf5")
        box = FancyBboxPatch(corner, BOX_WIDE, BOX_TALL, boxstyle="round,pad=0.02", facecolor=face, edgecolor="#33414e")
        axes.add_patch(box)
        name = room.removeprefix("simulator.") + "/"
        axes.text(x, y + 0.08, name, ha="center", va="center", fontsize=12, weight="bold")
        axes.text(x, y - 0.18, f"{lines_of_code(room):,} lines", ha="center", va="center", fontsize=8.5)
    low = -1.25 * (len(storeys) - 1) - 0.9
    axes.text(
        0.0, low, "Orange holds the truth, green is what an operator may know. Everybody stands on the ground floor.",
        ha="center", fontsize=10,
    )  # fmt: skip
    axes.set_xlim(-6.2, 6.2)
    axes.set_ylim(low - 0.3, 0.6)
    axes.set_aspect("equal")
    axes.axis("off")
    figure.savefig(path, dpi=110, bbox_inches="tight", metadata={"Software": None})


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
