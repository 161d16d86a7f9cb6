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


def _limits(region: str, *, collection: bool) -> dict[str, str]:
    """What each row is held against; how strongly a collection deceives is an assumption, and so are all of these."""
    published = FALSE_LOSS_PUBLISHED[region]
    if collection:
        return {
            "fails": "at least three times as often as without one",
            "punctured": "more often than without one",
            "false loss": "more often than without one",
        }
    return {
        "fails": "at most a third as often as beside one",
        "punctured": "<= 5 (1.4 by CT fluoroscopy at the neck, AMR17)",
        "false loss": f"less often than beside one; published {published}",
    }


@pytest.mark.slow
@pytest.mark.parametrize("region", list(PLACES))
def test_a_collection_deceives_the_plunger_three_times_as_often(region: str, tmp_path: Path, figure: Figure) -> None:
    found = run(tmp_path / "blind.jsonl", list(keys([region], [1.0], range(PEOPLE))))
    without, beside = ([x for key, x in found.items() if key[1] == factor] for factor in (None, 1.0))
    level = PLACES[region][1]
    for words, rows in (("without a collection", without), ("beside a collection", beside)):
        limits = _limits(region, collection=rows is beside)
        for what, said in (
            ("fails", "punctures, misses or gives up"),
            ("punctured", "dural puncture"),
            ("false loss", "a loss before the space"),
        ):
            share, low, high = _share(rows, what)
            figure(
                f"{level}, blind, {len(rows)} people {words}: {said}",
                f"{share:.1f} ({low:.1f}-{high:.1f})",
                asked=limits[what],
                unit="%",
                kind="assumed",
            )
    assert _share(beside, "fails")[0] >= 3.0 * _share(without, "fails")[0]
    assert _share(without, "punctured")[0] <= 5.0, "without a collection the sac is seldom met"
    for what in ("punctured", "false loss"):
        assert _share(beside, what)[0] > _share(without, what)[0]
