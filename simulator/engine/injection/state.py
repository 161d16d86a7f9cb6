"""InjectionState: the syringe, and what was injected, wherever it went."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.patch.injectate import Injectate
from simulator.patch.injected_voxels import Injected
from simulator.patch.patch import Patch
from simulator.vocabulary.anatomy import Compartment


@dataclass(frozen=True, slots=True, kw_only=True)
class Syringe:
    """What the patch syringe holds, and when its blood was drawn."""

    content: Injectate
    drawn_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InjectionState:
    """One moment of syringe and patch.

    Attributes:
        patch: what was injected, wherever it went; replaced, never changed, and not compared
        revision: of what was injected, which stands for it where states are compared
        compartment: of the first millilitre of blood; None before
        blood_ml, contrast_ml: injected so far; blood with what is mixed into it, contrast alone
        cue_ml: blood injected when the patient first spoke of pressure or pain
        nerves_suffered: whether the pressure ever stopped the roots' blood flow
    """

    syringe: Syringe | None = None
    patch: Patch = field(default_factory=Patch, compare=False)
    revision: int = 0
    blood_ml: float = 0.0
    contrast_ml: float = 0.0
    epidural_ml: float = 0.0
    compartment: Compartment | None = None
    cue_ml: float | None = None
    nerves_suffered: bool = False

    @property
    def begun(self) -> bool:
        """Whether anything was injected."""
        return self.patch.injected.revision > 0

    @property
    def injected(self) -> Injected:
        """What has come to the canal's voxels."""
        return self.patch.injected
