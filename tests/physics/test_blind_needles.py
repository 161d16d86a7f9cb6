"""Blind needles: how often the plunger alone leads into the sac or past the space, with a collection and without."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.needle_study import wilson
from tests.physics.blind_study import PLACES, Ending, keys, run
from tests.physics.conftest import Figure

PEOPLE = 200
FALSE_LOSS_PUBLISHED = {"lumbar": "25.7 to air (AJNR 2005;26:502)", "cervical": "53 (Spine 2002;27:509)"}


def _share(rows: list[Ending], what: str) -> tuple[float, float, float]:
    hits = {
        "fails": sum(x.kind != "epidural" for x in rows),
        "punctured": sum(x.punctured for x in rows),
        "false loss": sum(x.false_losses > 0 for x in rows),
    }[what]
    return wilson(hits, len(rows))


@pytest.mark.slow
@pytest.mark.parametrize("region", list(PLACES))
def test_a_collection_deceives_the_plunger_three_times_as_often(region: str, tmp_path: Path, figure: Figure) -> None:
    found = run(tmp_path / "blind.jsonl", list(keys([region], [1.0], range(PEOPLE))))
    without, beside = ([x for key, x in found.items() if key[1] == factor] for factor in (None, 1.0))
    level = PLACES[region][1]
    for words, rows in (("without a collection", without), ("beside a collection", beside)):
        for what, said, asked in (
            ("fails", "punctures, misses or gives up", "three times as often beside a collection"),
            ("punctured", "dural puncture", "1.4 % by CT fluoroscopy at the neck (AMR17)"),
            ("false loss", "a loss before the space", FALSE_LOSS_PUBLISHED[region]),
        ):
            share, low, high = _share(rows, what)
            shown = f"{share:.1f} ({low:.1f}-{high:.1f})"
            figure(f"{level}, blind, {len(rows)} people {words}: {said}", shown, asked=asked, unit="%")
    assert _share(beside, "fails")[0] >= 3.0 * _share(without, "fails")[0]
    assert _share(without, "punctured")[0] <= 5.0, "without a collection the sac is seldom met"
