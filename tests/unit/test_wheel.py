"""The wheel: it carries every case, patient and table, and works where it is installed alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import tomllib
import venv
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("simulator", "phantoms", "scenarios")
LONGEST_START_S = 600.0
LEFT_BEHIND = {".py", ".pyc"}


def data_files() -> list[str]:
    """Every file beside the modules that a user of the program needs."""
    files = [path for package in PACKAGES for path in (PROJECT / package).rglob("*") if path.is_file()]
    return sorted(path.relative_to(PROJECT).as_posix() for path in files if path.suffix not in LEFT_BEHIND)


def test_every_data_file_matches_what_the_wheel_is_told_to_carry() -> None:
    setup = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    assert set(setup["packages"]["find"]["include"]) == {f"{package}*" for package in PACKAGES}
    patterns = setup["package-data"]["*"]
    files = data_files()
    assert [name for name in files if not any(fnmatch(Path(name).name, pattern) for pattern in patterns)] == []
    for needed in (
        "scenarios/patient-2.toml",
        "scenarios/scenario.schema.json",
        "scenarios/studies/first-look.toml",
        "phantoms/catalogue/patient-2.toml",
        "phantoms/catalogue/real/lumbopelvic-3mm/ct.nii.gz",
        "phantoms/data/tissues.csv",
        "simulator/py.typed",
        "phantoms/py.typed",
    ):
        assert needed in files


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a new environment into which nothing but the wheel was put; its dependencies are this environment's."""
    folder = tmp_path_factory.mktemp("installed")
    sources = folder / "sources"  # a copy, so that nothing of the build stays in the checkout or comes from it
    for package in PACKAGES:
        shutil.copytree(PROJECT / package, sources / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, sources)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder), str(sources)]
    subprocess.run(build, check=True, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert set(data_files()) <= set(names)
    assert not [name for name in names if name.startswith(("tests", "docs"))]
    venv.create(folder / "venv", with_pip=True)
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    install = [str(scripts / "python"), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, cwd=folder)
    ask = [str(scripts / "python"), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    own = Path(subprocess.run(ask, check=True, capture_output=True, text=True).stdout.strip())
    (own / "zz_dependencies.pth").write_text("\n".join(dependency_folders()), encoding="utf-8")
    (folder / "work").mkdir()
    return folder


def dependency_folders() -> list[str]:
    """Where this environment keeps packages; a folder in a .pth does not bring in the .pth files that lie in it."""
    return [path for path in sys.path if path.endswith("site-packages")]


def line_and_surroundings(installed: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """Command line of the installed script, and an environment that knows neither this checkout nor its caches."""
    script = next(path for path in (installed / "venv").rglob("ctfsim*") if path.parent.name in ("bin", "Scripts"))
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "NUMBA_CACHE_DIR")}
    return [str(script), *arguments], {**kept, "XDG_CACHE_HOME": str(installed / "cache")}


def ctfsim(installed: Path, *arguments: str) -> str:
    """Run the installed command from a folder of its own; gives what it said."""
    line, environment = line_and_surroundings(installed, *arguments)
    work = installed / "work"
    result = subprocess.run(line, cwd=work, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout + result.stderr


@pytest.mark.slow
def test_cases_are_found_checked_and_begun_by_name(installed: Path) -> None:
    code = "import simulator, phantoms, scenarios; print(simulator.__file__, phantoms.__file__, scenarios.__file__)"
    python = next((installed / "venv").rglob("python"))
    places = subprocess.run([python, "-c", code], cwd=installed / "work", capture_output=True, text=True, check=True)
    assert all(str(installed) in place for place in places.stdout.split())
    said = ctfsim(installed, "check", "patient-2", "real-ct", "varied")
    assert said.count("sound") == 3
    assert "then: ctfsim check mine.toml" in ctfsim(installed, "new", "mine")
    assert "sound" in ctfsim(installed, "check", "mine.toml")
    assert "usage: ctfsim" in ctfsim(installed, "--help")


@pytest.mark.slow
def test_the_autopilot_treats_and_a_study_runs(installed: Path) -> None:
    assert "Score" in ctfsim(installed, "demo", "--out", "demo")
    assert (installed / "work" / "demo" / "report.html").is_file()
    assert "success" in ctfsim(installed, "bench", "first-look", "--workers", "2", "--out", "study")
    assert (installed / "work" / "study" / "table.csv").is_file()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="needs a signal that asks a process to end")
def test_the_window_opens_and_closes(installed: Path) -> None:
    line, environment = line_and_surroundings(installed, "play", "patient-2", "--out", "played")
    record = installed / "work" / "played" / "session.jsonl"
    window = subprocess.Popen(
        line,
        cwd=installed / "work",
        env={**environment, "SDL_VIDEODRIVER": "dummy"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until = time.monotonic() + LONGEST_START_S
        while not record.exists() and window.poll() is None and time.monotonic() < until:
            time.sleep(0.2)
        time.sleep(1.0)
        window.terminate()
        said = window.communicate(timeout=60)[1]
    finally:
        window.kill()
    assert window.returncode == 143, said
    assert "Stopped. Nothing was recorded." in said
    assert "Traceback" not in said
