"""A digest of sources changes with what they do, and with nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from phantoms.source_digest import bare_source, patient_sources, source_digest

CODE = '''"""A module."""

SIZE = 4  # a comment with a "quote"
TEXT = "no # comment"
LONG = """kept
# this too"""


def double(x: int) -> int:
    """Twice."""
    # a thought
    return 2 * x
'''


def test_words_do_not_count() -> None:
    changed = CODE.replace("Twice", "Two times").replace("a thought", "another").replace("A module", "The module")
    assert bare_source(changed) == bare_source(CODE)
    assert bare_source(CODE + "\n\n# the end\n") == bare_source(CODE)


@pytest.mark.parametrize(
    ("old", "new"), [("2 * x", "3 * x"), ("no # c", "no # k"), ("# this too", "# that"), ("4", "5")]
)
def test_what_it_does_counts(old: str, new: str) -> None:
    assert bare_source(CODE.replace(old, new)) != bare_source(CODE)


def test_a_patient_depends_on_no_cache_and_on_its_foundations() -> None:
    names = [f"{path.parent.name}/{path.name}" for path in patient_sources()]
    assert {"phantoms/build.py", "from_ct/patient.py", "vocabulary/levels.py", "data/levels.csv"} <= set(names)
    assert "phantoms/voxel_cache.py" not in names
    assert "from_ct/patient.py" not in [f"{p.parent.name}/{p.name}" for p in patient_sources(without=("from_ct",))]


def test_files_count_by_name_and_content(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "a.csv").write_text("# a heading", encoding="utf-8")
    files = [tmp_path / "a.py", tmp_path / "a.csv"]
    before = source_digest("x", files)
    assert source_digest("y", files) != before
    assert source_digest("x", files[:1]) != before
    (tmp_path / "a.csv").write_text("# another", encoding="utf-8")
    assert source_digest("x", files) != before


MODULES = [path for path in patient_sources() if path.suffix == ".py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_sources_of_patients_lose_nothing_but_words(path: Path) -> None:
    """The parser sees the same in what is left as in the file, docstrings aside."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [
                part
                for part in node.body
                if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) and part.value.value != ...)
            ]
    assert ast.dump(tree) == ast.dump(ast.parse(bare_source(text)))
