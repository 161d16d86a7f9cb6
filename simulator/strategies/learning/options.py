"""Options of the environment: image, reward and time limit, each checked where it comes in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SIDES = (64, 128, 256, 512)
ALL_VIEWS, FEW_VIEWS = 1160, 290
FEW_VIEWS_SIDE = 64


class Pixels(StrEnum):
    """What a pixel holds."""

    WINDOW = "uint8 window"
    HU = "int16 HU"


class Reward(StrEnum):
    """What an agent is paid for."""

    SCORE = "score"
    SHAPED = "shaped"
    SHAPED_WITH_TRUTH = "shaped with truth, for training only"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentOptions:
    """How the environment shows and pays.

    Attributes:
        image_side: pixels of a side of each slice, 64, 128, 256 or 512; None for no image
        views: of the scanner's rotation, 1160, or 290 for the fast image of 64 pixels (`fast_image.py`)
        pixels: grey values of a soft-tissue window, or HU
        reward: see `Reward`
        most_commands: after which an episode is cut off
        most_minutes: of the procedure's own time, after which it is cut off; None for the case's own limit alone
    """

    image_side: int | None = None
    views: int = ALL_VIEWS
    pixels: Pixels = Pixels.WINDOW
    reward: Reward = Reward.SCORE
    most_commands: int = 500
    most_minutes: float | None = None

    def __post_init__(self) -> None:
        if self.image_side is not None and self.image_side not in SIDES:
            raise ValueError(f"image = {self.image_side!r}: none, {', '.join(map(str, SIDES))}")
        if self.views not in (ALL_VIEWS, FEW_VIEWS):
            raise ValueError(f"views = {self.views!r}: {ALL_VIEWS}, {FEW_VIEWS}")
        if self.views == FEW_VIEWS and self.image_side != FEW_VIEWS_SIDE:
            raise ValueError(f"views = {FEW_VIEWS} is for image = {FEW_VIEWS_SIDE}, not {self.image_side}")
        if self.most_commands < 1 or (self.most_minutes is not None and not self.most_minutes > 0.0):
            raise ValueError("an episode must have at least one command and some time")


def options_from(
    image: int | str | None, views: int, pixels: str, reward: str, most_commands: int, most_minutes: float | None
) -> EnvironmentOptions:
    """Options as `gymnasium.make` is given them; ValueError names what there is."""
    side = None if image in (None, "none") else image
    if not isinstance(side, int | None) or isinstance(side, bool):
        raise ValueError(f"image = {image!r}: none, {', '.join(map(str, SIDES))}")
    return EnvironmentOptions(
        image_side=side,
        views=views,
        pixels=Pixels(pixels),
        reward=Reward(reward),
        most_commands=most_commands,
        most_minutes=most_minutes,
    )
