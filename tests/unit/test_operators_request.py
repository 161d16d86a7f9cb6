"""The level and the side in the words of a request."""

from __future__ import annotations

import pytest

from simulator.operators.coroutine_operator import AbandonError
from simulator.operators.request import bounding_vertebrae, interspaces_named, requested_interspace, requested_side
from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.levels import Interspace, Vertebra


@pytest.mark.parametrize(
    ("words", "level", "vertebrae"),
    [
        ("patch at L3/4, please", Interspace.L3_4, (Vertebra.L3, Vertebra.L4)),
        ("Leak at L5/S1.", Interspace.L5_S1, (Vertebra.L5, Vertebra.S1)),
        ("C7/T1 please, not T1/2", Interspace.C7_T1, (Vertebra.C7, Vertebra.T1)),
        ("patch at T12/L1", Interspace.T12_L1, (Vertebra.T12, Vertebra.L1)),
        ("patch at L5/6", Interspace.L5_6, (Vertebra.L5, Vertebra.L6)),
    ],
)
def test_the_level_is_read(words: str, level: Interspace, vertebrae: tuple[Vertebra, Vertebra]) -> None:
    assert requested_interspace(words) is level
    assert bounding_vertebrae(level) == vertebrae


@pytest.mark.parametrize("words", ["Help, please.", "patch at L3", "patch at L3/6", "patch at C7/T2"])
def test_a_request_without_a_level_gives_no_way_on(words: str) -> None:
    with pytest.raises(AbandonError):
        requested_interspace(words)


@pytest.mark.parametrize(
    ("words", "side"),
    [
        ("contrast along the left L5 root", Laterality.LEFT),
        ("a faint blush beside the right C5 root", Laterality.RIGHT),
        ("blood patch at L4/5 on the right", Laterality.RIGHT),
        ("Left-sided leak at L4-5", Laterality.LEFT),
        ("contrast outside the dura at L3/4", None),
        ("Contrast about the left L5 root.", None),
    ],
)
def test_the_side_is_read(words: str, side: Laterality | None) -> None:
    assert requested_side(words) is side


@pytest.mark.parametrize("level", list(Interspace))
def test_levels_are_looked_up_like_their_text(level: Interspace) -> None:
    assert {str(level): 1}[level] == 1
    assert set(bounding_vertebrae(level)) <= {str(one) for one in Vertebra}


@pytest.mark.parametrize("text", ["at L4/5", "at L4/L5", "at L4-5", "at l4/5", "at L 4/5", "at L4–L5"])
def test_a_level_is_read_however_it_is_written(text: str) -> None:
    assert interspaces_named(text) == ["L4/5"]


def test_levels_across_regions_and_what_is_no_level() -> None:
    assert interspaces_named("from C7/T1 to T12-L1 and L5-S1, T1-weighted, L9/10") == ["C7/T1", "T12/L1", "L5/S1"]
