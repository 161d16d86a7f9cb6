"""State of an environment: where an episode stands, as data that can be kept, copied and sent to another process."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from simulator.engine.advance import plain
from simulator.engine.session import Session
from simulator.errors import UserInputError
from simulator.interface.commands import Command
from simulator.records.codec import command_from
from simulator.records.strict_json import parse_json

PLACE = "state of the environment"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentState:
    """An episode up to a moment.

    Attributes:
        seed: root of its chance
        commands: all so far, looks included
        generator: state of the environment's own generator, which draws the seed of the next episode
        branch: the session itself, for a quick return in this process; left out of copies that travel
    """

    seed: int
    commands: tuple[Command, ...]
    generator: dict[str, Any]
    branch: Session | None = field(default=None, compare=False, repr=False)

    def to_json(self) -> str:
        """All but the session, which is carried out again where this is read."""
        body = {
            "seed": self.seed,
            "commands": [plain(one) for one in self.commands],
            "generator": json.dumps(self.generator),
        }
        return json.dumps(body)

    @classmethod
    def from_json(cls, text: str) -> EnvironmentState:
        """A state from its text; UserInputError where it is none."""
        body = parse_json(text, PLACE)
        try:
            seed, commands = int(body["seed"]), list(body["commands"])
            generator = dict(json.loads(body["generator"]))  # its numbers have 128 bits
        except (TypeError, KeyError, ValueError) as error:
            raise UserInputError(PLACE, f"this is none ({error})"[:200], "take what `to_json` gave") from error
        return cls(seed=seed, commands=tuple(command_from(one, PLACE) for one in commands), generator=generator)

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return EnvironmentState.from_json, (self.to_json(),)

    def __deepcopy__(self, memo: dict[int, Any]) -> EnvironmentState:
        return self  # nothing of it changes
