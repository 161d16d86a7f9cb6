"""Summary page: the groups of a study, their comparisons and what its number of runs can tell, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.strategies.comparisons import OUTCOMES, Comparison
from simulator.strategies.intervals import Interval, runs_to_tell
from simulator.strategies.study import Study
from simulator.strategies.summary import Group, Share, hypervolumes

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
    outcome, cost, paired, runs = group.outcome, group.cost, group.paired, group.runs
    minutes = None if cost.procedure_s.interval is None else _scaled(cost.procedure_s.interval, 1 / 60)
    return [
        group.name,
        group.label,
        str(runs),
        _share(outcome.success, runs),
        _share(outcome.safe, runs),
        _share(outcome.puncture, runs),
        f"{100 * outcome.harmed / runs:.0f} %",
        f"{cost.dlp_mgy_cm.value:.1f}{_interval(cost.dlp_mgy_cm.interval, 1)}",
        f"{cost.median_guidance_dlp_mgy_cm:.1f}",
        "" if outcome.median_margin_mm is None else f"{outcome.median_margin_mm:.1f}",
        f"{cost.median_ctf_images:g}",
        f"{cost.procedure_s.value / 60:.0f}{_interval(minutes, 0)}",
        f"{outcome.score.value:.0f}{_interval(outcome.score.interval, 0)}",
        "" if outcome.median_levels is None else f"{outcome.median_levels:.1f}",
        f"{100 * outcome.mean_seal:.0f} %",
        _share(outcome.cure, runs),
        f"{paired.gained} / {paired.lost} ({paired.p_value:.2g})",
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


def _share(share: Share, runs: int) -> str:
    low, high = share.interval
    return f"{100 * share.count / runs:.0f} % ({100 * low:.0f}-{100 * high:.0f})"


def _interval(interval: Interval | None, digits: int) -> str:
    return "" if interval is None else f" ({interval[0]:.{digits}f}-{interval[1]:.{digits}f})"


def _scaled(interval: Interval, factor: float) -> Interval:
    return interval[0] * factor, interval[1] * factor
