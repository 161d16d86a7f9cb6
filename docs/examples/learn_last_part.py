"""PPO of Stable-Baselines3 learns the last part of the way, and is judged on people whom it has not met.

    pip install -e '.[learn]'
    python docs/examples/learn_last_part.py --minutes 30 --out learned
    python docs/examples/learn_last_part.py --minutes 30 --out learned --resume      # goes on where it was

Two layers of 64 neurons on ten numbers that are read from the pixels of a small fast image. People are built before
the clock of learning starts, each process its own; `people_s` in the table says how long that took. Judged on the same
starts of unseen people: the policy before and after, the same policy with blanked images, a policy that learned with
blanked images for as many steps (`--blind-twin`), a rule on the same ten numbers that somebody wrote down, and every
fixed push. `--minutes 0` judges only what needs no learning. `--out` gets the policy, a table and a curve.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv, SubprocVecEnv

from simulator.interface import commands as c
from simulator.scoring.wilson_interval import wilson_interval
from simulator.strategies.learning.last_part import (
    BLOOD_ML,
    FAR_MM,
    FIRST_TURN,
    PULL,
    PUSHES_MM,
    STEEP_DEG,
    TREAT,
    WIDE_MM,
    LastPartEnvironment,
)
from simulator.strategies.learning.people_pool import PeoplePool
from simulator.strategies.splits import TRAIN, VALIDATION

Policy = Callable[[np.ndarray], int]
Progress = dict[str, Any]
FIXED_PUSHES_MM = tuple(range(18, 46, 2))
SEEING, BLANKED = "seeing", "blanked"
FIRST_EPISODE = 10_000  # seeds of the judged starts
# Of the rule: an unseen gap and how far one is doubted, what of a turn arrives, how much is enough, what is aimed
UNSEEN_GAP, DOUBTED_MM, TURN_ARRIVES, TURNED_ENOUGH, AIMED_MM = 0.25, 2.0, 0.9, 0.6, 2.5


def environment(people: Sequence[int], blank: bool) -> Monitor:
    """One environment, its episodes noted."""
    return Monitor(LastPartEnvironment(PeoplePool(people), blank=blank), info_keywords=())


def environments(people: Sequence[int], processes: int, blank: bool) -> DummyVecEnv | SubprocVecEnv:
    """People shared out among processes, which are spawned: a forked one would wait for ever on OpenMP's threads."""
    shares = [people[number::processes] for number in range(processes)]
    makers = [lambda share=share: environment(share, blank) for share in shares]
    return DummyVecEnv(makers) if processes == 1 else SubprocVecEnv(makers, start_method="spawn")


class Curve(BaseCallback):
    """Notes every episode that ends, keeps all now and then, and stops when the time is over.

    Args:
        seconds, most_steps: of this run, and of all runs together
        episodes: of earlier runs
        keep: writes policy and progress
    """

    def __init__(
        self, seconds: float, most_steps: int, episodes: list[tuple[int, bool]], keep: Callable[[Curve], None]
    ) -> None:
        super().__init__()
        self.started, self.seconds, self.most_steps = time.monotonic(), seconds, most_steps
        self.episodes, self.keep = episodes, keep

    def _on_rollout_end(self) -> None:
        self.keep(self)

    def _on_step(self) -> bool:
        for info in self.locals["infos"]:
            if "episode" in info:
                self.episodes.append((self.num_timesteps, bool(info["success"])))
                if len(self.episodes) % 50 == 0:
                    recent = np.mean([success for _, success in self.episodes[-50:]])
                    print(
                        f"{self.num_timesteps} steps, last 50 of {len(self.episodes)} episodes: {recent:.2f}",
                        flush=True,
                    )
        return self.num_timesteps < self.most_steps and time.monotonic() - self.started < self.seconds


def ppo(venv: DummyVecEnv | SubprocVecEnv, seed: int) -> PPO:
    """A small network; what is not the library's own was chosen on a toy, a needle on a line without images."""
    return PPO(
        "MlpPolicy",
        venv,
        n_steps=256 // venv.num_envs,
        batch_size=64,
        n_epochs=15,
        learning_rate=2e-3,
        gamma=1.0,
        gae_lambda=0.95,
        ent_coef=0.01,
        policy_kwargs={"net_arch": [64, 64], "activation_fn": torch.nn.ReLU},
        seed=seed,
        device="cpu",
    )


def judge(policy: Policy, people: PeoplePool, episodes: int, *, blank: bool = False) -> list[bool]:
    """Successes of a policy over starts that are the same for every policy."""
    judged = LastPartEnvironment(people, blank=blank)
    results = []
    for number in range(episodes):
        person = people.seeds[number % len(people.seeds)]
        seen, _ = judged.reset(seed=FIRST_EPISODE + number, options={"person": person})
        over, info = False, {}
        while not over:
            seen, _, ended, cut, info = judged.step(policy(seen))
            over = ended or cut
        results.append(bool(info["success"]))
    return results


