"""A View is data: no attribute path leads from it, or from an image, to anything that knows the truth."""

from __future__ import annotations

import copy
import gc
import pickle
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.image_archive import ArchiveClosedError, ImageArchive
from simulator.interface.view import View
from simulator.scenario.build import Case
from tests.procedures import placed, run

MakeCase = Callable[..., Case]
HIDDEN = ("simulator.engine", "simulator.ct", "simulator.needle", "simulator.patch", "simulator.patient", "phantoms")


_CALLED = (
    types.FunctionType,
    types.MethodType,
    types.BuiltinFunctionType,
    types.MethodWrapperType,
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
    types.ClassMethodDescriptorType,
)
_OF_FUNCTIONS = ("__self__", "__func__", "__wrapped__", "__defaults__", "__kwdefaults__", "__dict__")
"""What is followed of a function. Not its globals: whoever takes that way may as well import the engine."""


def attributes(thing: Any) -> Iterator[tuple[str, Any]]:
    """What can be reached from an object without asking the interpreter for its modules."""
    if isinstance(thing, dict):
        yield from ((f"[{key!r}]", item) for key, item in thing.items())
        yield from (("key", key) for key in thing)
    if isinstance(thing, list | tuple | set | frozenset):
        yield from ((f"[{index}]", item) for index, item in enumerate(thing))
    if isinstance(thing, _CALLED):
        yield from ((name, getattr(thing, name)) for name in _OF_FUNCTIONS if hasattr(thing, name))
        yield from (
            (f"closure {n}", cell.cell_contents) for n, cell in enumerate(getattr(thing, "__closure__", None) or ())
        )
        return
    if isinstance(thing, np.ndarray):
        yield ("base", thing.base)
        return
    for name in dir(thing):
        if name in (
            "__globals__",
            "__builtins__",
        ):  # of a function: whoever takes that way may as well import the engine
            continue
        try:
            yield (name, getattr(thing, name))
        except (AttributeError, TypeError, ValueError):
            continue


def ways_to_the_truth(start: Any) -> list[str]:
    """Attribute paths to objects and types of the engine, the scanner or the phantom."""
    found, seen, kept = [], set(), []
    stack: list[tuple[str, Any]] = [("", start)]
    while stack:
        path, thing = stack.pop()
        if id(thing) in seen or isinstance(thing, str | bytes | int | float | types.NoneType | types.ModuleType):
            continue
        seen.add(id(thing))
        kept.append(thing)  # so that no later object gets its id
        kind = thing if isinstance(thing, type) else type(thing)
        home = getattr(thing, "__module__", None) if callable(thing) else kind.__module__
        if any(str(home) == name or str(home).startswith(f"{name}.") for name in HIDDEN):
            found.append(f"{path}: {thing!r:.60}")
            continue
        if isinstance(thing, type) and not thing.__module__.startswith("simulator"):
            continue
        if path.count(".") < 12:
            stack += [(f"{path}.{name}", item) for name, item in attributes(thing)]
    return found


@pytest.fixture(scope="module")
def session(make_case: MakeCase) -> Session:
    session = Session(make_case(seed=3, hands="default").world)
    run(session, [*placed(), c.Advance(distance_mm=33.3), c.PressPedal()])
    return session


def test_no_attribute_of_a_view_leads_to_the_truth(session: Session) -> None:
    assert ways_to_the_truth(session.view()) == []


def test_no_attribute_of_an_image_leads_to_the_truth(session: Session) -> None:
    view = session.view()
    number = view.console.acquired[-1].number
    for frame in (view.images.frame(number), view.images.slices(number, [1])):
        assert ways_to_the_truth(frame) == []


def test_the_walk_finds_what_it_looks_for(session: Session) -> None:
    class Leaky:
        def __init__(self, show: Callable[..., Any]) -> None:
            self.show = show

    assert ways_to_the_truth(Leaky(session.show))
    assert ways_to_the_truth(Leaky(lambda: session.world))
    assert ways_to_the_truth({"a": [session.state]})
    assert ways_to_the_truth(session.world.phantom.name) == []


def test_a_view_can_be_copied_and_pickled(session: Session) -> None:
    view = session.view()
    number = view.console.acquired[-1].number
    for other in (copy.deepcopy(view), pickle.loads(pickle.dumps(view))):
        assert isinstance(other, View)
        assert other == view
        assert np.array_equal(other.images.frame(number).hu, view.images.frame(number).hu)
    assert len(pickle.dumps(view)) < 20_000


def test_looking_makes_images_and_not_looking_makes_none(make_case: MakeCase) -> None:
    session = Session(make_case(seed=3, hands="default").world)
    looked: list[tuple[int, tuple[int, ...] | None]] = []
    session.watch(lambda event, indices, frame: looked.append((event.number, indices)))
    run(session, [c.MoveTable(level="L3/4"), c.PressPedal()])
    view = session.view()
    assert session._scanner is None
    view.images.slices(0, [2])
    assert looked == [(0, (2,))]
    with pytest.raises(KeyError):
        view.images.frame(7)


def test_images_end_with_their_session(make_case: MakeCase) -> None:
    session = Session(make_case(seed=3).world)
    images = session.view().images
    del session
    gc.collect()
    with pytest.raises(ArchiveClosedError, match="is over"):
        images.frame(0)
    with pytest.raises(ArchiveClosedError):
        ImageArchive("made up").frame(0)
