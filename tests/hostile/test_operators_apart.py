"""Operators in a process of their own: what they reach, what becomes of one that fails, and that no more changes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulator.engine.session import Session, drive
from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.operators import operator_named
from simulator.operators.apart.confinement import CREATE_RULESET, RULESET_VERSION
from simulator.operators.apart.limits import OperatorLimits
from simulator.operators.apart.messages import view_from_plain, view_to_plain
from simulator.operators.apart.operator_process import OperatorProcess
from simulator.operators.operator_failure import OperatorFailureError, RunStatus
from simulator.scenario.build import Case
from simulator.strategies.run_end import RunEnd, treat_to_the_end
from tests.conftest import PROJECT

HEAD = """
import gc, os, random, sys, time
from simulator.interface import commands as c

class Mine:
    name = "mine"

    def __init__(self):
        self.asked = 0

    def __call__(self, view):
        self.asked += 1
"""


def written(folder: Path, body: str) -> str:
    lines = [f"        {line}" for line in body.splitlines()]
    (folder / "mine.py").write_text(HEAD + "\n".join(lines) + "\n")
    return f"{folder}/mine.py:Mine"


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Callable[..., OperatorProcess]]:
    made: list[OperatorProcess] = []

    def make(body: str, **limits: float) -> OperatorProcess:
        operator = OperatorProcess(written(tmp_path, body), folder=Path(), limits=OperatorLimits(**limits))  # type: ignore[arg-type]
        made.append(operator)
        return operator

    yield make
    for operator in made:
        operator.close()


def has_landlock() -> bool:
    import ctypes

    return sys.platform == "linux" and ctypes.CDLL(None).syscall(CREATE_RULESET, None, 0, RULESET_VERSION) > 0


def said(operator: OperatorProcess, case: Case) -> str:
    """What an operator found out: it writes it into the request for a wrong level, which the engine refuses."""
    command = operator(Session(case.world).view())
    assert isinstance(command, c.MoveTable)
    return str(command.level)


@pytest.mark.parametrize(
    "module",
    ["phantoms", "simulator.engine.session", "simulator.scenario.load", "simulator.scoring.scorecard",
     "simulator.records.replay", "simulator.ct.scanner", "simulator.strategies.study", "scenarios", "tests.conftest"],
)  # fmt: skip
def test_no_module_that_knows_the_truth_can_be_imported(
    module: str, mine: Callable[..., OperatorProcess], make_case: Callable[..., Case]
) -> None:
    body = f"""
try:
    import {module}
    said = "it is here"
except ImportError as error:
    said = type(error).__name__
return c.MoveTable(level=said)"""
    assert said(mine(body), make_case()) == "ModuleNotFoundError"


def test_neither_frames_nor_the_collector_hold_a_session(
    mine: Callable[..., OperatorProcess], make_case: Callable[..., Case]
) -> None:
    body = """
kinds = {type(one).__name__ for one in gc.get_objects()}
frame, seen = sys._getframe(), []
while frame is not None:
    seen += [type(value).__name__ for value in (*frame.f_locals.values(), *frame.f_globals.values())]
    frame = frame.f_back
found = (kinds | set(seen)) & {"Session", "CaseContext", "Phantom", "ProcedureState", "Scorecard", "Scenario"}
return c.MoveTable(level=" ".join(sorted(found)) or "nothing")"""
    assert said(mine(body), make_case()) == "nothing"


def test_no_variable_of_ours_is_there(
    mine: Callable[..., OperatorProcess], make_case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDY_SECRET", "the canary sings")
    assert "canary" not in said(mine("return c.MoveTable(level=str(sorted(os.environ.items())))"), make_case())


@pytest.mark.skipif(not has_landlock(), reason="this kernel has no Landlock")
def test_the_kernel_keeps_files_processes_and_networks_away(
    mine: Callable[..., OperatorProcess], make_case: Callable[..., Case], tmp_path: Path
) -> None:
    secret = tmp_path / "out" / "journal.jsonl"
    secret.parent.mkdir()
    secret.write_text("seeds")
    wanted = [PROJECT / "simulator" / "engine" / "session.py", secret, Path(f"/proc/{os.getpid()}/maps"), "/etc/passwd"]
    body = f"""