def rule(seen: np.ndarray) -> int:
    """Aim at the sac's middle, push as far as the gap says, treat: no learning, the same ten numbers."""
    read, gap, across, lean, _, believed, expected, turned, stopped, pulled = (float(number) for number in seen)
    left_mm = FAR_MM * (gap if read else expected if believed else UNSEEN_GAP)
    if read and believed:  # a needle that seems to end too early has left the slices
        left_mm = min(left_mm, FAR_MM * expected + DOUBTED_MM)
    leans_rad = math.radians(STEEP_DEG * (lean + TURN_ARRIVES * turned))
    beside_mm = WIDE_MM * across + left_mm * math.sin(leans_rad) if read else 0.0
    to_the_left = FIRST_TURN + 1
    if stopped and not pulled:
        return PULL
    if pulled and abs(turned) < TURNED_ENOUGH / 3.0:  # past the bone: towards the middle, or steeper
        return to_the_left if (beside_mm if abs(beside_mm) > 2.0 else lean) < 0.0 else FIRST_TURN
    if left_mm > 10.0 and abs(beside_mm) > AIMED_MM and abs(turned) < TURNED_ENOUGH:
        return to_the_left if beside_mm < 0.0 else FIRST_TURN
    longest_mm = 8.0 if left_mm > 16.0 else 16.0  # a look in between
    fitting = [1 + place for place, push_mm in enumerate(PUSHES_MM) if push_mm <= min(left_mm + 1.0, longest_mm)]
    return fitting[-1] if fitting else TREAT


def judge_fixed_pushes(people: PeoplePool, episodes: int) -> dict[int, list[bool]]:
    """Successes of one push without any image, by its length, from the same starts."""
    judged = LastPartEnvironment(people, blank=True)
    found: dict[int, list[bool]] = {push_mm: [] for push_mm in FIXED_PUSHES_MM}
    for number in range(episodes):
        judged.reset(seed=FIRST_EPISODE + number, options={"person": people.seeds[number % len(people.seeds)]})
        start = judged.get_state()
        for push_mm, results in found.items():
            judged.set_state(start)
            judged.session.do(c.Advance(distance_mm=float(push_mm)))
            *_, info = judged.step(TREAT)
            results.append(bool(info["success"]))
    return found


def of_network(model: PPO) -> Policy:
    """The likeliest action."""
    return lambda seen: int(model.predict(seen, deterministic=True)[0])


def told(name: str, results: list[bool]) -> dict[str, Any]:
    """A row of the table."""
    low, high = wilson_interval(sum(results), len(results))
    share = sum(results) / len(results)
    print(f"{name}: {100 * share:.0f} % ({100 * low:.0f} to {100 * high:.0f}) of {len(results)}", flush=True)
    return {"what": name, "success": share, "low": low, "high": high, "episodes": len(results)}


def draw(curves: dict[str, list[tuple[int, bool]]], rows: list[dict[str, Any]], fixed: float, file: Path) -> None:
    """Success while it learned (of the last 50 episodes), and what was judged on unseen people."""
    figure, axes = plt.subplots(figsize=(7, 5), constrained_layout=True)
    for name, episodes in curves.items():
        steps, successes = np.array(episodes, float).T
        width = min(50, len(successes))
        mean = np.convolve(successes, np.ones(width) / width, "valid")
        axes.plot(steps[width - 1 :], 100 * mean, label=f"{name}, training people, last {width} episodes, exploring")
    end = max(episodes[-1][0] for episodes in curves.values())
    for row, place in zip(rows, (0.0, end, end), strict=False):
        spread = [[100 * (row["success"] - row["low"])], [100 * (row["high"] - row["success"])]]
        axes.errorbar(place, 100 * row["success"], spread, fmt="o", capsize=3, label=f"unseen people, {row['what']}")
    axes.axhline(100 * fixed, color="grey", linestyle="--", label="unseen people, best fixed push")
    axes.set(xlabel="steps", ylabel="treated without a puncture, %", ylim=(0, 100))
    figure.legend(loc="outside lower center", fontsize=7)
    figure.savefig(file, dpi=120)


def files(out: Path, name: str) -> tuple[Path, Path]:
    """Where a policy's parameters and how they came about are kept."""
    return out / f"{name}.pt", out / f"{name}.json"


def go_on_with(model: PPO, out: Path, name: str) -> Progress:
    """Give a fresh policy the parameters that were kept; how they came about.

    Raises:
        ValueError: what lies there is none of this script's.
    """
    policy, progress = files(out, name)
    try:
        before: Progress = json.loads(progress.read_text(encoding="utf-8"))
        kept = {key: before[key] for key in ("steps", "people_s", "wall_s", "processor_s", "curve")}
        model.set_parameters(torch.load(policy, weights_only=True))  # numbers alone: nothing in the file is carried out
        model.num_timesteps = int(kept["steps"])
    except Exception as fault:  # torch raises many kinds for the many files that hold no parameters
        raise ValueError(f"{policy}: no policy of this script ({type(fault).__name__})") from fault
    return kept


