"""Summary page: the groups of a study, their comparisons and what its number of runs can tell, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.strategies.comparisons import OUTCOMES, Comparison
from simulator.strategies.intervals import Interval, runs_to_tell
from simulator.strategies.study import Study
from simulator.strategies.summary import Group, hypervolumes

PUBLISHED_PUNCTURE = 0.014  # AJR 2017;209:656: 14 of 974
SHOWN_P = 0.05


def markdown(study: Study, groups: Sequence[Group], comparisons: Sequence[Comparison] = ()) -> str:
    """One table of all groups, the hypervolumes, the comparisons that tell something, and what n would tell."""
    several = len(study.scenarios) > 1
    head = [
        *(["scenario"] if several else []),
        "operator",
        "setting",
        "runs",
        "success (95 % CI)",
        "without harm or luck (95 % CI)",
        "dural puncture (95 % CI)",
        "harm",
        "median DLP (95 % CI), mGy cm",
        "of it guidance",
        "median margin to the dura, mm",
        "median images",
        "median time (95 % CI), min",
        "median score (95 % CI)",
        "median levels reached",
        "mean chance of a seal",
        "lasting relief (95 % CI)",
        "paired with the first: gained / lost (p)",
        "ended badly",
        "front",
    ]
    lines = [_line(head), "|" + "---|" * len(head)]
    lines += [_line([*([group.scenario] if several else []), *_cells(group)]) for group in groups]
    volumes = "; ".join(f"{name} {value:g}" for name, value in hypervolumes(groups).items())
    about = f"Hypervolume to safe success 0 and DLP 200 mGy cm, in mGy cm: {volumes}."
    return "\n".join([*lines, "", about, "", *_compared(comparisons), *_enough(groups)]) + "\n"


def _cells(group: Group) -> list[str]:
    minutes = None if group.procedure_interval is None else _scaled(group.procedure_interval, 1 / 60)
    return [
        group.operator,
        group.label,
        str(group.runs),
        _share(group.successes, group.runs, group.success),
        _share(group.safe, group.runs, group.safe_share),
        _share(group.punctures, group.runs, group.puncture),
        f"{100 * group.harmed / group.runs:.0f} %",
        f"{group.median_dlp_mgy_cm:.1f}{_interval(group.dlp_interval, 1)}",
        f"{group.median_guidance_dlp_mgy_cm:.1f}",
        "" if group.median_margin_mm is None else f"{group.median_margin_mm:.1f}",
        f"{group.median_ctf_images:g}",
        f"{group.median_procedure_s / 60:.0f}{_interval(minutes, 0)}",
        f"{group.median_score:.0f}{_interval(group.score_interval, 0)}",
        "" if group.median_levels is None else f"{group.median_levels:.1f}",
        f"{100 * group.mean_seal:.0f} %",
        _share(group.cured, group.runs, group.cure),
        f"{group.gained} / {group.lost} ({group.p_value:.2g})",
        str(group.bad_ends or ""),
        "yes" if group.on_front else "",
    ]


def _compared(comparisons: Sequence[Comparison]) -> list[str]:
    """Comparisons whose corrected p lies below 0.05; all stand in `comparisons.csv`."""
    if not comparisons:
        return []
    told = [one for one in comparisons if one.p_holm < SHOWN_P]
    found = f"{len(told)} of {len(comparisons)} paired comparisons tell two groups apart"
    lines = [f"{found} (p below {SHOWN_P:g} after Holm, over all of one outcome); all are in `comparisons.csv`.", ""]
    if told:
        head = ["outcome", "first", "second", "pairs", "second less first (95 % CI)", "p", "p after Holm"]
        lines += [_line(head), "|" + "---|" * len(head)]
        for one in sorted(told, key=lambda one: OUTCOMES.index(one.outcome)):
            low, high = one.interval
            change = f"{one.difference:+.3g} ({low:+.3g} to {high:+.3g})"
            p_values = (f"{one.p_value:.2g}", f"{one.p_holm:.2g}")
            lines.append(_line([one.outcome, one.first, one.second, str(one.pairs), change, *p_values]))
        lines.append("")
    return lines


def _enough(groups: Sequence[Group]) -> list[str]:
    """What these runs can and cannot tell."""
    runs = max((group.runs for group in groups), default=0)
    needed = runs_to_tell(PUBLISHED_PUNCTURE, 2 * PUBLISHED_PUNCTURE)
    return [
        f"To tell {100 * PUBLISHED_PUNCTURE:g} % of dural punctures, as published, from twice as many takes {needed} "
        f"runs in each group (power 80 %, two-sided 5 %); the largest group here has {runs}."
    ]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _share(count: int, runs: int, interval: Interval) -> str:
    return f"{100 * count / runs:.0f} % ({100 * interval[0]:.0f}-{100 * interval[1]:.0f})"


def _interval(interval: Interval | None, digits: int) -> str:
    return "" if interval is None else f" ({interval[0]:.{digits}f}-{interval[1]:.{digits}f})"


def _scaled(interval: Interval, factor: float) -> Interval:
    return interval[0] * factor, interval[1] * factor
