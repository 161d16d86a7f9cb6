"""A file is one room: none is long, most are short, and a function fits on a screen."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LONGEST_FILE, MEDIAN_FILE, LONGEST_FUNCTION = 400, 150, 60


def files() -> list[Path]:
    return sorted(path for folder in ("simulator", "phantoms") for path in (PROJECT / folder).rglob("*.py"))


def long_functions(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            if node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION:
                yield node.name


def test_files_are_short() -> None:
    lines = {str(path.relative_to(PROJECT)): path.read_text(encoding="utf-8").count("\n") for path in files()}
    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}
    assert median(lines.values()) <= MEDIAN_FILE


def test_functions_fit_on_a_screen_but_for_kernels() -> None:
    found = [
        f"{path.relative_to(PROJECT)}: {name}"
        for path in files()
        if not path.name.endswith("_kernels.py")
        for name in long_functions(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(("statements", "told"), [(59, []), (60, ["f"])])
def test_a_long_function_is_found(statements: int, told: list[str]) -> None:
    assert list(long_functions("def f():\n" + "    x = 1\n" * statements)) == told
