"""All screens of one patient, made once."""

from __future__ import annotations

from collections.abc import Callable

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.engine_worker.start_desk import StartDesk
from simulator.gui.input.controls import Controls
from simulator.gui.screens.briefing import BriefingScreen
from simulator.gui.screens.checklist import ChecklistScreen
from simulator.gui.screens.debrief import DebriefScreen
from simulator.gui.screens.drill import DrillScreen
from simulator.gui.screens.guidance import GuidanceScreen
from simulator.gui.screens.help import HelpScreen
from simulator.gui.screens.injection import InjectionScreen
from simulator.gui.screens.lesson import LessonScreen
from simulator.gui.screens.loading import LoadingScreen
from simulator.gui.screens.menu import MenuScreen
from simulator.gui.screens.question import QuestionScreen
from simulator.gui.screens.reading import ReadingScreen
from simulator.gui.screens.rewind import RewindScreen
from simulator.gui.screens.scout import ScoutScreen
from simulator.gui.screens.screen import Screen
from simulator.gui.screens.start import StartScreen
from simulator.gui.screens.stop_and_tell import StopScreen, TellScreen


def make_screens(
    context: AppContext, controls: Controls, desk: StartDesk | None, leave: Callable[[], None]
) -> dict[ScreenName, Screen]:
    """Every screen by its name; `leave` closes the window."""
    return {
        ScreenName.START: StartScreen(context, desk, leave),
        ScreenName.LOADING: LoadingScreen(context),
        ScreenName.BRIEFING: BriefingScreen(context),
        ScreenName.READING: ReadingScreen(context, controls),
        ScreenName.SCOUT: ScoutScreen(context, controls),
        ScreenName.GUIDANCE: GuidanceScreen(context, controls),
        ScreenName.INJECTION: InjectionScreen(context, controls),
        ScreenName.DEBRIEF: DebriefScreen(context, controls, desk),
        ScreenName.HELP: HelpScreen(context),
        ScreenName.MENU: MenuScreen(context, controls, desk, leave),
        ScreenName.STOP: StopScreen(context),
        ScreenName.TELL: TellScreen(context),
        ScreenName.QUESTION: QuestionScreen(context),
        ScreenName.LESSON: LessonScreen(context),
        ScreenName.CHECKLIST: ChecklistScreen(context),
        ScreenName.DRILL: DrillScreen(context, desk),
        ScreenName.REWIND: RewindScreen(context),
    }
