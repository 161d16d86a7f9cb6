"""The public interface: what `import simulator` and `import phantoms` give, what that costs, and the ten lines."""

from __future__ import annotations

import ast
import doctest
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("simulator", "phantoms")


def said_by(code: str) -> str:
    """What a new process prints."""
    return subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_is_there_and_type_checkers_see_the_same(package: str) -> None:
    module = import_module(package)
    for name in module.__all__:
        assert getattr(module, name) is not None
    assert module.__all__ == sorted(module.__all__)
    assert set(module.__all__) <= set(dir(module))
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    (typing_only,) = (
        node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    imports = [node for node in typing_only.body if isinstance(node, ast.ImportFrom)]
    typed = {alias.name: node.module for node in imports for alias in node.names}
    assert typed == module._MODULES
    assert set(typed) == set(module.__all__)
    assert (Path(str(module.__file__)).parent / "py.typed").is_file()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_name_that_is_not_there_is_said(package: str) -> None:
    with pytest.raises(AttributeError, match="no attribute 'nobody'"):
        getattr(import_module(package), "nobody")  # noqa: B009


def test_importing_reads_no_room_and_changes_no_environment() -> None:
    code = (
        "import os, sys; before = dict(os.environ); import simulator, phantoms; "
        "rooms = [m for m in sys.modules if m.startswith(('simulator.', 'phantoms.', 'numpy', 'numba'))]; "
        "print(rooms, dict(os.environ) == before); "
        "simulator.Session, simulator.load_case, phantoms.build_patient; print(dict(os.environ) == before)"
    )
    assert said_by(code).splitlines() == ["['simulator.first_use'] True", "True"]


def test_help_loads_neither_arrays_nor_the_compiler() -> None:
    code = (
        "import contextlib, io, sys\n"
        "from simulator.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): main(['--help'])\n"
        "print([m for m in ('numba', 'numpy', 'scipy', 'pydantic', 'pygame', 'rich') if m in sys.modules])\n"
    )
    assert said_by(code).strip() == "[]"


def test_ten_lines_of_python_treat_a_patient_and_plot_a_press(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    plt.switch_backend("Agg")
    failed, tried = doctest.testfile(str(PROJECT / "docs" / "api.md"), module_relative=False)
    assert (failed, tried) == (0, 8)
    assert (tmp_path / "press.png").stat().st_size > 10_000


def test_the_readme_shows_the_same_lines() -> None:
    examples = doctest.DocTestParser().get_examples((PROJECT / "docs" / "api.md").read_text(encoding="utf-8"))
    lines = [example.source.rstrip() for example in examples]
    assert len(lines) <= 10
    shown = re.findall(r"```python\n(.*?)```", (PROJECT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    assert lines in [[line for line in block.splitlines() if line] for block in shown]
