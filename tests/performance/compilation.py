"""Compilation: what each kernel costs on a first start, `python -m tests.performance.compilation [PART...]`.

Each part of the warm-up is compiled by a process of its own into an empty cache, one after another. A kernel's seconds
are without those of the helpers that it makes the compiler read first.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from simulator.warm_up import PARTS, main
from tests.performance.gauges import say

PROJECT = Path(__file__).resolve().parents[2]


def compiled(part: str) -> list[dict[str, Any]]:
    """Kernels of a part as this process compiles them, the dearest first."""
    from numba.core import event  # after the cache is chosen

    costs: dict[str, dict[str, Any]] = {}
    open_since: list[list[Any]] = []

    class Watch(event.Listener):
        def on_start(self, event: Any) -> None:
            open_since.append([perf_counter(), 0.0])

        def on_end(self, event: Any) -> None:
            begun, inside = open_since.pop()
            took = perf_counter() - begun
            if open_since:
                open_since[-1][1] += took
            function = event.data["dispatcher"].py_func
            name = f"{function.__module__}.{function.__qualname__}"
            one = costs.setdefault(name, {"kernel": name, "signatures": 0, "seconds": 0.0})
            one["signatures"] += 1
            one["seconds"] = round(one["seconds"] + took - inside, 2)

    watch = Watch()
    event.register("numba:compile", watch)
    main(part)
    event.unregister("numba:compile", watch)
    return sorted(costs.values(), key=lambda one: -one["seconds"])


def measure(parts: tuple[str, ...] = PARTS) -> dict[str, Any]:
    """Kernels of each part, their sum, and the seconds of the whole process."""
    found: dict[str, Any] = {}
    for part in parts:
        say(f"compilation: {part}, into an empty cache")
        with tempfile.TemporaryDirectory() as cache:
            begun = perf_counter()
            line = [sys.executable, "-m", "tests.performance.compilation", "--inside", part]
            environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
            done = subprocess.run(line, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, check=True, text=True)
            kernels = json.loads(done.stdout)
            total = round(sum(one["seconds"] for one in kernels), 1)
            found[part] = {"process_s": round(perf_counter() - begun, 1), "kernels_s": total, "kernels": kernels}
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        print(json.dumps(compiled(sys.argv[2])))
    else:
        print(json.dumps(measure(tuple(sys.argv[1:]) or PARTS), indent=1))
