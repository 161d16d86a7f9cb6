"""Environment: the procedure for programs that learn, second version: images as small as wanted, or none.

import gymnasium
env = gymnasium.make("simulator.strategies:CTFluoroEpidural-v1", image=64)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from simulator.engine.session import Session
from simulator.interface.commands import Command, Finish
from simulator.interface.view import View
from simulator.records.runs import score_session
from simulator.scenario.build import Case
from simulator.scenario.load import load_scenario
from simulator.strategies.learning.action_mask import action_mask
from simulator.strategies.learning.action_table import NUMBERS, TABLE, decode
from simulator.strategies.learning.fast_image import FastImages
from simulator.strategies.learning.observation import Observer, observation_space
from simulator.strategies.learning.options import ALL_VIEWS, FEW_VIEWS, Pixels, Reward, options_from
from simulator.strategies.learning.rewards import potential
from simulator.strategies.learning.state import EnvironmentState
from simulator.strategies.patients import Patients

DEFAULT_SCENARIO = "varied"
MINUTE_MS = 60_000
Observation = dict[str, Any]


class LearningEnvironment(gymnasium.Env[Observation, dict[str, Any]]):
    """A targeted epidural blood patch under CT fluoroscopy, for programs that learn.

    **Observation**: what an operator perceives, see `learning/observation.py`; with `image` also the last acquisition's
    three slices about the table position, and where they lie. A picture in an observation is no look: LookAt is.

    **Action**: a kind of command and up to four numbers from -1 to 1 that span its ranges; see
    `learning/action_table.py`. `FlatDiscreteActions` and `FlatBoxActions` make one space of it.

    **Reward**: the score divided by 100 when the procedure ends; `reward` adds what is paid on the way. An episode that
    is cut off is finished there, and paid as it stands.

    **Info**: the request and the patient's words as text, why the last command was refused, `action_mask`.

    Args:
        scenario: file, or the name of one that ships; `varied`, every seed another person, if None
        image: side in pixels, 64, 128, 256 or 512, or None
        views: of a rotation, 1160, or 290 for a fast image of 64 pixels, see `learning/fast_image.py`
        pixels: "uint8 window" or "int16 HU"
        reward: "score", "shaped", or "shaped with truth, for training only"
        most_commands: after which an episode is cut off
        most_minutes: of the procedure's own time, after which it is cut off
        render_mode: none but None; the image is part of the observation
    """

    metadata: dict[str, Any] = {"render_modes": [], "render_fps": 2}  # noqa: RUF012 (as Gymnasium declares it)

    def __init__(
        self,
        scenario: str | Path | None = None,
        *,
        image: int | str | None = None,
        views: int = ALL_VIEWS,
        pixels: str = Pixels.WINDOW,
        reward: str = Reward.SCORE,
        most_commands: int = 500,
        most_minutes: float | None = None,
        render_mode: str | None = None,
    ) -> None:
        self.render_mode = render_mode
        self._options = options_from(image, views, pixels, reward, most_commands, most_minutes)
        self._file = load_scenario(Path(DEFAULT_SCENARIO if scenario is None else scenario))
        self._patients = Patients()
        self._observer = Observer(self._options)
        self._fast = FastImages() if self._options.views == FEW_VIEWS else None
        self._episode: tuple[Case, Session] | None = None
        self._view: View | None = None
        self._worth = 0.0
        self.action_space = spaces.Dict(
            {
                "command": spaces.Discrete(len(TABLE)),
                "numbers": spaces.Box(-1.0, 1.0, (NUMBERS,), np.float32),
            }
        )
        self.observation_space = observation_space(self._options)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """A new procedure; the seed is the root of all its chance, as of `run --seed`."""
        super().reset(seed=seed)
        self._begin(int(self.np_random.integers(2**31)) if seed is None else seed)
        return self._told()

    def step(self, action: dict[str, Any]) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Carry out an action."""
        return self.perform(decode(int(action["command"]), action["numbers"], self.view))

    def perform(self, command: Command) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Carry out a command as operators give it; returns what `step` does."""
        case, session = self._running()
        was_finished = session.state.finished
        session.do(command)
        ended = session.state.finished
        cut = not ended and self._is_cut_off(session)
        if cut:
            session.do(Finish())
        self._view = None
        reward = self._paid(case, session, was_finished)
        observation, info = self._told()
        return observation, reward, ended, cut, info

    @property
    def view(self) -> View:
        """What operators of this project are given."""
        if self._view is None:
            self._view = self._running()[1].view()
        return self._view

    @property
    def digest(self) -> str:
        """Chained over all commands and events of the episode."""
        return self._running()[1].state.digest

    def get_state(self) -> EnvironmentState:
        """Where the episode stands; `set_state` returns to it, here or in another process."""
        case, session = self._running()
        return EnvironmentState(
            seed=case.world.root_seed,
            commands=tuple(step.command for step in session.steps),
            generator=dict(self.np_random.bit_generator.state),
            branch=session.branch(case.world),
        )

    def set_state(self, state: EnvironmentState) -> tuple[Observation, dict[str, Any]]:
        """Return to a state of this environment, or of another one with the same options; what `reset` returns."""
        case, session = self._begin(state.seed)
        if state.branch is not None and state.branch.world.phantom is case.world.phantom:
            self._episode = case, state.branch.branch(case.world)
        else:
            for command in state.commands:
                session.do(command)
        self._view = None
        self.np_random.bit_generator.state = state.generator
        self._worth = potential(self._options.reward, *self._running(), self.view)
        return self._told()

    def _begin(self, root: int) -> tuple[Case, Session]:
        self._episode = self._patients.admit(
            self._file.scenario_for(root),
            name=self._file.name,
            seed=root,
            location=str(self._file.path),
            folder=self._file.path.parent,
        )
        self._observer.forget()
        self._view = None
        self._worth = potential(self._options.reward, *self._episode, self.view)
        return self._episode

    def _is_cut_off(self, session: Session) -> bool:
        minutes = self._options.most_minutes
        too_long = minutes is not None and session.state.elapsed_ms >= minutes * MINUTE_MS
        return too_long or len(session.steps) >= self._options.most_commands

    def _paid(self, case: Case, session: Session, was_finished: bool) -> float:
        worth = potential(self._options.reward, case, session, self.view)
        paid, self._worth = worth - self._worth, worth
        if session.state.finished and not was_finished:
            paid += score_session(case, session, "agent").score / 100.0
        return float(paid)

    def _told(self) -> tuple[Observation, dict[str, Any]]:
        view, session = self.view, self._running()[1]
        info = {
            "request": view.case.request,
            "words": view.patient.words,
            "refused": view.refused or "",
            "action_mask": action_mask(view),
        }
        picture = session.prepare_image if self._fast is None else self._fast.of(session)
        return self._observer.observe(view, picture), info

    def _running(self) -> tuple[Case, Session]:
        if self._episode is None:
            raise gymnasium.error.ResetNeeded("reset the environment before the first step")
        return self._episode


class FlatDiscreteActions(gymnasium.ActionWrapper[Observation, NDArray[np.int64], dict[str, Any]]):
    """One MultiDiscrete space: the command, and each number as one of some steps from -1 to 1.

    Args:
        env: the environment
        steps: of each number, an odd count has 0 among them
    """

    def __init__(self, env: gymnasium.Env[Observation, dict[str, Any]], steps: int = 21) -> None:
        super().__init__(env)
        self._steps = steps
        self.action_space = spaces.MultiDiscrete([len(TABLE), *[steps] * NUMBERS])

    def action(self, action: NDArray[np.int64]) -> dict[str, Any]:
        """The environment's own action."""
        numbers = 2.0 * np.asarray(action[1:], np.float32) / (self._steps - 1) - 1.0
        return {"command": int(action[0]), "numbers": numbers.astype(np.float32)}


class FlatBoxActions(gymnasium.ActionWrapper[Observation, NDArray[np.float32], dict[str, Any]]):
    """One Box space from -1 to 1: the first number spans the commands, the others are its numbers."""

    def __init__(self, env: gymnasium.Env[Observation, dict[str, Any]]) -> None:
        super().__init__(env)
        self.action_space = spaces.Box(-1.0, 1.0, (1 + NUMBERS,), np.float32)

    def action(self, action: NDArray[np.float32]) -> dict[str, Any]:
        """The environment's own action."""
        share = 0.5 * (float(np.clip(action[0], -1.0, 1.0)) + 1.0)
        return {"command": min(int(share * len(TABLE)), len(TABLE) - 1), "numbers": np.asarray(action[1:], np.float32)}
