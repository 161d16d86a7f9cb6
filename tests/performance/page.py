"""Page: the performance page of the docs, made from a result.

`python -m tests.performance.page FILE.json docs/performance.md`.
All figures come from the file; only the section on what did not help is kept by hand, in `did_not_help.md`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.performance.aims import AIMS, found
from tests.performance.show import said

_HERE = Path(__file__).resolve().parent

_TOP = """# How fast it is

Measured by `python -m tests.performance` on {processor}, {cores} cores, Python {python}, numpy {numpy}, numba {numba},
scipy {scipy}; load average before: {load}. The figures belong to that machine; no test asserts on them.

A press is three 512 x 512 slices from 1160 views of 672 columns, with spectrum and noise, on patient 2 as shipped: a
bent needle that lies elsewhere each time, {patch} mL of patch in the canal, and a patient who shifts at every fifth
press. The worst pose: {worst}.
"""

_AGAIN = """## Again
```
python -m tests.performance                              # all of it as a table, some ten minutes
python -m tests.performance press planning               # some parts
python -m tests.performance compilation                  # what each kernel costs on a first start
python -m tests.performance --against COMMIT             # in turns with another commit; a row in docs/benchmark.csv
python -m tests.performance --json > performance.json
python -m tests.performance.page performance.json docs/performance.md
```
Every part is a process of its own. The machine must be idle: company on the cores spoils the milliseconds, and the
ratios too, since our loops wait for the slower of their threads and ASTRA's slices do not wait for each other.
"""


def page(result: dict[str, Any], did_not_help: str) -> str:
    """The page's text."""
    parts, about = result["parts"], result["machine"]
    top = _TOP.format(
        **{name: about[name] for name in ("processor", "cores", "python", "numpy", "numba", "scipy")},
        load=said(about["load_average_before"]),
        patch=said(found(parts, ("press", "patch_ml"))),
        worst=f"needle {said(found(parts, ('press', 'worst_pose')))}",
    )
    sections = [
        top + "\n" + _table(("", "asked", "aim", "measured"), [_asked(result, aim) for aim in AIMS]),
        _poses(parts),
        _stages(parts),
        _peer(parts),
        _growth(parts),
        _patient(parts),
        _memory(parts),
        "## What did not help\n" + did_not_help.strip() + "\n",
        _AGAIN,
    ]
    return "\n".join(section for section in sections if section)


def _asked(result: dict[str, Any], aim: Any) -> tuple[str, str, str, str]:
    value = result[aim.key]
    return aim.what, aim.asked, aim.aim, "not measured" if value is None else f"{said(value)} {aim.unit}"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def _poses(parts: dict[str, Any]) -> str:
    poses = found(parts, ("press", "poses"))
    if not poses:
        return ""
    rows = [
        (
            pose,
            said(each["presses_per_s"]),
            said(each["wall_ms"]["median"]),
            said(each["wall_ms"]["p95"]),
            said(found(each, ("after_a_shift_ms", "median"))),
            said(each["processor_ms"]["median"]),
        )
        for pose, each in poses.items()
    ]
    head = ("needle", "presses/s", "median, ms", "p95, ms", "after a shift, median, ms", "processor time, ms")
    return "## Poses\n" + _table(head, rows)


def _stages(parts: dict[str, Any]) -> str:
    spent = found(parts, ("press", "stages_in_worst_pose", "stages_ms"))
    if not spent:
        return ""
    limits = found(parts, ("limits", "stages")) or {}
    speed = found(parts, ("limits", "machine")) or {}
    rows = []
    for stage, took in spent.items():
        bound = limits.get(stage)
        own = ("", "", "", "")
        if bound is not None:
            own = (
                said(bound["mega_operations"]),
                said(bound["megabytes"]),
                f"{bound['bound_ms']} ({bound['bound_by']})",
                said(round(took / bound["bound_ms"], 1)),
            )
        rows.append((stage, said(took), *own))
    text = "## Stages, and how far they are from what the machine allows\n"
    if speed:
        text += (
            f"This machine moves {speed['memory_gb_per_s']} GB/s (triad) and multiplies and adds "
            f"{speed['single_precision_gflops']} Gflop/s in single\nprecision, {speed['threads']} threads, with code "
            "compiled as ours. Bound: the larger of operations and bytes, counted by\nformula, each input read and "
            "each output written once. Medians of the worst pose.\n\n"
        )
    head = ("stage", "ms", "million operations", "MB", "bound, ms", "times the bound")
    return text + _table(head, rows)


