"""Events: everything that happens, with its time. What an operator perceives of it is the View's business.

Positions are the patient's LPS millimetres at rest unless a name says table. Each room of the engine has its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulator.engine.event import Event as Event
from simulator.engine.imaging.events import AcquisitionMade as AcquisitionMade
from simulator.engine.imaging.events import BeamCutShort as BeamCutShort
from simulator.engine.imaging.events import BeamOff as BeamOff
from simulator.engine.imaging.events import DoseCheckPassed as DoseCheckPassed
from simulator.engine.imaging.events import GantryTilted as GantryTilted
from simulator.engine.imaging.events import ImageLookedAt as ImageLookedAt
from simulator.engine.imaging.events import OperatorStood as OperatorStood
from simulator.engine.imaging.events import ScoutMade as ScoutMade
from simulator.engine.imaging.events import TableMoved as TableMoved
from simulator.engine.imaging.events import TechniqueChosen as TechniqueChosen
from simulator.engine.injection.events import BloodDrawn as BloodDrawn
from simulator.engine.injection.events import ContrastMixed as ContrastMixed
from simulator.engine.injection.events import InjectionStopped as InjectionStopped
from simulator.engine.injection.events import MaterialInjected as MaterialInjected
from simulator.engine.needle.events import Aspirated as Aspirated
from simulator.engine.needle.events import BevelRotated as BevelRotated
from simulator.engine.needle.events import BoneContacted as BoneContacted
from simulator.engine.needle.events import DuraTouched as DuraTouched
from simulator.engine.needle.events import NeedleHeld as NeedleHeld
from simulator.engine.needle.events import NeedleMoved as NeedleMoved
from simulator.engine.needle.events import NeedlePlaced as NeedlePlaced
from simulator.engine.needle.events import NeedleRedirected as NeedleRedirected
from simulator.engine.needle.events import NeedleRemoved as NeedleRemoved
from simulator.engine.needle.events import ResistanceTested as ResistanceTested
from simulator.engine.needle.events import SkinPunctured as SkinPunctured
from simulator.engine.needle.events import StyletMoved as StyletMoved
from simulator.engine.patient.events import AidGiven as AidGiven
from simulator.engine.patient.events import AnaestheticGiven as AnaestheticGiven
from simulator.engine.patient.events import ArmLineFailed as ArmLineFailed
from simulator.engine.patient.events import ArmLineLaid as ArmLineLaid
from simulator.engine.patient.events import Complication as Complication
from simulator.engine.patient.events import ComplicationRecognised as ComplicationRecognised
from simulator.engine.patient.events import HubDripped as HubDripped
from simulator.engine.patient.events import PatientMoved as PatientMoved
from simulator.engine.patient.events import PatientSpoke as PatientSpoke
from simulator.engine.patient.events import ReactionBegan as ReactionBegan
from simulator.engine.patient.events import ReactionEnded as ReactionEnded
from simulator.engine.patient.events import ScriptCame as ScriptCame
from simulator.engine.preparation.events import AftercareOrdered as AftercareOrdered
from simulator.engine.preparation.events import ChecklistTicked as ChecklistTicked
from simulator.engine.preparation.events import Finished as Finished
from simulator.engine.preparation.events import LeakMarked as LeakMarked
from simulator.engine.preparation.events import NeedleChosen as NeedleChosen
from simulator.engine.preparation.events import PathPlanned as PathPlanned
from simulator.engine.preparation.events import PatientTold as PatientTold
from simulator.engine.preparation.events import PreparationDone as PreparationDone
from simulator.engine.preparation.events import QuestionAnswered as QuestionAnswered
from simulator.engine.preparation.events import TimeOutHeld as TimeOutHeld


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRefused(Event):
    """A command could not be carried out."""

    command: str
    reason: str
