"""The folder that a rater gets, the key that he does not, and what his ratings are worth."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from tests.blinded.slices import Slice
from tests.blinded.texture import area_under_curve

WINDOWS = ((400.0, 40.0), (1600.0, 400.0))  # width and level: soft tissue, bone
ENLARGED = 4
SHEET, KEY = "rating-sheet.csv", "key.csv"
HOW = (
    "Each picture shows one slice twice, in a soft-tissue and a bone window, 120 mm wide, back up, left on the left.\n"
    f"Write into {SHEET}: your rating from 1 (surely simulated) to 5 (surely real), and what told you.\n"
    "Look at each once, in this order. The key lies in the folder beside this one; whoever rates does not open it.\n"
)


def picture(each: Slice) -> Image.Image:
    """Both windows side by side; nothing but grey values goes into the file."""
    panes = []
    for width, level in WINDOWS:
        grey = np.clip((each.hu - level + width / 2) / width * 255, 0, 255).astype(np.uint8)
        size = (grey.shape[1] * ENLARGED, grey.shape[0] * ENLARGED)
        panes.append(np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.BICUBIC)))
    return Image.fromarray(np.hstack(panes))


def free(folder: Path) -> Path:
    """The key's folder; FileExistsError if it or the rater's is there already."""
    apart = folder.with_name(folder.name + "-key")
    for each in (folder, apart):
        if each.exists():
            raise FileExistsError(f"{each} is there already: name a new folder")
    return apart


def write(folder: Path, slices: Sequence[Slice], seed: int) -> Path:
    """Pictures and rating sheet into the folder, the key into another beside it, whose path is returned.

    Raises:
        FileExistsError: either folder is there already.
    """
    apart = free(folder)
    folder.mkdir(parents=True)
    apart.mkdir()
    order = np.random.default_rng(seed).permutation(len(slices))
    names = [f"slice-{number + 1:02d}" for number in range(len(slices))]
    for name, index in zip(names, order, strict=True):
        picture(slices[index]).save(folder / f"{name}.png", optimize=True)
    (folder / "how-to-rate.txt").write_text(HOW, encoding="utf-8")
    _save(folder / SHEET, [("slice", "rating", "what told you"), *((name, "", "") for name in names)])
    told = [(slices[k].real, slices[k].person, slices[k].region) for k in order]
    rows = [(name, "real" if real else "simulated", *rest) for name, (real, *rest) in zip(names, told, strict=True)]
    _save(apart / KEY, [("slice", "truth", "person", "region"), *rows])
    return apart


def rated_area(folder: Path) -> float:
    """AUC of a sheet that is filled in; ValueError names the first row that is not."""
    truth = {row["slice"]: row["truth"] for row in _read(folder.with_name(folder.name + "-key") / KEY)}
    rows = _read(folder / SHEET)
    for number, row in enumerate(rows, start=2):
        if row["rating"].strip() not in {"1", "2", "3", "4", "5"}:
            raise ValueError(f"{folder / SHEET}, line {number}: rating {row['rating']!r} is none of 1 to 5")
    ratings = np.array([float(row["rating"]) for row in rows])
    return area_under_curve(ratings, np.array([truth[row["slice"]] == "real" for row in rows]))


def _save(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as lines:
        csv.writer(lines).writerows(rows)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))
