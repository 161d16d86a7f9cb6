"""Own metrics: measures that another package adds, found by entry point and run over any recorded session.

A package declares them in its pyproject.toml:

    [project.entry-points."ctfsim.metrics"]
    needle_pauses = "my_package.metrics:needle_pauses"

where `needle_pauses(summary) -> Metric` (or a list of them) takes a
`simulator.scoring.procedure_summary.ProcedureSummary`. They stand beside the rubric's metrics in replay and debrief,
and never in the scorecard, which has to be the same everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points

from simulator.errors import UserInputError
from simulator.scoring.metric import Metric
from simulator.scoring.procedure_summary import ProcedureSummary

GROUP = "ctfsim.metrics"


def user_metrics(summary: ProcedureSummary, found: Iterable[EntryPoint] | None = None) -> list[Metric]:
    """What the installed packages measure of a procedure, in the order of their names.

    Args:
        found: entry points; those of the group `ctfsim.metrics` if None

    Raises:
        UserInputError: a measure cannot be loaded, fails, or gives something that is no finite `Metric`.
    """
    points = entry_points(group=GROUP) if found is None else found
    rows: list[Metric] = []
    for point in sorted(points, key=lambda p: p.name):
        place = f"metric {point.name!r} ({point.value})"
        try:
            given = point.load()(summary)
        except Exception as error:  # whatever a user's code raises
            raise UserInputError(
                place, f"it failed with {type(error).__name__}: {error}", "mend or uninstall the package that adds it"
            ) from error
        for row in given if isinstance(given, list) else [given]:
            if not isinstance(row, Metric):
                raise UserInputError(
                    place, f"it gave {type(row).__name__}", "return simulator.scoring.metric.Metric, or a list of it"
                )
            if row.value is not None and not math.isfinite(row.value):
                raise UserInputError(place, f"{row.name!r} is {row.value}", "return None where a metric does not apply")
            rows.append(row)
    return rows