import importlib.util
got = []
for path in {[str(path) for path in wanted]!r}:
    try:
        open(path, "rb").read(1)
        got.append(path)
    except OSError:
        pass
for act in (lambda: open({str(PROJECT / "left.txt")!r}, "w"), lambda: open({str(tmp_path / "mine.py")!r}, "a"),
            lambda: os.kill(os.getppid(), 0)):
    try:
        act()
        got.append("an act")
    except OSError:
        pass
spec = importlib.util.spec_from_file_location("phantoms", {str(PROJECT / "phantoms" / "__init__.py")!r})
try:
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    got.append("the patient")
except OSError:
    pass
open(os.path.join(os.environ["HOME"], "own.txt"), "w").write("its own folder it has")
return c.MoveTable(level=" ".join(got) or "nothing")"""
    operator = mine(body)
    assert operator.confined
    assert said(operator, make_case()) == "nothing"


def test_what_one_operator_replaces_changes_nothing_for_another(tmp_path: Path, make_case: Callable[..., Case]) -> None:
    body = """
import simulator.interface.commands, simulator.operators.apart.child as child
simulator.interface.commands.Finish = None
for folder, _, names in os.walk(os.path.dirname(os.path.dirname(simulator.interface.commands.__file__))):
    for name in names:
        try:
            open(os.path.join(folder, name), "w").close()
        except OSError:
            pass
return c.Wait(duration_s=1.0)"""
    bad = OperatorProcess(written(tmp_path, body), folder=Path())
    bad(Session(make_case().world).view())
    other = tmp_path / "other"
    other.mkdir()
    good = OperatorProcess(written(other, "return c.Finish()"), folder=Path())
    assert good(Session(make_case().world).view()) == c.Finish()
    bad.close()
    good.close()


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ("return 1 / 0", RunStatus.RAISED, "ZeroDivisionError"),
        ("raise KeyboardInterrupt", RunStatus.RAISED, "KeyboardInterrupt"),
        ("raise SystemExit(0)", RunStatus.RAISED, "SystemExit"),
        ("return 'Advance'", RunStatus.NONSENSE, "gave 'Advance'"),
        ("return c.Wait(duration_s='1')", RunStatus.NONSENSE, "duration_s"),
        ("os._exit(3)", RunStatus.DIED, "exit code 3"),
        ("import ctypes; ctypes.string_at(0)", RunStatus.DIED, "SIGSEGV"),
        ("os.kill(os.getpid(), 9)", RunStatus.DIED, "SIGKILL"),
        ("while True: pass", RunStatus.TIME_LIMIT, "1 s a command"),
        ("time.sleep(60)", RunStatus.TIME_LIMIT, "1 s a command"),
        ("big = bytearray(3_000_000_000); return c.Finish()", RunStatus.MEMORY_LIMIT, "MemoryError"),
        ("return c.Withdraw(distance_mm=5.0)", RunStatus.COMMAND_LIMIT, "20 of them refused"),
    ],
)  # fmt: skip
def test_an_operator_that_fails_ends_its_run_with_status_and_reason(
    body: str, status: RunStatus, told: str, mine: Callable[..., OperatorProcess], make_case: Callable[..., Case]
) -> None:
    session = Session(make_case().world)
    limits = {"decision_s": 1.0} if status is RunStatus.TIME_LIMIT else {}
    end = treat_to_the_end(session, mine(body, memory_mb=2000, **limits), most_commands=20)
    assert end.status is status
    assert told in end.reason
    assert session.state.finished


@pytest.mark.parametrize(
    "forged",
    [b"\x00\x00\x00\x02{]", b"\xff\xff\xff\xff", b"\x00\x00\x00\x02[]", b"\x00\x00\x00\x02{}",
     b'\x00\x00\x00\x1d{"command":"Finish","fields":1}'[:33],
     b'\x00\x00\x00\x24{"command":"Advance","fields":{"x":1}}'[:40]],
)  # fmt: skip
def test_what_is_forged_on_the_pipe_is_nonsense(
    forged: bytes, mine: Callable[..., OperatorProcess], make_case: Callable[..., Case]
) -> None:
    body = f"""
