"""Levels and sides become types where a command comes in, from Python and from scripts alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from simulator.engine import events as e
from simulator.engine.advance import canonical, plain
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.level_names import with_typed_names
from simulator.records.codec import command_from
from simulator.scenario.build import Case
from simulator.vocabulary.anatomy import Laterality, Side
from simulator.vocabulary.levels import Interspace, Vertebra

MakeCase = Callable[..., Case]


def test_texts_become_types_and_are_written_as_before() -> None:
    for given in (
        c.MoveTable(level="L3/4"),
        c.MarkLeak(level="L3", side="left"),  # type: ignore[arg-type]
        c.AcquirePlanningScan(levels=("L2", "L5")),
        c.PlaceNeedle(entry_x_mm=3.0, side="right", level="L3/4"),  # type: ignore[arg-type]
    ):
        typed = with_typed_names(given)
        assert typed == given
        assert canonical(typed) == canonical(given)
        read = command_from(plain(given), "here")
        for name in ("level", "levels", "side"):
            for value in (getattr(typed, name, None), getattr(read, name, None)):
                for part in value if isinstance(value, tuple) else (value,):
                    assert part is None or type(part) in (Vertebra, Interspace, Side, Laterality)


def test_what_names_no_level_stays_as_it_is() -> None:
    for level in ("X9", "L3/4 ", " L3", "l3/4", "L3/4 window", ""):
        assert type(with_typed_names(c.MoveTable(level=level)).level) is str
    assert with_typed_names(c.Wait(duration_s=1.0)) == c.Wait(duration_s=1.0)


def test_an_unknown_level_is_refused_in_words(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    for command, words in (
        (c.MoveTable(level="X9"), "there is no level 'X9' here; levels: "),
        (c.MarkLeak(level="C3/4"), "there is no level 'C3/4' here; levels: "),
        (c.AcquirePlanningScan(levels=("L3", "Q")), "there is no level 'Q' in this patient; there are: "),
    ):
        (event,) = session.do(command)
        assert isinstance(event, e.CommandRefused)
        assert event.reason.startswith(words)


def test_the_view_names_the_level_that_is_asked_for(make_case: MakeCase) -> None:
    case = make_case()
    misleading = replace(case.world, settings=replace(case.world.settings, request="Somewhere in the back, please."))
    assert Session(misleading).view().case.requested_level is Interspace.L3_4
