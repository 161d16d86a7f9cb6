"""Screenshots: a person plays patient 2 in the window, and each screen is kept for the docs.

Run with `python -m tests.gui.screenshots docs/pictures`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ["SDL_AUDIODRIVER"] = "dummy"
os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"

SIZE = (1600, 900)
COLOURS = 256  # of a picture for the docs: grey values, and a few tokens


def main(folder: Path) -> None:
    """Play, and keep the screens."""
    import pygame
    from PIL import Image

    from simulator.scenario.build import build_case
    from simulator.scenario.load import load_scenario
    from tests.gui.player import Player

    path = Path(__file__).resolve().parents[2] / "scenarios" / "patient-2.toml"
    file = load_scenario(path)
    case = build_case(
        file.scenario_for(2), name=file.name, seed=2, location=str(path), folder=path.parent, hands="exact"
    )

    def keep(player: Player, name: str) -> None:
        for _ in range(3):
            player.app.step()
        player.app.draw()
        pixels = pygame.surfarray.array3d(player.app.surface).swapaxes(0, 1)
        picture = Image.fromarray(pixels).quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        picture.save(folder / f"window-{name}.png", optimize=True)

    with tempfile.TemporaryDirectory() as out:
        player = Player(case, Path(out), size=SIZE)
        player.on("briefing")
        keep(player, "briefing")
        player.prepare()
        player.scans_come("myelogram")
        keep(player, "scans")
        player.guide()
        player.down(pygame.K_SPACE)
        keep(player, "beam-on")
        player.up(pygame.K_SPACE)
        player.settle()
        for _ in range(40):
            player.app.step()
        keep(player, "guidance")
        player.key(pygame.K_F1)
        keep(player, "help")
        player.key(pygame.K_F1)
        player.inject(ml=16.0)
        player.key(pygame.K_SPACE)
        for _ in range(60):
            player.app.step()
        keep(player, "injection")
        player.finish()
        keep(player, "debrief")
        player.leave()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
