"""Real and simulated slices, blinded: what simple texture tells apart, and the folder that a rater gets."""

import csv
import os

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from tests.blinded.__main__ import all_slices
from tests.blinded.folder import KEY, SHEET, rated_area, write
from tests.blinded.slices import SIZE_MM, Slice, noise_hu
from tests.blinded.texture import area_under_curve, held_out_scores, single_areas
from tests.real_data import real_data, real_root


def made_up(real, person, seed, grain_mm):
    """Muscle with a bone in it, and noise of a grain."""
    random = np.random.default_rng(seed)
    noise = gaussian_filter(random.standard_normal((SIZE_MM, SIZE_MM)), grain_mm)
    y, x = np.mgrid[:SIZE_MM, :SIZE_MM] - SIZE_MM / 2
    hu = np.where(np.hypot(x, y) < 20 + seed % 3, 400.0, 50.0) + 10 * noise / noise.std()
    return Slice(hu, real, person, "lumbar")


def group(grain_of_real_mm, grain_of_others_mm):
    real = [made_up(True, f"r{k // 4}", k, grain_of_real_mm) for k in range(12)]
    return [*real, *(made_up(False, f"s{k // 4}", 100 + k, grain_of_others_mm) for k in range(12))]


def test_a_grain_that_differs_is_found_and_one_that_does_not_is_not():
    truth = np.array([True] * 12 + [False] * 12)
    assert area_under_curve(held_out_scores(group(0.8, 1.6)), truth) > 0.95
    assert 0.2 < area_under_curve(held_out_scores(group(1.0, 1.0)), truth) < 0.8


def test_area_under_the_curve():
    real = np.array([True, True, False, False])
    assert area_under_curve(np.array([4.0, 3.0, 2.0, 1.0]), real) == 1.0
    assert area_under_curve(np.array([1.0, 1.0, 1.0, 1.0]), real) == 0.5
    assert area_under_curve(np.array([1.0, 4.0, 2.0, 3.0]), real) == 0.5


def test_noise_is_read_in_flat_places():
    """The flattest tenth lies below the mean; twice the noise reads twice as much."""
    quiet, loud = (made_up(True, "a", 1, 0.6).hu * scale for scale in (1.0, 2.0))
    assert noise_hu(quiet) == pytest.approx(10, rel=0.25)
    assert noise_hu(loud - 50) == pytest.approx(2 * noise_hu(quiet), rel=0.05)


def test_the_folder_tells_nothing_and_the_key_lies_apart(tmp_path):
    slices = group(0.8, 1.6)
    apart = write(tmp_path / "study", slices, seed=4)
    again = write(tmp_path / "again", slices, seed=4)
    names = sorted(path.name for path in (tmp_path / "study").iterdir())
    assert names == ["how-to-rate.txt", SHEET, *(f"slice-{k:02d}.png" for k in range(1, 25))]
    for name in names:
        assert (tmp_path / "study" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    assert (apart / KEY).read_bytes() == (again / KEY).read_bytes()
    assert Image.open(tmp_path / "study" / "slice-01.png").info == {}
    with (apart / KEY).open(encoding="utf-8") as lines:
        truth = [row["truth"] for row in csv.DictReader(lines)]
    assert sorted(truth) == ["real"] * 12 + ["simulated"] * 12
    assert truth != sorted(truth)
    with pytest.raises(FileExistsError, match="study is there already: name a new folder"):
        write(tmp_path / "study", slices, seed=4)


def test_ratings_are_worth_their_area(tmp_path):
    apart = write(tmp_path / "study", group(1.0, 1.0), seed=2)
    with pytest.raises(ValueError, match=r"line 2: rating '' is none of 1 to 5"):
        rated_area(tmp_path / "study")
    with (apart / KEY).open(encoding="utf-8") as lines:
        truth = {row["slice"]: row["truth"] for row in csv.DictReader(lines)}
    rows = ["slice,rating,what told you", *(f"{name},{5 if what == 'real' else 2}," for name, what in truth.items())]
    (tmp_path / "study" / SHEET).write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert rated_area(tmp_path / "study") == 1.0


def test_what_simple_texture_tells_today(figure):
    """Told, and held to nothing: a simulation that cannot be told apart would come to 0.5."""
    for part in ("lumbar_tcga_ov", "thoracolumbar_lidc_labelled", "dicom_thoracolumbar_labelled"):
        real_data(part)
    slices = all_slices(real_root(os.environ), seed=1)
    real = np.array([each.real for each in slices])
    assert (real.sum(), (~real).sum()) == (20, 20)
    figure("AUC of ten features of texture, people left out in turn; 20 real slices of 3 people, 20 of 10 drawn ones",
           area_under_curve(held_out_scores(slices), real), asked="0.5 is chance, 1 never errs; told",
           kind="independent")  # fmt: skip
    best = sorted(single_areas(slices).items(), key=lambda item: -item[1])[:4]
    figure("features that tell most alone", ", ".join(f"{name} {area:.2f}" for name, area in best), asked="told",
           kind="independent")  # fmt: skip
    levels = [np.median([noise_hu(each.hu) for each in slices if each.real is which]) for which in (True, False)]
    figure("noise in flat places, real and simulated", ", ".join(f"{level:.1f}" for level in levels), unit="HU",
           asked="alike within 10 %", kind="fitted")  # fmt: skip
    assert levels[1] == pytest.approx(levels[0], rel=0.1)
