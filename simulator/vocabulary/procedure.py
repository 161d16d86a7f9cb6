"""What is done and met in a procedure: approaches, phases, purposes of the beam, signs, complications."""

from __future__ import annotations

from enum import StrEnum

from simulator.vocabulary.anatomy import Laterality


class Approach(StrEnum):
    """The way in that a needle takes."""

    MIDLINE_INTERLAMINAR = "midline interlaminar"
    PARAMEDIAN_INTERLAMINAR = "paramedian interlaminar"
    POSTERIOR_FORAMINAL = "posterior foraminal"


class Phase(StrEnum):
    """Part of a procedure; what has happened decides, nobody chooses it."""

    PREPARATION = "preparation"
    MYELOGRAPHY = "myelography"
    LOCALISATION = "localisation"
    PLANNING = "planning"
    GUIDANCE = "guidance"
    INJECTION = "injection"
    CONFIRMATION = "confirmation"
    AFTERCARE = "aftercare"
    CLOSED = "closed"


class AcquisitionPurpose(StrEnum):
    """What the beam is on for."""

    SCOUT = "scout"
    MYELOGRAM = "myelogram"
    PLANNING = "planning"
    FLUOROSCOPY = "fluoroscopy"
    CONTROL = "control"


class MyelogramPosition(StrEnum):
    """How the patient lies for a myelogram; a decubitus is named after the side that is down."""

    PRONE = "prone"
    SUPINE = "supine"
    RIGHT_DECUBITUS = "right decubitus"
    LEFT_DECUBITUS = "left decubitus"

    @property
    def side_down(self) -> Laterality | None:
        """The side that is down; None where the patient lies on neither."""
        sides = {self.RIGHT_DECUBITUS: Laterality.RIGHT, self.LEFT_DECUBITUS: Laterality.LEFT}
        return sides.get(self)

    @classmethod
    def on_side(cls, side: Laterality) -> MyelogramPosition:
        """The decubitus with a side down; prone for both."""
        return {Laterality.RIGHT: cls.RIGHT_DECUBITUS, Laterality.LEFT: cls.LEFT_DECUBITUS}.get(side, cls.PRONE)


class ScanMode(StrEnum):
    """How a scan of several slices moves the table."""

    HELICAL = "helical"
    SEQUENTIAL = "sequential"


class BeamMotion(StrEnum):
    """How the table moves while the beam is on; at rest in CT fluoroscopy, past a tube at rest in a scout."""

    HELICAL = "helical"
    SEQUENTIAL = "sequential"
    STATIONARY = "stationary"
    CONSTANT_ANGLE = "constant angle"


class DoseLimitKind(StrEnum):
    """A value of the dose check: of one beam, or of the procedure so far."""

    NOTIFICATION = "notification"
    ALERT = "alert"


class DoseQuantity(StrEnum):
    """What a value of the dose check is of."""

    CTDI_VOL = "CTDIvol"
    DLP = "DLP"


class DosePhase(StrEnum):
    """The account on which a beam is booked."""

    MYELOGRAPHY = "myelography"
    PLANNING = "planning"
    GUIDANCE = "guidance"
    CONFIRMATION = "confirmation"


class HubSign(StrEnum):
    """What shows at the hub, comes on aspiration, or how the plunger answers."""

    NOTHING = "nothing"
    CLEAR = "clear"
    BLOOD = "blood"
    RESISTANCE_LOST = "resistance lost"
    RESISTANCE_FIRM = "resistance firm"


BORE_BLOCKED = "the plunger does not move: tissue blocks the bore; clear it with the stylet"
"""Why nothing goes through a needle that was pushed with its stylet out."""


class PlungerFeel(StrEnum):
    """What the thumb feels of the plunger while something leaves the needle."""

    SOFT = "soft"
    SPRINGY = "springy"
    FIRM = "firm"
    HARD = "hard"


class ResistanceMedium(StrEnum):
    """What the syringe for the loss of resistance holds."""

    SALINE = "saline"
    AIR = "air"


class InjectedMaterial(StrEnum):
    """What leaves the needle."""

    BLOOD = "blood"
    CONTRAST = "contrast"


class NeedleHold(StrEnum):
    """What holds the needle while the beam is on."""

    HAND = "hand"
    HOLDER = "holder"
    RELEASED = "released"


class HandPosition(StrEnum):
    """Where the operator's hand is while the beam is on."""

    IN_THE_BEAM = "in the beam"
    BESIDE_THE_BEAM = "beside the beam"
    AWAY = "away"


class OperatorPosition(StrEnum):
    """Where the operator stands while the beam is on."""

    TABLE = "table"
    SHIELD = "shield"
    CONTROL_ROOM = "control room"


class Touch(StrEnum):
    """A critical structure that the tip of a needle comes to, or what becomes of it."""

    DURA = "dura"
    DURAL_PUNCTURE = "dural puncture"
    CORD = "cord"
    ROOT = "root"
    VESSEL = "vessel"
    ORGAN = "organ"
    BONE = "bone"


class PushStop(StrEnum):
    """What ends a push of the needle early."""

    BONE = "bone"
    HUB = "hub"


class ComplicationKind(StrEnum):
    """Harm that a procedure can do."""

    DURAL_PUNCTURE = "dural_puncture"
    CORD_CONTACT = "cord_contact"
    ROOT_CONTACT = "root_contact"
    VESSEL_PUNCTURE = "vessel_puncture"
    INTRAVASCULAR_INJECTION = "intravascular_injection"
    INTRATHECAL_INJECTION = "intrathecal_injection"
    SUBDURAL_INJECTION = "subdural_injection"
    PLEURAL_PUNCTURE = "pleural_puncture"
    KIDNEY_PUNCTURE = "kidney_puncture"
    ORGAN_PUNCTURE = "organ_puncture"
    WRONG_LEVEL = "wrong_level"
    NERVE_COMPRESSION = "nerve_compression"


class Aid(StrEnum):
    """What can be done for a patient who reacts, or for the arm's cannula."""

    RAISE_THE_LEGS = "raise the legs"
    ANTIHISTAMINE = "antihistamine"
    ADRENALINE = "adrenaline"
    FLUSH_THE_ARM_LINE = "flush the arm line"
    NEW_ARM_LINE = "new arm line"
