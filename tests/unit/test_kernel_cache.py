"""The cache of compiled kernels: never stale, never in the way, safe when two start at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from phantoms import kernel_cache

PROJECT = Path(__file__).resolve().parents[2]
KERNELS = {
    "phantoms/shape_kernels.py": "a = 1\n",
    "simulator/ct/helper_kernels.py": "b = 2\n",
    "simulator/ct/beam_kernels.py": "from simulator.ct import helper_kernels\n",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of three kernel files, and a user cache of its own."""
    root = tmp_path / "project"
    for name, text in KERNELS.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(kernel_cache, "_PROJECT", root)
    monkeypatch.setattr(kernel_cache.platformdirs, "user_cache_dir", lambda *_, **__: str(tmp_path / "cache"))
    return root


def configured(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that a new process would take."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    return kernel_cache.cache_folder()


@pytest.mark.parametrize("changed", KERNELS)
def test_an_edit_of_any_kernel_source_changes_the_folder(
    project: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    before = configured(monkeypatch)
    assert configured(monkeypatch) == before
    (project / changed).write_text(KERNELS[changed] + "c = 3\n", encoding="utf-8")
    assert configured(monkeypatch) != before
    (project / changed).write_text(KERNELS[changed], encoding="utf-8")
    assert configured(monkeypatch) == before


def test_a_new_or_renamed_kernel_file_changes_the_folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = configured(monkeypatch)
    (project / "phantoms" / "shape_kernels.py").rename(project / "phantoms" / "form_kernels.py")
    renamed = configured(monkeypatch)
    (project / "simulator" / "new_kernels.py").touch()
    assert len({before, renamed, configured(monkeypatch)}) == 3


def test_another_numba_or_processor_changes_the_folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = configured(monkeypatch)
    with monkeypatch.context() as other:
        other.setattr(kernel_cache.metadata, "version", lambda name: "0.0.1")
        numba = configured(other)
    with monkeypatch.context() as other:
        other.setattr(kernel_cache.platform, "machine", lambda: "pdp11")
        machine = configured(other)
    assert len({before, numba, machine}) == 3
    assert configured(monkeypatch) == before


def test_a_folder_that_cannot_be_made_gives_way_to_a_temporary_one(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_text("a file stands where the folder belongs", encoding="utf-8")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = configured(monkeypatch)
    assert folder.parent == tmp_path
    assert folder.is_dir()


def test_a_folder_that_cannot_be_written_gives_way_to_a_temporary_one(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = configured(monkeypatch)
    write = tempfile.TemporaryFile

    def refused(*args: object, **kwargs: object) -> object:  # chmod would not stop root
        if Path(str(kwargs.get("dir"))) == usual:
            raise PermissionError("read-only")
        return write(*args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(kernel_cache.tempfile, "TemporaryFile", refused)
    folder = configured(monkeypatch)
    assert folder != usual
    assert folder.parent == tmp_path
    assert folder.is_dir()


def test_a_folder_that_was_chosen_is_left_alone(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "mine"))
    assert kernel_cache.cache_folder() == tmp_path / "mine"
    assert not (tmp_path / "cache").exists()


MULTIPLIER_SOURCE = """from phantoms.compiled_kernels import njit
@njit
def factor():
    return {factor}
"""
CALLER_SOURCE = """from phantoms.compiled_kernels import njit
from simulator.factor_kernels import factor
@njit(cache=True)
def multiplied(x):
    return factor() * x
"""
ASK = "from simulator.caller_kernels import multiplied; print(multiplied(2))"


@pytest.fixture
def small_project(tmp_path: Path) -> Path:
    """The product's own cache module over two kernels, of which one inlines the other."""
    root = tmp_path / "small"
    for package in ("phantoms", "simulator"):
        (root / package).mkdir(parents=True)
    for name in ("kernel_cache.py", "compiled_kernels.py"):
        shutil.copy(PROJECT / "phantoms" / name, root / "phantoms")
    (root / "phantoms" / "__init__.py").touch()
    (root / "simulator" / "__init__.py").touch()
    (root / "simulator" / "factor_kernels.py").write_text(MULTIPLIER_SOURCE.format(factor=3), encoding="utf-8")
    (root / "simulator" / "caller_kernels.py").write_text(CALLER_SOURCE, encoding="utf-8")
    return root


def started(root: Path, cache: Path) -> subprocess.Popen[str]:
    """A process that calls the kernel and prints what it says."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(root)}
    environment.pop("NUMBA_CACHE_DIR", None)
    return subprocess.Popen(
        [sys.executable, "-c", ASK],
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer(process: subprocess.Popen[str]) -> int:
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return int(out)


moves_its_cache = pytest.mark.skipif(sys.platform != "linux", reason="XDG_CACHE_HOME moves the cache on Linux alone")


@moves_its_cache
def test_an_edited_helper_of_another_file_does_not_run_stale(small_project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert answer(started(small_project, cache)) == 6
    assert list(cache.rglob("*.nbi")), "nothing was kept: the test would prove nothing"
    helper = small_project / "simulator" / "factor_kernels.py"
    helper.write_text(MULTIPLIER_SOURCE.format(factor=5), encoding="utf-8")
    assert answer(started(small_project, cache)) == 10


@moves_its_cache
def test_without_a_cache_that_can_be_written_kernels_still_run(small_project: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file stands where the folder belongs", encoding="utf-8")
    assert answer(started(small_project, blocked)) == 6


@moves_its_cache
def test_two_that_start_at_once_do_not_break_each_other(small_project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    both = [started(small_project, cache) for _ in range(2)]
    assert [answer(process) for process in both] == [6, 6]
    assert answer(started(small_project, cache)) == 6  # what the two left behind can be read


def test_importing_the_packages_changes_no_environment_and_loads_no_compiler() -> None:
    ask = (
        "import os, sys; before = dict(os.environ); import phantoms, simulator; "
        "print(dict(os.environ) == before, 'numba' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", ask], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["True", "False"]
