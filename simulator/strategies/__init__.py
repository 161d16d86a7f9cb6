"""Strategies: studies of many runs, and the environment for programs that learn.

On import the environment is registered with Gymnasium, where that is installed.
May import all but reports and doors (`cli`, `gui`). Open `study.py` first.
"""

from __future__ import annotations

from importlib.util import find_spec

ENVIRONMENT_ID = "CTFluoroEpidural-v0"
LEARNING_ID = "CTFluoroEpidural-v1"
MOST_COMMANDS = 500


def register_environments() -> None:
    """Register both environments with Gymnasium, once."""
    from gymnasium.envs.registration import register, registry

    if ENVIRONMENT_ID not in registry:
        entry = "simulator.strategies.environment:EpiduralEnvironment"
        register(id=ENVIRONMENT_ID, entry_point=entry, max_episode_steps=MOST_COMMANDS)
    if LEARNING_ID not in registry:  # it cuts episodes off itself, and pays for what was reached
        register(id=LEARNING_ID, entry_point="simulator.strategies.learning.environment:LearningEnvironment")


if find_spec("gymnasium") is not None:
    register_environments()
