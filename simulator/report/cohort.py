"""Cohort: learners by their attempts, who is competent at what, and who needs what next, as one HTML file."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from simulator.report.advice import give_advice
from simulator.report.cohort_figures import cusum_figure, spread_figure
from simulator.report.learners import NOT_EPIDURAL, Attempt, Attempts
from simulator.report.metric_rows import metric_row, printed_value
from simulator.report.page import environment, write_page
from simulator.report.words import count, number
from simulator.scoring.cusum import PLACEMENT, PUNCTURE, CusumPlan, cusum
from simulator.scoring.wilson_interval import wilson_interval
from simulator.vocabulary.scoring import MetricId
from simulator.wording.chosen import WORDS

LATEST = 3  # attempts that say what is needed next
SPREAD = (
    MetricId.DLP_GUIDANCE,
    MetricId.CTF_IMAGES,
    MetricId.DURAL_MARGIN,
    MetricId.REDIRECTIONS,
    MetricId.TIME_WITH_NEEDLE,
    MetricId.LEAK_COVERAGE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerRow:
    """One learner in the table.

    Attributes:
        success: share and its 95 % interval (Wilson), in words
        standing: by CUSUM, for each family of scenarios
        next_step: what is needed next, and why
    """

    learner: str
    attempts: int
    success: str
    punctures: int
    latest: str
    mean: str
    standing: tuple[str, ...]
    next_step: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A figure with what it shows in words."""

    heading: str
    words: str
    picture: Markup


def write_cohort(attempts: Attempts, out: Path, *, title: str) -> None:
    """Write the report of a folder's learners.

    Args:
        out: the HTML file; its folder must exist
        title: shown as text, whatever it holds
    """
    page = environment().get_template("cohort.html").render(
        title=title,
        attempts=len(attempts.finished),
        rows=[_row(learner, attempts.by_learner(learner)) for learner in attempts.learners],
        curves=_curves(attempts),
        spreads=_spreads(attempts),
        left_out=attempts.left_out,
        verified=attempts.verified,
        plan=PLACEMENT,
        strict=PUNCTURE,
    )  # fmt: skip
    write_page(page, out)


def _families(own: Sequence[Attempt]) -> dict[str, list[Attempt]]:
    found: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in own:
        found[attempt.family].append(attempt)
    return dict(found)


def _row(learner: str, own: Sequence[Attempt]) -> LearnerRow:
    good = sum(not attempt.failed for attempt in own)
    low, high = wilson_interval(good, len(own))
    next_step, why = choose_next_step(own)
    return LearnerRow(
        learner=learner,
        attempts=len(own),
        success=f"{good} of {len(own)} ({100 * low:.0f}–{100 * high:.0f} %)",
        punctures=sum(attempt.punctured for attempt in own),
        latest=f"{own[-1].card.score:.0f}",
        mean=f"{sum(attempt.card.score for attempt in own) / len(own):.0f}",
        standing=tuple(f"{family}: {_standing(some, PLACEMENT)}" for family, some in _families(own).items()),
        next_step=next_step,
        why=why,
    )


def _standing(own: Sequence[Attempt], plan: CusumPlan) -> str:
    curve = cusum([attempt.failed for attempt in own], plan)
    if curve.standing == "competent":
        return "competent"
    return f"{curve.standing}, {count(curve.still_needed, 'success', 'successes')} in a row to go"


def choose_next_step(own: Sequence[Attempt]) -> tuple[str, str]:
    """What a learner should practise next, and what that rests on: the latest attempts' dearest advice."""
    latest = own[-LATEST:]
    failed = [attempt for attempt in latest if attempt.failed]
    if failed:
        reasons = Counter(WORDS.cap_reasons(attempt.card.caps) or NOT_EPIDURAL for attempt in failed)
        reason, times = reasons.most_common(1)[0]
        return "Repeat with an assessor beside", f"{times} of the latest {len(latest)}: {reason}"
    lost: dict[str, float] = defaultdict(float)
    for attempt in latest:
        for piece in give_advice(attempt.card):
            lost[piece.words] += piece.points / len(latest)
    words, points = max(lost.items(), key=lambda item: item[1])
    if points <= 0:
        return "A harder case", f"nothing was lost in the latest {count(len(latest), 'attempt')}"
    return words, f"{number(points, 2)} points a run over the latest {count(len(latest), 'attempt')}"


def _curves(attempts: Attempts) -> list[Chart]:
    found: list[Chart] = []
    for learner in attempts.learners:
        for family, own in _families(attempts.by_learner(learner)).items():
            curve = cusum([attempt.failed for attempt in own], PLACEMENT)
            name = f"cusum-{len(found)}"
            title = f"CUSUM of failed placements of {learner}, {family}: {curve.standing}"
            found.append(
                Chart(
                    heading=f"{learner}, {family}",
                    words=f"{count(len(own), 'attempt')}: {_standing(own, PLACEMENT)}",
                    picture=cusum_figure(name, title, curve, PLACEMENT),
                )
            )
    return found


def _spreads(attempts: Attempts) -> list[Chart]:
    charts: list[Chart] = []
    for metric_id in SPREAD:
        chart = _spread(attempts, metric_id, f"spread-{len(charts)}")
        if chart is not None:
            charts.append(chart)
    return charts


def _spread(attempts: Attempts, metric_id: MetricId, picture_name: str) -> Chart | None:
    """How one metric spreads over the learners; None where nobody has a value."""
    rows: list[tuple[str, list[float]]] = []
    printed, reference = "", ""
    for learner in attempts.learners:
        values = []
        for attempt in attempts.by_learner(learner):
            metric = attempt.card.metric(metric_id)
            value = None if metric is None else printed_value(metric)
            if metric is not None and value is not None:
                values.append(value)
                row = metric_row(metric)
                printed, reference = row.unit, row.reference
        if values:
            rows.append((learner, values))
    if not rows:
        return None
    name = WORDS.metrics[metric_id].name
    title = f"{name} of every attempt, by learner" + (f", {printed}" if printed else "")
    return Chart(
        heading=name,
        words=f"Reference: {reference}." if reference else "",
        picture=spread_figure(picture_name, title, rows, printed),
    )
