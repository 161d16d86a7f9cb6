"""Screenshots: a person plays patient 2 in the window, and each screen is kept for the docs.

Run with `python -m tests.gui.screenshots docs/pictures`; with `--every-size` each screen is kept at every size and in
every language too, in folders such as `1280x720-de`.
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
SIZES = ((1280, 720), (1600, 900), (3840, 2160))
COLOURS = 256  # of a picture for the docs: grey values, and a few tokens


def main(folder: Path, *, every_size: bool = False) -> None:
    """Play, and keep the screens."""
    import pygame
    from PIL import Image

    from simulator.gui.app import App
    from simulator.gui.drawing.language import ENGLISH_CODE, GERMAN_CODE, LANGUAGES
    from simulator.scenario.build import build_case
    from simulator.scenario.load import load_scenario
    from tests.gui.player import Player

    path = Path(__file__).resolve().parents[2] / "scenarios" / "patient-2.toml"
    file = load_scenario(path)
    case = build_case(
        file.scenario_for(2), name=file.name, seed=2, location=str(path), folder=path.parent, hands="exact"
    )

    def keep(app: App, name: str) -> None:
        keep_at_hand(app, folder, name)
        for size in SIZES if every_size else ():
            for code in LANGUAGES:
                app._language = app.context.display.language = code
                app._resize(size)
                if name == "beam-on":  # what was held is let go when the window becomes another size
                    app.controls.footswitch.press()
                keep_at_hand(app, folder / f"{size[0]}x{size[1]}-{code}", name)
                app.controls.footswitch.release()
        app._language = app.context.display.language = ENGLISH_CODE
        app._resize(SIZE)

    def keep_in_german(app: App, name: str) -> None:
        """At the least size, where German has the least room."""
        app._language = app.context.display.language = GERMAN_CODE
        app._resize(SIZES[0])
        keep_at_hand(app, folder, f"{name}-{GERMAN_CODE}")
        app._language = app.context.display.language = ENGLISH_CODE
        app._resize(SIZE)

    def keep_at_hand(app: App, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for _ in range(3):
            app.step()
        app.draw()
        pixels = pygame.surfarray.array3d(app.surface).swapaxes(0, 1)
        picture = Image.fromarray(pixels).quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        picture.save(folder / f"window-{name}.png", optimize=True)

    def keep_start(out: Path) -> None:
        from simulator.cli.start_library import StartLibrary

        def never(*arguments: object) -> object:
            raise AssertionError

        library = StartLibrary(path.parent, out, seed=1, open_case=never, resume=never, learner="r-17")  # type: ignore[arg-type]
        app = App(None, size=SIZE, desk=library)
        while library.attempts() is None:
            app.step()
        for _ in range(7):
            pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_DOWN, mod=0, unicode="", scancode=0))
            app.step()
        keep(app, "start")
        pygame.display.quit()

    def keep_drill(out: Path) -> None:
        from simulator.cli.start_library import StartLibrary
        from simulator.gui.engine_worker.tip_drill import DrillAnswer
        from simulator.gui.screens.drill import DrillScreen

        def never(*arguments: object) -> object:
            raise AssertionError

        library = StartLibrary(path.parent, out, seed=1, open_case=never, resume=never, learner="r-17")  # type: ignore[arg-type]
        app = App(None, size=SIZE, desk=library)
        app.drill("r-17")
        drill = app.screen
        assert isinstance(drill, DrillScreen)
        while drill._press is None:
            app.step()
        drill.give(DrillAnswer(slice_index=1, row=125.0, column=262.0))
        keep(app, "drill")
        drill.stop()
        pygame.display.quit()

    with tempfile.TemporaryDirectory() as out:
        keep_start(Path(out))
        keep_drill(Path(out))
        player = Player(case, Path(out), size=SIZE)
        player.on("briefing")
        keep(player.app, "briefing")
        player.key(pygame.K_l)
        keep(player.app, "lesson")
        player.key(pygame.K_F2)
        player.prepare()
        player.scans_come("myelogram")
        keep(player.app, "scans")
        player.scout()
        keep(player.app, "scout")
        player.key(pygame.K_F2)
        player.guide()
        player.down(pygame.K_SPACE)
        keep(player.app, "beam-on")
        player.up(pygame.K_SPACE)
        player.settle()
        for _ in range(40):
            player.app.step()
        keep(player.app, "guidance")
        keep_in_german(player.app, "guidance")
        player.key(pygame.K_ESCAPE)
        player.key(pygame.K_r)
        keep(player.app, "rewind")
        player.key(pygame.K_n)
        player.key(pygame.K_b)
        player.mark_tip()
        keep(player.app, "plan-beside")
        player.key(pygame.K_b)
        player.key(pygame.K_F1)
        keep(player.app, "help")
        keep_in_german(player.app, "help")
        player.key(pygame.K_F1)
        player.inject(ml=16.0)
        player.key(pygame.K_SPACE)
        for _ in range(60):
            player.app.step()
        keep(player.app, "injection")
        player.finish()
        keep(player.app, "debrief")
        player.key(pygame.K_d)
        keep(player.app, "advice")
        player.key(pygame.K_e)
        player.until(lambda: player.app.context.session.other_end is not None)
        keep(player.app, "expert")
        player.leave()


if __name__ == "__main__":
    main(Path(sys.argv[1]), every_size="--every-size" in sys.argv[2:])
