"""A simulator of CT-fluoroscopy guided epidural blood patches: scanner, needle, patch, patient, and who operates.

The names below are the public interface. Each is imported when it is first used, so that importing this package costs
nothing, compiles nothing and changes nothing in the process. May import all rooms; open `scenario/case.py` first.
"""

from typing import TYPE_CHECKING

from simulator.first_use import imported_on_first_use

if TYPE_CHECKING:
    from phantoms.named_patients import build_patient
    from simulator.ct.scanner import Scanner
    from simulator.engine.session import Session
    from simulator.errors import UserInputError
    from simulator.interface import commands
    from simulator.interface.commands import Command
    from simulator.interface.frame import Frame
    from simulator.interface.view import View
    from simulator.operators.protocol import Operator
    from simulator.scenario.build import load_case
    from simulator.scenario.case import Case, Treatment
    from simulator.scenario.import_ct import CtSource, import_ct
    from simulator.scoring.scorecard import Scorecard
    from simulator.version import __version__

__all__ = [
    "Case",
    "Command",
    "CtSource",
    "Frame",
    "Operator",
    "Scanner",
    "Scorecard",
    "Session",
    "Treatment",
    "UserInputError",
    "View",
    "__version__",
    "build_patient",
    "commands",
    "import_ct",
    "load_case",
]

if not TYPE_CHECKING:  # a type checker takes the imports above
    _MODULES = {
        "Case": "simulator.scenario.case",
        "Command": "simulator.interface.commands",
        "CtSource": "simulator.scenario.import_ct",
        "Frame": "simulator.interface.frame",
        "Operator": "simulator.operators.protocol",
        "Scanner": "simulator.ct.scanner",
        "Scorecard": "simulator.scoring.scorecard",
        "Session": "simulator.engine.session",
        "Treatment": "simulator.scenario.case",
        "UserInputError": "simulator.errors",
        "View": "simulator.interface.view",
        "__version__": "simulator.version",
        "build_patient": "phantoms.named_patients",
        "commands": "simulator.interface",
        "import_ct": "simulator.scenario.import_ct",
        "load_case": "simulator.scenario.build",
    }

    __getattr__, __dir__ = imported_on_first_use(__name__, _MODULES)
