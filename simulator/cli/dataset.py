"""Dataset: `dataset build` and `dataset expand`."""

from __future__ import annotations

import argparse
from pathlib import Path

from simulator.cli.arguments import Commands, named_path
from simulator.cli.output import say

SIDES = (64, 128, 256, 512)


def add_to(commands: Commands) -> None:
    """The command `dataset`."""
    dataset = commands.add_parser("dataset", help="procedures as seeds and commands, and expanded for learners")
    parts = dataset.add_subparsers(title="what to do", metavar="build|expand", required=True)
    build = parts.add_parser("build", help="expert, consultant and novice treat people of the training split")
    build.add_argument("episodes", type=_count, metavar="N", help="episodes; what is there already is kept")
    build.add_argument("--out", type=named_path, default=Path("dataset"), help="folder (default: dataset)")
    build.add_argument("--case", default="varied", help="case whose seeds are the people (default: varied)")
    build.set_defaults(action=_build)
    expand = parts.add_parser("expand", help="carry the episodes out again, as a dataset of Minari")
    expand.add_argument("folder", type=named_path, help="folder that `dataset build` wrote")
    expand.add_argument("--id", default="ctfluoro/epidural-v0", help="its name for Minari (default: %(default)s)")
    expand.add_argument("--image", type=int, choices=SIDES, help="side of the images in pixels (default: none)")
    expand.set_defaults(action=_expand)


def _count(text: str) -> int:
    if not (text.isdigit() and 1 <= int(text) <= 1_000_000):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of episodes from 1 to 1000000")
    return int(text)


def _build(arguments: argparse.Namespace) -> None:
    from simulator.progress import Bars
    from simulator.scenario.load import load_scenario
    from simulator.strategies.dataset import build_dataset

    file = load_scenario(Path(arguments.case))
    with Bars() as bars:
        found = build_dataset(
            arguments.episodes, file, arguments.out, lambda done, of: bars.report("episodes", done / of)
        )
    say(f"{len(found)} episodes are in {arguments.out}; its README.md is their card.")


def _expand(arguments: argparse.Namespace) -> None:
    from simulator.progress import Bars
    from simulator.strategies.learning.expand import expand_dataset

    with Bars() as bars:
        count = expand_dataset(
            arguments.folder, arguments.id, lambda done, of: bars.report("episodes", done / of), image=arguments.image
        )
    say(f"{count} episodes came out as they were built; minari.load_dataset({arguments.id!r}).")