for descriptor in range(3, 12):
    try:
        os.write(descriptor, {forged!r})
    except OSError:
        pass
time.sleep(50)"""
    end = treat_to_the_end(Session(make_case().world), mine(body))
    assert end.status is RunStatus.NONSENSE, end


def test_a_process_that_reads_nothing_is_not_waited_for(
    mine: Callable[..., OperatorProcess], make_case: Callable[..., Case]
) -> None:
    body = """
if self.asked == 1:
    return c.Wait(duration_s=1.0)
time.sleep(60)"""
    end = treat_to_the_end(Session(make_case().world), mine(body, decision_s=2.0))
    assert (end.status, end.commands) == (RunStatus.TIME_LIMIT, 1)


def test_the_time_of_a_run_is_the_operators_own(
    mine: Callable[..., OperatorProcess], make_case: Callable[..., Case]
) -> None:
    operator = mine("time.sleep(0.4)\nreturn c.Wait(duration_s=1.0)", run_s=2.0, decision_s=60.0)
    end = treat_to_the_end(Session(make_case().world), operator)
    assert end.status is RunStatus.TIME_LIMIT
    assert end.commands < 5


def test_a_sibling_file_and_a_package_beside_it_are_imported(tmp_path: Path, make_case: Callable[..., Case]) -> None:
    (tmp_path / "helper.py").write_text("LEVEL = 'L3/4'\n")
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "__init__.py").write_text("from tools.inner import NUMBER\n")
    (tmp_path / "tools" / "inner.py").write_text("NUMBER = 7\n")
    body = "import helper, tools\nreturn c.MoveTable(level=helper.LEVEL + str(tools.NUMBER))"
    operator = OperatorProcess(written(tmp_path, body), folder=Path())
    assert said(operator, make_case()) == "L3/47"
    operator.close()


def test_images_and_their_errors_are_what_they_are_here(
    mine: Callable[..., OperatorProcess], make_case: Callable[..., Case]
) -> None:
    body = """
import zlib
if self.asked == 1:
    return c.PressPedal()
frame = view.images.frame(0)
one = view.images.slices(0, [1])
errors = []
for act in (lambda: view.images.frame(9), lambda: view.images.slices(0, [7])):
    try:
        act()
    except LookupError as error:
        errors.append(type(error).__name__)
said = [zlib.crc32(frame.hu.tobytes()), one.hu.shape, frame.z_mm.tolist(), frame.centre_mm, frame.hu.flags.writeable]
return c.MoveTable(level=str([*said, *errors]))"""
    import zlib

    session = Session(make_case().world)
    operator = mine(body)
    session.do(operator(session.view()))
    heard = str(operator(session.view()).level)  # type: ignore[union-attr]
    frame = session.image(0)
    wanted = [zlib.crc32(frame.hu.tobytes()), (1, *frame.hu.shape[1:]), frame.z_mm.tolist(), frame.centre_mm, False]
    assert heard == str([*wanted, "KeyError", "IndexError"])


def test_no_wish_is_for_more_than_a_scan_has(
    mine: Callable[..., OperatorProcess], make_case: Callable[..., Case]
) -> None:
    session = Session(make_case().world)
    session.do(c.PressPedal())
    body = """
try:
    view.images.slices(0, [0] * 9000)
    said = "it came"
except Exception as error:
    said = type(error).__name__
