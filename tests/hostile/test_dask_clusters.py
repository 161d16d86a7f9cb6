"""A Dask cluster that loses its workers or its scheduler ends a study by one message; what was done is kept."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

import simulator.strategies.sweep as sweep
from simulator.errors import UserInputError

distributed = pytest.importorskip("distributed")


def slow_run(trial: Any) -> dict[str, Any]:
    time.sleep(0.2)
    return {"row": {"key": trial}}


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(sweep, "run_trial", slow_run)
    monkeypatch.setattr(sweep, "LOOK_S", 0.05)
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as made:
        yield made


def test_more_runs_than_are_handed_out_at_once(cluster: Any) -> None:
    rows = list(sweep.on_dask(list(range(8)), cluster.scheduler_address))  # type: ignore[arg-type]
    assert sorted(row["key"] for row in rows) == list(range(8))


def test_a_run_outlasts_many_looks(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "ALONE_S", 0.0)  # busy workers are there
    assert len(list(sweep.on_dask([1, 2], cluster.scheduler_address))) == 2  # type: ignore[list-item]


def test_a_cluster_without_workers(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "ALONE_S", 0.3)
    rows = sweep.on_dask(list(range(8)), cluster.scheduler_address)  # type: ignore[arg-type]
    next(rows)
    cluster.scale(0)
    with pytest.raises(UserInputError, match=r"has no worker.*--resume"):
        list(rows)


def test_a_scheduler_that_is_lost(cluster: Any) -> None:
    rows = sweep.on_dask(list(range(8)), cluster.scheduler_address)  # type: ignore[arg-type]
    next(rows)
    cluster.close()
    with pytest.raises(UserInputError, match=r"the scheduler is gone.*--resume"):
        list(rows)


def test_a_run_that_ends_its_workers() -> None:
    class Lost:
        def result(self) -> None:
            raise distributed.KilledWorker("run_trial-1", SimpleNamespace(address="tcp://host:1"), 3)

    with pytest.raises(UserInputError, match="one run ended several workers"):
        sweep._result(distributed, Lost(), "--dask tcp://host:8786")
