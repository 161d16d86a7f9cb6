"""The house's rules: who imports whom, style and types."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = [path for package in ("simulator", "phantoms") for path in sorted((PROJECT / package).rglob("*.py"))]


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["importlinter"],
    ],
    ids=["ruff check", "ruff format", "mypy", "import contracts"],
)
def test_tool_passes(command: list[str]) -> None:
    line = [sys.executable, "-m", *command]
    if command == ["importlinter"]:
        line = [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
        ]
    result = subprocess.run(line, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def imported(path: Path) -> set[str]:
    """Top-level packages that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_numba_lives_in_kernel_files_alone() -> None:
    offenders = [
        str(path.relative_to(PROJECT))
        for path in SOURCES
        if "numba" in imported(path) and not path.name.endswith("_kernels.py")
    ]
    assert offenders == []


def test_kernel_files_know_no_project_types() -> None:
    offenders = {}
    for path in SOURCES:
        if not path.name.endswith("_kernels.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in (
                "simulator",
                "phantoms",
            ):
                names = [node.module or "", *(alias.name for alias in node.names)]
                own_cache = path.name == "compiled_kernels.py" and node.module == "phantoms.kernel_cache"
                if not own_cache and not any(name.endswith("_kernels") for name in names):
                    offenders[path.name] = node.module
    assert offenders == {}


def test_files_stay_readable() -> None:
    long = {
        str(path.relative_to(PROJECT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in SOURCES
        if len(path.read_text(encoding="utf-8").splitlines()) > 400
    }
    assert long == {}


def test_nothing_is_pickled_evaluated_or_fetched() -> None:
    banned = {"pickle", "shelve", "marshal", "urllib", "requests", "socket", "http"}
    for path in SOURCES:
        assert not imported(path) & banned, path
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec"), path
