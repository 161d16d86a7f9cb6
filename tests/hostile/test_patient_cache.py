"""The cache of patients: damage anywhere in it costs time and nothing else, and it is doubted before a record is."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from phantoms import array_cache
from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.records import recheck as recheck_module
from simulator.records.recheck import must_agree, recheck, replayed
from simulator.records.session_reader import read_session
from simulator.records.session_record import SessionRecord
from simulator.scenario.build import Case
from tests.procedures import placed
from tests.recorded import OPERATOR, begun, finished

ARRAYS = {"counts": np.arange(1, 3_000_001, dtype=np.uint16), "label": np.arange(40_000, dtype=np.uint8)}
NAME = "0123456789abcdef" * 4


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(array_cache, "_folder", lambda: tmp_path)
    array_cache.store_arrays(NAME, ARRAYS, {})
    return tmp_path / NAME[:32]


def test_zeroes_anywhere_are_noticed(folder: Path) -> None:
    path, rng = folder / "counts.npy", np.random.default_rng(3)
    whole = path.read_bytes()
    for _ in range(60):
        first = int(rng.integers(128, len(whole) - 10))
        damaged = bytearray(whole)
        damaged[first : first + int(rng.integers(2, 4096))] = b""
        damaged = (damaged + bytes(len(whole)))[: len(whole)] if rng.integers(2) else bytearray(whole)
        if damaged == whole:
            damaged[first] ^= 1
        path.write_bytes(damaged)
        assert array_cache.load_arrays(NAME) is None
    path.write_bytes(whole)
    found = array_cache.load_arrays(NAME)
    assert found is not None
    assert all(np.array_equal(found[name], array) for name, array in ARRAYS.items())


def test_a_file_is_read_through_once_in_a_process_and_again_when_it_changed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    mark = array_cache._mark
    monkeypatch.setattr(array_cache, "_mark", lambda path: read.append(path.name) or mark(path))
    for _ in range(3):
        assert array_cache.load_arrays(NAME) is not None
    assert sorted(read) == ["counts.npy", "label.npy"]
    with (folder / "label.npy").open("r+b") as file:
        file.seek(20_000)
        file.write(b"\x00\x00\x00")
    assert array_cache.load_arrays(NAME) is None


@pytest.mark.parametrize(
    "index",
    [
        "{}", "[]", "null", "not json", '{"digest": 1, "arrays": {}}', "9" * 200_000,
        f'{{"digest": "{NAME}", "arrays": {{"../../counts": [1, "x"]}}}}',
        f'{{"digest": "{NAME}", "arrays": {{"counts": 7}}}}',
        f'{{"digest": "{NAME}", "arrays": [1]}}',
    ],
)  # fmt: skip
def test_an_index_that_is_none_is_as_none(folder: Path, index: str) -> None:
    (folder / "index.json").write_text(index)
    assert array_cache.load_arrays(NAME) is None


def test_a_pipe_in_the_cache_keeps_nobody_waiting(folder: Path) -> None:
    for name in ("counts.npy", "index.json"):
        (folder / name).unlink()
        os.mkfifo(folder / name)
        assert array_cache.load_arrays(NAME) is None
        array_cache.store_arrays(NAME, ARRAYS, {})
        assert array_cache.load_arrays(NAME) is not None


def test_every_byte_is_on_the_disk_before_the_name_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    fsync, rename = os.fsync, Path.rename

    def synced(descriptor: int) -> None:
        done.append(os.path.basename(os.readlink(f"/proc/self/fd/{descriptor}")))
        fsync(descriptor)

    def renamed(path: Path, target: Path) -> Path:
        done.append("renamed")
        return rename(path, target)

    monkeypatch.setattr(array_cache, "_folder", lambda: tmp_path)
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    array_cache.store_arrays(NAME, ARRAYS, {})
    assert {"counts.npy", "label.npy", "index.json"} <= set(done[: done.index("renamed")])


def test_a_signal_leaves_nothing_half_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(array_cache, "_folder", lambda: tmp_path)
    monkeypatch.setattr(os, "fsync", stopped)
    with pytest.raises(KeyboardInterrupt):
        array_cache.store_arrays(NAME, ARRAYS, {})
    assert os.listdir(tmp_path) == []


@pytest.fixture
def honest(make_case: Callable[..., Case], tmp_path: Path) -> tuple[Case, SessionRecord]:
    case = make_case(seed=3, hands="default")
    session = begun(case, tmp_path / "session.jsonl")
    finished(case, session, [*placed(), c.Advance(distance_mm=30.0), c.Finish()])
    return case, read_session(tmp_path / "session.jsonl")


@pytest.mark.parametrize("damage", ["other events", "another patient"])
def test_the_cache_is_doubted_before_the_record(
    honest: tuple[Case, SessionRecord], damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, record = honest
    built: list[bool] = []

    def rebuilt(record: SessionRecord, **_: object) -> Case:
        anew = array_cache._anew.get()
        built.append(anew)
        if not anew and damage == "another patient":
            raise UserInputError("x", "this version builds another patient than the one that was recorded")
        return case if anew else replace(case, world=replace(case.world, root_seed=77))

    monkeypatch.setattr(recheck_module, "rebuild_case", rebuilt)
    for ask in (lambda: recheck(record)[-1].grade == "exact", lambda: replayed(record), lambda: must_agree(record)):
        monkeypatch.setattr(recheck_module, "_doubted", set())
        built.clear()
        assert ask()
        assert built == [False, True]


def test_an_edited_record_stays_one_and_its_patient_is_built_anew_once(
    honest: tuple[Case, SessionRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, record = honest
    built: list[bool] = []
    monkeypatch.setattr(recheck_module, "_doubted", set())
    monkeypatch.setattr(
        recheck_module, "rebuild_case", lambda record, **_: built.append(array_cache._anew.get()) or case
    )
    assert record.closing is not None
    edited = replace(record, closing=replace(record.closing, digest="0" * 64))
    for _ in range(3):
        assert recheck(edited)[-1].grade == "refused"
    assert built == [False, True, False, False]
    assert OPERATOR in json.dumps(recheck(edited)[-1].claims)
