"""Vector environments in spawned processes: one forked after a rendering would wait for ever on OpenMP's threads."""

from __future__ import annotations

from functools import partial
from typing import Any

import gymnasium

from simulator.strategies.learning.environment import FlatDiscreteActions, LearningEnvironment


def make_vector(count: int, *, flat: bool = True, **options: Any) -> gymnasium.vector.AsyncVectorEnv:
    """Environments of the second version, each in a spawned process.

    Args:
        count: how many
        flat: whether actions are one MultiDiscrete space, as most learners want
        options: of the environment
    """
    make = _flat if flat else LearningEnvironment
    return gymnasium.vector.AsyncVectorEnv([partial(make, **options)] * count, context="spawn")


def _flat(**options: Any) -> FlatDiscreteActions:
    return FlatDiscreteActions(LearningEnvironment(**options))
