"""Strategies: studies of many runs, and the environment for programs that learn.

On import the environment is registered with Gymnasium, where that is installed.
May import all but reports and doors (`cli`, `gui`). Open `study.py` first.
"""

from __future__ import annotations

from importlib.util import find_spec

ENVIRONMENT_ID = "CTFluoroEpidural-v0"
MOST_COMMANDS = 500

if find_spec("gymnasium") is not None:
    from gymnasium.envs.registration import register

    register(
        id=ENVIRONMENT_ID,
        entry_point="simulator.strategies.environment:EpiduralEnvironment",
        max_episode_steps=MOST_COMMANDS,
    )