def _peer(parts: dict[str, Any]) -> str:
    peer = parts.get("peer")
    if not peer:
        return ""
    if peer.get("ratio") is None:
        return f"## Beside ASTRA\nNot measured: {peer.get('reason', peer.get('error'))}\n"
    rows = [
        (name, said(peer[key]["median"]), f"{said(peer[key]['min'])} to {said(peer[key]['max'])}", ratio)
        for name, key, ratio in (
            ("ASTRA: projection, rebinning, FBP", "astra_ms", ""),
            ("our press, planes kept", "press_ms", said(peer["ratio"])),
            ("our first press at new planes", "first_press_ms", said(peer["ratio_first_press"])),
            ("ours, the same work", "same_work_ms", said(peer["ratio_same_work"])),
        )
    ]
    return (
        f"## Beside ASTRA\nASTRA {peer['version']} on the CPU, three slices on two threads (`line_fanflat`, rebinning, "
        "FBP with `linear`), without\nspectrum, noise or needle; alternating with ours in one process. A press has all "
        "three. The same work projects\none plane a slice and reconstructs; ours projects three materials where ASTRA "
        "projects "
        "one.\n\n" + _table(("", "median, ms", "range, ms", "ASTRA's over ours"), rows)
    )


def _growth(parts: dict[str, Any]) -> str:
    growth = parts.get("growth")
    if not growth or "error" in growth:
        return ""
    names: list[str] = []
    for each in growth.values():
        names += [stage for stage in each["stage_exponents"] if stage not in names]
    sizes = [
        (
            what,
            ", ".join(f"{ms} at {size}" for size, ms in zip(each["sizes"], each["ms"], strict=True)),
            said(each["exponent"]),
            said(each["last_doubling"]),
        )
        for what, each in growth.items()
    ]
    stages = [
        (name, *(said(each["stage_exponents"].get(name)).replace("not measured", "") for each in growth.values()))
        for name in names
    ]
    return (
        "## Growth\nTime of an image with a new needle, planes kept, as one size varies; the exponent is the slope of "
        "log time over log size.\n\n"
        + _table(("size", "ms", "exponent", "last doubling"), sizes)
        + "\nBy stage:\n\n"
        + _table(("stage", *growth), stages)
    )


def _patient(parts: dict[str, Any]) -> str:
    patient = parts.get("patient")
    if not patient or "error" in patient:
        return ""
    keys = ("mm", "build_s", "processor_s", "load_s", "voxels_mb", "peak_mb")
    rows = [(f"{top} to S1", *(said(each[key]) for key in keys)) for top, each in patient["by_top"].items()]
    rows.append(("exponent", *(said(patient["exponents"][key]) if key in patient["exponents"] else "" for key in keys)))
    head = ("vertebrae", "mm", "built, s", "processor time, s", "from the cache, s", "voxels, MB", "peak memory, MB")
    return (
        "## Patients\nOne person shown up to ever higher vertebrae, built on all cores into an empty cache, then "
        "loaded from\nit; the exponent is the slope over length. The neck is slimmer than the trunk, so voxels grow "
        "a little less than length.\n\n" + _table(head, rows)
    )


def _memory(parts: dict[str, Any]) -> str:
    cases = parts.get("memory")
    if not cases or "error" in cases:
        return ""
    text = "## Memory\nThe demo stage by stage; stages that move nothing by 1 MB are left out.\n"
    for name, case in cases.items():
        rows = []
        for stage, row in case["stages_mb"].items():
            if abs(row["grown"]) >= 1.0 or row["peak"] - row.get("resident", 0.0) >= 1.0:
                rows.append(
                    (
                        stage,
                        f"{row['grown']:+.0f}",
                        said(row.get("resident")),
                        said(row.get("anonymous")),
                        said(row["peak"]),
                    )
                )
        head = ("stage", "grown by, MB", "resident, MB", "of it allocated, MB", "peak, MB")
        text += f"\n{name.capitalize()}, peak {case['peak_rss_mb']} MB:\n\n" + _table(head, rows)
    return text


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit("usage: python -m tests.performance.page FILE.json docs/performance.md")
    result = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    text = page(result, (_HERE / "did_not_help.md").read_text(encoding="utf-8"))
    Path(sys.argv[2]).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
