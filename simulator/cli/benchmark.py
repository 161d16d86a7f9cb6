"""Benchmark: `bench seal` commits to secret people, `bench verify` runs entries on them and writes the table."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from simulator.cli.arguments import named_path
from simulator.cli.output import say
from simulator.cli.stopping import told_when_stopped
from simulator.errors import UserInputError

PEOPLE = 100
JOURNAL = "journal.jsonl"
OF_STUDIES = ("dask", "only", "shard", "mix", "records", "json")


def add_options(bench: argparse.ArgumentParser) -> None:
    """Options of `bench seal` and `bench verify`."""
    own = bench.add_argument_group("bench seal, bench verify ENTRY ...")
    own.add_argument("--secret", type=named_path, metavar="FILE", help="the organiser's secret; `seal` makes it")
    own.add_argument("--commitment", type=named_path, metavar="FILE", help="what is published of it; `seal` writes it")
    own.add_argument("--people", type=_people, metavar="N", help=f"people of the test (default: {PEOPLE})")
    own.add_argument("--case", default=None, help="case whose seeds are the people (default: varied)")


def _people(text: str) -> int:
    if not (text.isdigit() and 1 <= int(text) <= 100_000):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of people from 1 to 100000")
    return int(text)


def seal(arguments: argparse.Namespace) -> None:
    """Make a secret and write what can be published of it."""
    from simulator.records.versions import versions
    from simulator.scenario.load import load_scenario
    from simulator.strategies.splits import CASE, commit, commitment_to_json, new_secret
    from simulator.strategies.table import write_text

    secret_path, published = _paths(arguments)
    if published.exists():
        raise UserInputError(str(published), "there is a commitment here already", "keep it, or name another file")
    file = load_scenario(Path(arguments.case or CASE))
    secret = new_secret(secret_path)
    made = commit(secret, file, arguments.people or PEOPLE, versions()["source"])
    write_text(commitment_to_json(made), published)
    say(f"The secret is in {secret_path}: keep it to yourself until the end. Publish {published}.")


def verify(arguments: argparse.Namespace, folders: list[str]) -> None:
    """Run entries on the secret people, again over the same views, and write the table."""
    from simulator.progress import Bars
    from simulator.strategies.journal import Journal
    from simulator.strategies.leaderboard import (
        benchmark_case,
        judge,
        must_cover_nothing,
        read_entry,
        write_leaderboard,
    )
    from simulator.strategies.splits import read_commitment, read_secret, seeds_of_test
    from simulator.strategies.sweep import in_processes
    from simulator.strategies.verified_runs import read_verified, run_twice
    from simulator.warm_up import compile_kernels

    for name in OF_STUDIES:
        if getattr(arguments, name):
            raise UserInputError(f"bench verify --{name}", "this is for studies", "leave it out")
    if not folders:
        raise UserInputError("bench verify", "there is no entry", "name folders with an entry.toml")
    secret_path, published = _paths(arguments)
    secret, commitment = read_secret(secret_path), read_commitment(published)
    seeds_of_test(secret, commitment)
    benchmark_case(commitment)
    entries = [read_entry(Path(folder)) for folder in folders]
    twice = {entry.name for entry in entries if sum(other.name == entry.name for other in entries) > 1}
    if twice:
        raise UserInputError("bench verify", f"two entries are called {min(twice)!r}", "rename one")
    out = arguments.out or Path("sessions") / "leaderboard"
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserInputError(
            str(out), f"this folder cannot be made ({error.strerror})", "name another --out"
        ) from error
    must_cover_nothing(out)
    kept = out / JOURNAL
    known = read_verified(kept)
    if known and not arguments.resume:
        raise UserInputError(str(kept), "runs of a leaderboard are kept here", "--resume goes on; or another --out")
    workers = arguments.workers or os.cpu_count() or 1
    with Bars() as bars, told_when_stopped(lambda: _kept(kept)), Journal(kept) as journal:
        compile_kernels(bars.report)
        standings = [
            judge(
                entry, secret=secret, commitment=commitment, out=out, known=known, journal=journal,
                carry=lambda trials: in_processes(trials, workers, run_twice), limits=arguments.limits,
                told=lambda name, done, of: bars.report(f"entry {name}", done / of),
            )
            for entry in entries
        ]  # fmt: skip
    files = write_leaderboard(standings, out)
    for one in standings:
        if not one.rows:
            say(f"{one.entry.name} does not count: {one.fault}")
    say(f"Files: {', '.join(map(str, files))}")


def _kept(journal: Path) -> str:
    """What is kept of a leaderboard that a signal ended, and how to go on."""
    if not journal.is_file() or not journal.stat().st_size:
        return "No run was done yet."
    return f"The runs that were done are in {journal}; the same command with --resume goes on with them."


def _paths(arguments: argparse.Namespace) -> tuple[Path, Path]:
    if arguments.secret is None or arguments.commitment is None:
        raise UserInputError("bench", "secret and commitment are not named", "--secret FILE --commitment FILE")
    return arguments.secret, arguments.commitment
