"""Front figure: safe success against median dose, one line for each operator, intervals and the front drawn in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.strategies.summary import Group

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's colours, told apart with any colour vision
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKS = "osD^vPX"


def draw_front(groups: Sequence[Group], path: Path, title: str) -> None:
    """Draw the groups as a PNG file: above, success without harm or luck; below, dural puncture."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    figure = Figure(figsize=(9.0, 7.5), layout="constrained")
    FigureCanvasAgg(figure)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    unit = " mAs" if all(group.label.endswith(" mAs") for group in groups) else ""
    names = list(dict.fromkeys((group.scenario, group.operator) for group in groups))
    several = len({scenario for scenario, _ in names}) > 1
    for index, (scenario, operator) in enumerate(names):
        mine = sorted(
            (group for group in groups if (group.scenario, group.operator) == (scenario, operator)),
            key=lambda group: group.cost.dlp_mgy_cm.value,
        )
        style = {"color": COLOURS[index % len(COLOURS)], "marker": MARKS[index % len(MARKS)], "capsize": 3}
        label = f"{scenario}: {mine[0].name}" if several else mine[0].name
        doses = [group.cost.dlp_mgy_cm.value for group in mine]
        for axes, counted in (
            (upper, [group.outcome.safe for group in mine]),
            (lower, [group.outcome.puncture for group in mine]),
        ):
            shares = [100 * share.count / group.runs for share, group in zip(counted, mine, strict=True)]
            lows, highs = zip(*(share.interval for share in counted), strict=True)
            below = [max(share - 100 * low, 0.0) for share, low in zip(shares, lows, strict=True)]
            above = [max(100 * high - share, 0.0) for share, high in zip(shares, highs, strict=True)]
            axes.errorbar(doses, shares, yerr=(below, above), label=label, elinewidth=1.0, **style)
        for group, dose in zip(mine, doses, strict=True):
            upper.annotate(
                group.label.removesuffix(unit),
                (dose, 100 * group.outcome.safe.count / group.runs),
                xytext=(4, -13 - 9 * index),  # each operator's in a row of their own
                textcoords="offset points",
                fontsize=7,
                color=str(style["color"]),
            )
    _mark_front(upper, groups)
    lowest = min((100 * group.outcome.safe.interval[0] for group in groups), default=0.0)
    bottom = max(10 * math.floor((lowest - 5) / 10), -3)
    title += " (numbers: mAs of one rotation)" if unit else ""
    upper.set(title=title, ylabel="success without harm or luck, %", ylim=(bottom, 101.5))
    lower.set(xlabel="median dose-length product of a procedure, mGy cm", ylabel="dural puncture, %", ylim=(-1, None))
    if all(group.cost.dlp_mgy_cm.value > 0 for group in groups):
        lower.set_xscale("log")
        lower.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        lower.xaxis.set_major_formatter(FuncFormatter(lambda value, location: f"{value:g}"))
        lower.xaxis.set_minor_formatter(NullFormatter())
    for axes in (upper, lower):
        axes.grid(color="0.9")
    handles, labels = upper.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, fontsize=8)
    figure.savefig(path, format="png", dpi=110)


def _mark_front(axes: Axes, groups: Sequence[Group]) -> None:
    """Join the groups of each scenario that no other one beats in dose, safe success and harm."""
    for scenario in dict.fromkeys(group.scenario for group in groups):
        best = sorted(
            (group for group in groups if group.scenario == scenario and group.on_front),
            key=lambda group: group.cost.dlp_mgy_cm.value,
        )
        x = [group.cost.dlp_mgy_cm.value for group in best]
        y = [100 * group.outcome.safe.count / group.runs for group in best]
        ring: dict[str, Any] = {"marker": "o", "markersize": 14, "markerfacecolor": "none", "markeredgecolor": "0.5"}
        axes.plot(x, y, "--", drawstyle="steps-post", color="0.6", zorder=0, label="Pareto front", **ring)
