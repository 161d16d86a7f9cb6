"""Once on a real display server: a window opens, real keys and clicks arrive, and a session that was left goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulator.records.record_file import in_use
from simulator.records.session_reader import read_session

PROJECT = Path(__file__).resolve().parents[2]
NEEDED = ("Xvfb", "xdotool")
PATIENCE_S = 120.0

pytestmark = pytest.mark.skipif(
    any(shutil.which(name) is None for name in NEEDED),
    reason=f"needs {' and '.join(NEEDED)} on the PATH (Debian: xvfb, xdotool)",
)


@pytest.fixture
def display(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A virtual screen; the environment in which programs use it."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SDL_") and k != "WAYLAND_DISPLAY"}
    yield {**environment, "DISPLAY": f":{number}", "SDL_AUDIODRIVER": "dummy", "SDL_VIDEO_WINDOW_POS": "0,0"}
    server.terminate()
    server.wait(timeout=20)


def _play(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    line = [sys.executable, "run_sim.py", "play", "--size", "1280x720", *arguments]
    return subprocess.Popen(line, cwd=PROJECT, env=environment, stderr=subprocess.PIPE, text=True)


def _wait(condition: Callable[[], bool], program: subprocess.Popen[str]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert program.poll() is None, program.stderr and program.stderr.read()
        assert time.monotonic() < end
        time.sleep(0.2)


def _xdotool(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(["xdotool", *arguments], env=environment, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _commands(out: Path) -> list[str]:
    """Names of the commands that are on disk, the record being written still."""
    try:
        return [type(command).__name__ for command in read_session(out).commands]
    except Exception:  # the last line may be half written
        return []


def test_keys_and_clicks_reach_the_procedure_and_a_left_session_goes_on(
    display: dict[str, str], tmp_path: Path
) -> None:
    out = tmp_path / "left"
    program = _play(display, "patient-2", "--out", str(out), "--learner", "r-3")
    _wait(lambda: (out / "session.jsonl").exists(), program)
    _xdotool(display, "mousemove", "300", "300")
    _press_until(display, program, "1", lambda: "PositionPatient" in _commands(out))
    _xdotool(display, "mousemove", "1000", "153", "click", "1")  # the button "Time-out"
    _wait(lambda: "TimeOut" in _commands(out), program)
    _xdotool(display, "key", "3")
    _wait(lambda: "AcquireMyelogram" in _commands(out), program)
    _leave(display, program)
    before, record = _commands(out), (out / "session.jsonl").read_bytes()
    with (out / "session.jsonl").open("ab") as file:
        file.write(b'{"seq":99,"kind":"comm')  # as a kill would leave it

    again = _play(display, "--resume", str(out))
    _wait(lambda: in_use(out / "session.jsonl"), again)
    _leave(display, again)
    assert again.stderr is not None
    assert "torn line of 22 bytes" in again.stderr.read()
    assert _commands(out) == before
    assert (out / "session.jsonl").read_bytes().startswith(record)  # it went on in its own record
    assert not (out / "earlier-1").exists()
    assert read_session(out).header.learner == "r-3"


def _press_until(
    environment: dict[str, str], program: subprocess.Popen[str], key: str, condition: Callable[[], bool]
) -> None:
    """The briefing may not have come yet: press again until somebody listens."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert program.poll() is None, program.stderr and program.stderr.read()
        assert time.monotonic() < end
        _xdotool(environment, "key", key)
        time.sleep(0.5)


def _leave(environment: dict[str, str], program: subprocess.Popen[str]) -> None:
    """Menu, then leave, until the program has gone."""
    end = time.monotonic() + PATIENCE_S
    while program.poll() is None:
        assert time.monotonic() < end
        _xdotool(environment, "key", "Escape")
        time.sleep(0.4)
        _xdotool(environment, "key", "F12")
        time.sleep(0.6)
    assert program.returncode == 0, program.stderr and program.stderr.read()
