"""The file of names: several programs at once, links, full disks; what is printed is on the disk."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from simulator.errors import UserInputError
from simulator.files import whole_file
from simulator.records.learners import add_name, forget_name, read_names

AT_ONCE, EACH = 8, 6


def _add(path: str, number: int, given: multiprocessing.Queue[str]) -> None:
    for one in range(EACH):
        given.put(add_name(Path(path), f"Learner {number} {one}"))


def test_every_pseudonym_that_was_given_is_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "private" / "names.json"
    context = multiprocessing.get_context("fork")
    given: multiprocessing.Queue[str] = context.Queue()
    workers = [context.Process(target=_add, args=(str(path), number, given)) for number in range(AT_ONCE)]
    for worker in workers:
        worker.start()
    pseudonyms = {given.get(timeout=60) for _ in range(AT_ONCE * EACH)}
    for worker in workers:
        worker.join()
    assert len(pseudonyms) == AT_ONCE * EACH
    assert set(read_names(path)) == pseudonyms
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_a_link_leads_to_is_updated(tmp_path: Path) -> None:
    target, link = tmp_path / "safe" / "names.json", tmp_path / "names.json"
    target.parent.mkdir()
    link.symlink_to(target)
    first = add_name(link, "One")  # the link leads to nothing yet
    second = add_name(link, "Two")
    assert link.is_symlink()
    assert set(json.loads(target.read_text())["names"]) == {first, second}
    forget_name(link, first)
    assert set(read_names(target)) == {second}
    assert link.is_symlink()


def test_a_full_disk_leaves_the_names_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "names.json"
    add_name(path, "One")
    before = path.read_bytes()

    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(whole_file, "_sync", full)
    with pytest.raises(UserInputError, match="No space left"):
        add_name(path, "Two")
    assert path.read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == [".names.json.lock", "names.json"]