return c.MoveTable(level=said)"""
    command = mine(body)(session.view())
    assert isinstance(command, c.MoveTable)
    assert str(command.level) == "TypeError"


def test_who_looks_for_ever_gives_no_command(
    mine: Callable[..., OperatorProcess], make_case: Callable[..., Case]
) -> None:
    session = Session(make_case().world)
    session.do(c.PressPedal())
    operator = mine("while True:\n    view.images.slices(0, [1])", images=20)
    with pytest.raises(OperatorFailureError, match="more than 20 images") as fault:
        operator(session.view())
    assert fault.value.status is RunStatus.TIME_LIMIT


def test_a_scout_is_the_one_of_the_session(
    mine: Callable[..., OperatorProcess], make_case: Callable[..., Case]
) -> None:
    body = """
import zlib
if self.asked == 1:
    return c.AcquireScout(orientation="lateral")
picture = view.images.scout(view.console.scouts[0].number)
try:
    view.images.scout(3)
except LookupError as error:
    name = type(error).__name__
said = [zlib.crc32(picture.water_mm.tobytes()), picture.table_mm[0], picture.orientation.value, picture.technique.mas]
return c.MoveTable(level=str([*map(str, said), name]))"""
    import zlib

    session = Session(make_case().world)
    operator = mine(body)
    session.do(operator(session.view()))
    heard = str(operator(session.view()).level)  # type: ignore[union-attr]
    picture = session.scout(0)
    wanted = [zlib.crc32(picture.water_mm.tobytes()), picture.table_mm[0], "lateral", picture.technique.mas]
    assert heard == str([*map(str, wanted), "KeyError"])


def test_a_view_comes_out_as_it_went_in(make_case: Callable[..., Case]) -> None:
    session = Session(make_case().world)
    session.do(c.AcquireScout())
    session.do(c.PlaceSkinGrid(level="L3/4"))
    session.do(c.PlaceNeedle(entry_from_midline_mm=20.0, level="L3/4", angle_deg=20.0))
    session.do(c.Advance(distance_mm=20.0))
    session.do(c.PressPedal())
    import json

    view = session.view()
    there = view_from_plain(json.loads(json.dumps(view_to_plain(view))))
    for name in view_to_plain(view):
        assert getattr(there, name) == getattr(view, name), name


@pytest.mark.parametrize("name", ["loss-of-resistance", pytest.param("quick-check", marks=pytest.mark.slow)])
def test_a_treatment_apart_is_the_one_in_the_process(name: str, tmp_path: Path, make_case: Callable[..., Case]) -> None:
    kind = type(operator_named(name))
    (tmp_path / "same.py").write_text(f"from {kind.__module__} import {kind.__name__} as Same\n")
    here, apart = Session(make_case().world), Session(make_case().world)
    drive(here, operator_named(name))
    operator = operator_named(f"{tmp_path}/same.py:Same")
    drive(apart, operator)
    assert apart.state.digest == here.state.digest
    assert len(here.steps) > 20


def test_an_operator_that_fails_at_its_start_is_told_before_anything_is_built(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("import os\nos._exit(7)\n")
    with pytest.raises(OperatorFailureError, match="exit code 7"):
        OperatorProcess(f"{tmp_path}/mine.py:Mine", folder=Path())
    with pytest.raises(UserInputError, match="no such file"):
        OperatorProcess(f"{tmp_path}/nobody.py:Mine", folder=Path())


def test_a_process_ends_with_its_operator(mine: Callable[..., OperatorProcess], make_case: Callable[..., Case]) -> None:
    operator = mine("return c.MoveTable(level=str(os.getpid()))")
    pid = int(said(operator, make_case()))
    own = operator._own
    operator.close()
    assert not own.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_shipped_operator_that_raises_ends_its_run_too(make_case: Callable[..., Case]) -> None:
    class Broken:
        name = "broken"

        def __call__(self, view: object) -> c.Finish:
            raise IndexError("nothing there")

    end = treat_to_the_end(Session(make_case().world), Broken())
    assert isinstance(end, RunEnd)
    assert end.status is RunStatus.RAISED
    assert "IndexError: nothing there" in end.reason
