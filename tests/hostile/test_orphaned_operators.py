"""Operators apart whose study is gone: nothing of theirs is left, and nothing of theirs is said."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.hostile.test_operators_apart import written


def test_nothing_is_left_where_the_parent_is_killed(tmp_path: Path) -> None:
    """Not its process, not its folder, not the images' memory: whoever kills a study of days does so often."""
    source = written(tmp_path, "return c.Finish()")
    own = tmp_path / "temporary"
    own.mkdir()
    code = f"""
import os, tempfile
from pathlib import Path
from simulator.operators.apart import image_memory
from simulator.operators.apart.operator_process import OperatorProcess
tempfile.tempdir = image_memory.SHARED_MEMORY = {str(own)!r}
made = OperatorProcess({source!r}, folder=Path())
print(made._process.pid, flush=True)
os.kill(os.getpid(), 9)
"""
    result = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    pid = int(result.stdout)
    for _ in range(600):
        left = [path for path in own.rglob("*") if path.is_file()]  # an empty folder's parent is out of its reach
        if not left and not _lives(pid):
            return
        time.sleep(0.1)
    pytest.fail(f"left: {left[:3]}, process {_lives(pid)}")


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or ") Z " not in state.read_text()


def test_a_parent_that_is_gone_when_the_operator_answers_is_no_fault(tmp_path: Path) -> None:
    """Whoever stops a study while an operator comes up reads one sentence, and no traceback of the operator's."""
    (tmp_path / "own").mkdir()
    (tmp_path / "images").touch()
    reading, writing = os.pipe()
    os.close(reading)
    code = (
        "import sys; from simulator.operators.apart.child import _Channel; "
        "_Channel(*sys.argv[1:]).write({'ready': True}); print('went on')"
    )
    line = [sys.executable, "-c", code, str(tmp_path / "own"), str(tmp_path / "images")]
    done = subprocess.run(
        line, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "own").exists()
