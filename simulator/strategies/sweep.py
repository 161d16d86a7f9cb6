"""Sweep: the runs of a study over processes here or on a Dask cluster, each written down as it ends."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import connection
from typing import Any

from phantoms.kernel_cache import CACHE_VARIABLE, process_cache_folder
from simulator.errors import UserInputError, combine_errors
from simulator.strategies.study import Trial
from simulator.strategies.trial import Row, run_trial

AHEAD = 3  # runs that wait for each worker: enough to keep it busy, few enough to stop soon
ONE_THREAD = dict.fromkeys(("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
CONNECT_S = 3
LOOK_S, ALONE_S = 5.0, 60.0  # how often a cluster is looked after, and how long it may be without a worker


Work = Callable[[Trial], dict[str, Any]]
"""Carries a run out wherever it is sent, and gives its row or its faults as `run_trial` does."""


def in_processes(trials: Sequence[Trial], workers: int, work: Work = run_trial) -> Generator[Row]:
    """Results as they come from this many processes of one thread each.

    Raises:
        UserInputError: a run's input is at fault, or a process died.
    """
    with _environment({**ONE_THREAD, CACHE_VARIABLE: str(process_cache_folder())}):
        others = set(multiprocessing.active_children())
        pool = ProcessPoolExecutor(
            max_workers=workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_prepare_worker,
        )
        try:
            yield from _as_they_end(pool, trials, workers * AHEAD, work)
            pool.shutdown()
        except BrokenProcessPool as error:
            raise UserInputError(
                "bench", "a worker process was killed, perhaps for want of memory", "--resume with fewer --workers"
            ) from error
        finally:  # after a fault or Ctrl-C nobody wants what is still under way
            pool.shutdown(wait=False, cancel_futures=True)
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()


def _as_they_end(pool: ProcessPoolExecutor, trials: Sequence[Trial], most: int, work: Work) -> Iterator[Row]:
    """Rows of runs in a pool, of which no more than `most` are handed to it at a time."""
    waiting = iter(trials)
    running: set[Future[Row]] = set()
    while True:
        while len(running) < most and (trial := next(waiting, None)) is not None:
            with _interrupts_held_back():
                running.add(pool.submit(work, trial))
        if not running:
            return
        done, running = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            yield unwrap_row(future.result())


def on_dask(trials: Sequence[Trial], address: str) -> Iterator[Row]:
    """Results as they come from the workers of a Dask scheduler; a run whose worker is gone is done by another.

    Raises:
        UserInputError: Dask is not installed, the scheduler does not answer or is lost, no worker is there for a
            minute, the same run ended several workers, or a run's input is at fault.
    """
    distributed, client = _connected(address)
    what = f"--dask {address}"
    with _own_words_alone(), client:
        waiting = iter(trials)
        running: set[Any] = set()
        while True:
            with _loss_told(what):
                most = max(AHEAD * len(client.nthreads()), AHEAD)
                while len(running) < most and (trial := next(waiting, None)) is not None:
                    running.add(client.submit(run_trial, trial, pure=False, retries=1))
            if not running:
                return
            with _loss_told(what):
                done, running = _some_that_ended(distributed, client, running, what)
            for future in done:
                yield unwrap_row(_result(distributed, future, what))


def _some_that_ended(distributed: Any, client: Any, running: set[Any], what: str) -> tuple[set[Any], set[Any]]:
    """Runs that have ended, and the others; UserInputError where no worker is there for a minute."""
    alone_since: float | None = None
    while True:
        try:
            with client.as_current():
                ended = distributed.wait(running, timeout=LOOK_S, return_when="FIRST_COMPLETED")
        except TimeoutError:
            now = time.monotonic()
            alone_since = None if client.nthreads() else alone_since or now
            if alone_since is not None and now - alone_since >= ALONE_S:
                fix = "start one (dask worker ADDRESS); what was done is kept: --resume"
                raise UserInputError(what, "the scheduler has no worker", fix) from None
        else:
            return ended.done, ended.not_done


def _result(distributed: Any, future: Any, what: str) -> dict[str, Any]:
    """What `run_trial` gave; UserInputError where the cluster has lost the run."""
    try:
        result: dict[str, Any] = future.result()
    except distributed.KilledWorker as error:
        fix = "give workers more memory (the log of one says why it ended); --resume"
        raise UserInputError(what, "one run ended several workers, perhaps for want of memory", fix) from error
    except CancelledError as error:
        raise _scheduler_gone(what) from error
    return result


@contextmanager
def _loss_told(what: str) -> Iterator[None]:
    """UserInputError where the scheduler does not answer any more."""
    try:
        yield
    except (CancelledError, OSError) as error:
        raise _scheduler_gone(what) from error


def _scheduler_gone(what: str) -> UserInputError:
    return UserInputError(what, "the scheduler is gone", "start it again; what was done is kept: --resume")


@contextmanager
def _own_words_alone() -> Iterator[None]:
    """Dask's log of a lost connection, pages of it, is left out: one message says so."""
    logger = logging.getLogger("distributed.client")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before


def find_scheduler(address: str) -> None:
    """Look for a Dask scheduler before any work is done; UserInputError where none answers."""
    _connected(address)[1].close()


def _connected(address: str) -> tuple[Any, Any]:
    """Dask, and a client of the scheduler at this address; neither has types."""
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise UserInputError("--dask", "Dask is not installed", "pip install 'ct-fluoro-sim[research]'") from error
    try:
        return distributed, distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise UserInputError(f"--dask {address}", f"no scheduler answers ({error})", "tcp://HOST:8786") from error


def take_shard(trials: Sequence[Trial], number: int, count: int) -> list[Trial]:
    """Every `count`-th run, from the `number`-th (from 1) on."""
    return list(trials[number - 1 :: count])


def unwrap_row(result: dict[str, Any]) -> Row:
    """The row of a run that `run_trial` gave; UserInputError where its input is at fault."""
    if "faults" in result:
        raise combine_errors([UserInputError(*fault) for fault in result["faults"]])
    row: Row = result["row"]
    return row


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Ctrl-C waits a moment: a process that is begun meanwhile never hears it, and tells no traceback of its start.

    Windows has no such mask; there a worker that comes up as Ctrl-C is typed may say so.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare_worker() -> None:
    """A worker leaves Ctrl-C to the parent, and ends when the parent has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


@contextmanager
def _environment(changes: dict[str, str]) -> Iterator[None]:
    """Environment variables as spawned processes are to find them."""
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