def learn(people: Sequence[int], arguments: argparse.Namespace, name: str, most_steps: int) -> tuple[PPO, Progress]:
    """Learn from the beginning, or on from what lies in the folder under this name; the policy, how it came about."""
    policy, progress = files(arguments.out, name)
    venv = environments(people, arguments.processes, blank=name == BLANKED)
    model = ppo(venv, arguments.seed)
    before: Progress = {"steps": 0, "people_s": 0, "wall_s": 0, "processor_s": 0, "curve": []}
    if arguments.resume:
        before = go_on_with(model, arguments.out, name)
    began_s = time.monotonic()
    people_built = sum(venv.env_method("build_people"))
    people_s = time.monotonic() - began_s
    print(f"{name}: {people_built} people built in {people_s:.0f} s, which do not count as learning", flush=True)
    busy = os.times()

    def keep(curve: Curve) -> None:
        made = {
            "steps": model.num_timesteps,
            "people_s": round(before["people_s"] + people_s),
            "wall_s": round(before["wall_s"] + time.monotonic() - curve.started),
            # the system counts spawned processes once they have ended
            "processor_s": round(before["processor_s"] + sum(os.times()[:4]) - sum(busy[:4])),
            "curve": curve.episodes,
        }
        torch.save(model.get_parameters(), policy)
        progress.write_text(json.dumps(made) + "\n", encoding="utf-8")

    curve = Curve(60 * arguments.minutes, most_steps, [(int(step), bool(good)) for step, good in before["curve"]], keep)
    model.learn(10**9, callback=curve, reset_num_timesteps=not arguments.resume)
    venv.close()
    keep(curve)
    made: Progress = json.loads(progress.read_text(encoding="utf-8"))
    rate = made["steps"] / max(made["wall_s"], 1)
    told_s = f"{made['wall_s']} s, {made['processor_s']} s of processors with people"
    print(f"{name}: {made['steps']} steps, {rate:.0f} a second, {told_s}", flush=True)
    return model, made


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description="PPO learns the last part of the way to the epidural space.")
    parser.add_argument("--minutes", type=float, default=30.0, help="of learning at most (30)")
    parser.add_argument("--steps", type=int, default=200_000, help="of learning at most (200000)")
    parser.add_argument("--processes", type=int, default=2, help="with environments (2)")
    parser.add_argument("--people", type=int, default=8, help="to learn on, of the training split (8)")
    parser.add_argument("--unseen", type=int, default=8, help="to be judged on, of the validation split (8)")
    parser.add_argument("--episodes", type=int, default=100, help="that are judged (100)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--blind-twin", action="store_true", help="another policy learns as long with blanked images")
    parser.add_argument("--resume", action="store_true", help="go on with what lies in the folder")
    parser.add_argument("--out", type=Path, default=Path("learned"))
    chosen = parser.parse_args()
    if chosen.resume:  # told before a minute is spent on people
        for name in (SEEING, BLANKED) if chosen.blind_twin else (SEEING,):
            try:
                go_on_with(ppo(environments(TRAIN[:1], 1, blank=True), 1), chosen.out, name)
            except ValueError as fault:
                parser.error(f"--resume: {fault}; leave it out to begin anew")
    return chosen


def learned_rows(
    train: Sequence[int], unseen: PeoplePool, arguments: argparse.Namespace, others: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], dict[str, list[tuple[int, bool]]], Progress]:
    """What was learned and judged, before the other rows; the curves; how it came about."""
    model, made = learn(train, arguments, SEEING, arguments.steps)
    curves = {SEEING: made["curve"]}
    untrained = ppo(environments(train[:1], 1, blank=True), arguments.seed)
    rows = [
        told("before learning", judge(of_network(untrained), unseen, arguments.episodes)),
        told("after learning", judge(of_network(model), unseen, arguments.episodes)),
        told("after learning, images blanked", judge(of_network(model), unseen, arguments.episodes, blank=True)),
    ]
    if arguments.blind_twin:
        twin, twin_made = learn(train, arguments, BLANKED, made["steps"])
        curves[BLANKED] = twin_made["curve"]
        judged = judge(of_network(twin), unseen, arguments.episodes, blank=True)
        rows.append(told("learned with blanked images", judged))
    return [*rows, *others], curves, made


def main() -> None:
    """Learn, judge, write."""
    arguments = options()
    torch.set_num_threads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    train, unseen = list(TRAIN[: arguments.people]), PeoplePool(VALIDATION[: arguments.unseen])
    curves, made = {}, {}
    rows = [told("a rule on the same numbers", judge(rule, unseen, arguments.episodes))]
    if arguments.minutes > 0:
        rows, curves, made = learned_rows(train, unseen, arguments, rows)
    fixed = judge_fixed_pushes(unseen, arguments.episodes)
    best = max(fixed, key=lambda push_mm: sum(fixed[push_mm]))
    rows.append(told(f"best fixed push, {best} mm", fixed[best]))
    table = {
        "rows": rows,
        "fixed_push_success_by_mm": {push_mm: float(np.mean(results)) for push_mm, results in fixed.items()},
        "people": train,
        "unseen": unseen.seeds,
        "blood_ml": BLOOD_ML,
        **made,
    }
    (arguments.out / "table.json").write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    if curves:
        draw(curves, rows[:3], float(np.mean(fixed[best])), arguments.out / "curve.png")


if __name__ == "__main__":
    main()
