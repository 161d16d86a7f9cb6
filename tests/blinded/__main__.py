"""A blinded test of the pictures: real and simulated slices for somebody to rate, and what a classifier makes of them.

python -m tests.blinded FOLDER             writes 40 pictures and a rating sheet; the key goes to FOLDER-key
python -m tests.blinded FOLDER --rated     tells the AUC of the sheet that has been filled in
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import numpy as np

from tests.blinded.folder import free, rated_area, write
from tests.blinded.slices import LEVELS, Slice, noise_hu, real_slices, simulated_slices
from tests.blinded.texture import area_under_curve, held_out_scores, single_areas
from tests.real_data import real_root


def all_slices(root: Path, seed: int) -> list[Slice]:
    """The real ones, and as many simulated ones with their noise."""
    random = np.random.default_rng(seed)
    real = real_slices(root, random)
    by_region = [[noise_hu(each.hu) for each in real if each.region == region] for region in LEVELS]
    noise = [aim for pair in zip(*by_region, strict=True) for aim in pair]
    return [*real, *simulated_slices(noise, random)]


def report(slices: list[Slice]) -> str:
    """What texture tells."""
    real = np.array([each.real for each in slices])
    lines = [f"AUC of simple texture, people left out in turn: {area_under_curve(held_out_scores(slices), real):.2f}"]
    for name, area in sorted(single_areas(slices).items(), key=lambda item: -item[1]):
        lines.append(f"  {name} alone: {area:.2f}")
    people = [len({each.person for each in slices if each.real is which}) for which in (True, False)]
    lines.append(f"{real.sum()} real slices of {people[0]} people, {(~real).sum()} simulated ones of {people[1]}.")
    return "\n".join(lines)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.blinded", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rated", action="store_true", help="tell the AUC of the sheet that has been filled in")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    try:
        if wanted.rated:
            print(f"AUC of these ratings: {rated_area(wanted.folder):.2f}")
            return
        free(wanted.folder)  # before the slices are made
        slices = all_slices(real_root(os.environ), wanted.seed)
        apart = write(wanted.folder, slices, wanted.seed)
    except (OSError, ValueError) as fault:
        print(fault, file=sys.stderr)
        sys.exit(2)
    told = report(slices)
    (apart / "texture.txt").write_text(told + "\n", encoding="utf-8")
    print(told)
    print(f"Wrote {wanted.folder}; the key is in {apart}.")


if __name__ == "__main__":
    main()
