"""Expand: episodes of a dataset carried out again in the learning environment, as a dataset of Minari.

Every observation is cast and must lie in its space, since Minari keeps others with no more than a warning; every
episode's digest must come out as it was built. Pixels are kept raw, not as JPEG.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium import spaces

from simulator.errors import UserInputError
from simulator.records.codec import command_from
from simulator.strategies.dataset import read_dataset
from simulator.strategies.learning.environment import LearningEnvironment
from simulator.strategies.outcome_row import Row

LONGEST_COMMAND = 2000
PRINTABLE = "".join(chr(code) for code in range(32, 127))
FORMAT = "arrow"

Told = Callable[[int, int], None]
"""Told how many episodes are done, and of how many."""


def action_space() -> spaces.Text:
    """A command as the text of its JSON: exact, where numbers of an agent's action would be rounded."""
    return spaces.Text(max_length=LONGEST_COMMAND, min_length=2, charset=PRINTABLE)


def carried_out(row: Row, environment: LearningEnvironment) -> dict[str, Any]:
    """One episode's observations, actions and rewards.

    Raises:
        UserInputError: it does not come out as it was built, or an observation lies outside its space.
    """
    place = f"episode {row['number']}"
    observation, _ = environment.reset(seed=row["seed"])
    observations, actions, rewards, ends, cuts = [observation], [], [], [], []
    for number, body in enumerate(row["commands"]):
        command = command_from(body, f"{place}, command {number + 1}")
        observation, reward, ended, cut, _ = environment.perform(command)
        observations.append(observation)
        actions.append(json.dumps(body, separators=(",", ":")))
        rewards.append(reward)
        ends.append(ended)
        cuts.append(cut)
    if environment.digest != row["state_digest"]:
        raise UserInputError(place, "it does not come out as it was built", "use the version that built it")
    space = environment.observation_space
    assert isinstance(space, spaces.Dict)
    cast = [_cast(one, space) for one in observations]
    for number, one in enumerate(cast):
        outside = [name for name, part in space.items() if not part.contains(one[name])]
        if outside:
            raise UserInputError(f"{place}, observation {number}", f"{outside} lie outside their space", "report this")
    return {"observations": cast, "actions": actions, "rewards": rewards, "terminations": ends, "truncations": cuts}


def _cast(observation: dict[str, Any], space: spaces.Dict) -> dict[str, Any]:
    return {
        name: np.asarray(observation[name], part.dtype) if isinstance(part, spaces.Box | spaces.MultiBinary) else
        np.int64(observation[name])
        for name, part in space.items()
    }  # fmt: skip


def expand_dataset(folder: Path, dataset_id: str, told: Told, *, image: int | None = None) -> int:
    """Make a dataset of Minari of all episodes of a folder, or go on with one that was stopped; how many there are.

    Args:
        folder: that `dataset build` wrote
        dataset_id: as Minari names it, such as "ctfluoro/epidural-v0"
        told: of the progress
        image: side of the images in pixels; None for none

    Raises:
        UserInputError: Minari is not installed, has another dataset of this name, or an episode does not come out.
    """
    rows = list(read_dataset(folder))
    if not rows:
        raise UserInputError(str(folder), "there is no episode in this dataset", "`dataset build N` makes some")
    if find_spec("minari") is None:
        raise UserInputError("dataset expand", "Minari is not installed", "pip install 'ct-fluoro-sim[learning]'")
    minari: Any = import_module("minari")  # which has no types
    description = _description(rows[0], image)
    storage = _begun(minari, dataset_id, rows, description)
    done = 0 if storage is None else storage.total_episodes
    environment = LearningEnvironment(str(rows[0]["case"]), image=image)
    for number, buffer in enumerate(_buffers(rows, done, environment, minari, told), start=done):
        if storage is None:
            storage = minari.create_dataset_from_buffers(
                dataset_id, [buffer], data_format=FORMAT, jpeg_encoding=False, action_space=action_space(),
                observation_space=environment.observation_space, algorithm_name="expert, consultant and novice",
                description=description,
            ).storage  # fmt: skip
        else:
            storage.update_episodes([buffer])
        told(number + 1, len(rows))
    return len(rows)


def _description(first: Row, image: int | None) -> str:
    """What was expanded, so that nothing else is added to it."""
    shown = "no images" if image is None else f"images of {image} x {image}"
    return (
        "Expanded from seeds and commands; each episode's digest came out as it was built. "
        f"Episodes from {first['key']} on, {shown}."
    )


def _begun(minari: Any, dataset_id: str, rows: Sequence[Row], description: str) -> Any:
    """What stores a dataset that was begun from these episodes; None where Minari has none of this name.

    An episode counts once it is whole: what was being written when the work was stopped is written anew.
    """
    if dataset_id not in minari.list_local_datasets():
        return None
    storage = minari.load_dataset(dataset_id).storage
    seeds = [one.get("seed") for one in storage.get_episode_metadata(range(storage.total_episodes))]
    ours = storage.metadata.get("description") == description and seeds == [row["seed"] for row in rows[: len(seeds)]]
    if not ours or len(seeds) == len(rows):
        what = "Minari has all of these episodes" if ours else "Minari has another dataset of this name"
        raise UserInputError(dataset_id, what, "name another, or delete that one")
    return storage


def _buffers(
    rows: Sequence[Row], done: int, environment: LearningEnvironment, minari: Any, told: Told
) -> Iterator[Any]:
    for number, row in enumerate(rows[done:], start=done):
        told(number, len(rows))
        made = carried_out(row, environment)
        observations = made.pop("observations")
        stacked = {name: np.stack([one[name] for one in observations]) for name in observations[0]}
        yield minari.data_collector.EpisodeBuffer(id=number, seed=row["seed"], observations=stacked, **made)
