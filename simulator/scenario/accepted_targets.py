"""Accepted targets: the approaches, target zones and levels that suit a leak, where the educator writes none.

Dorsal and circumferential collections are reached between the laminae, sleeve and ventral leaks from behind through
the lower third of the foramen, behind the root (the upper third holds the radicular artery). Of a ventral tear either
foramen leads to the pool before the sac, and the needle may go on into it (PMC7960453). In the neck, where the
vertebral artery runs before the foramen, blood comes from behind, also at C7/T1, the roomiest level near (assumption).
Above C6/7 there is almost no fat behind the sac, so that a collection is the only dorsal target (reference section 3):
without one the needle goes in at C7/T1, or the case is abandoned. A fistula into a vein is closed by no blood: there no
level is right.
"""

from __future__ import annotations

from collections.abc import Sequence

from simulator.engine.settings import Accepted
from simulator.scenario.schema import FurtherLeak, Leak
from simulator.vocabulary.anatomy import Laterality, LeakPattern, Zone
from simulator.vocabulary.levels import Interspace, Region
from simulator.vocabulary.procedure import Approach

INTERLAMINAR: tuple[Approach, ...] = (Approach.MIDLINE_INTERLAMINAR, Approach.PARAMEDIAN_INTERLAMINAR)
FORAMINAL: tuple[Approach, ...] = (Approach.POSTERIOR_FORAMINAL,)
DORSAL_ZONES, FORAMINAL_ZONES = (Zone.DORSAL, Zone.LATERAL), (Zone.FORAMINAL, Zone.LATERAL)
VENTRAL_ZONES = (*FORAMINAL_ZONES, Zone.VENTRAL)
LOWEST_WITHOUT_DORSAL_FAT = Interspace.C5_6
LOWEST_OF_NECK = Interspace.C7_T1
POOLS = (LeakPattern.CIRCUMFERENTIAL,)  # leaks that collect behind the sac


def choose_accepted_targets(leak: Leak, interspaces: Sequence[str], further: FurtherLeak | None = None) -> Accepted:
    """What is right for a leak: the educator's word where there is one, else what follows from the leak.

    Args:
        leak: of the scenario
        interspaces: of the patient, that a needle may go to
        further: a second leak, whose level is right as well
    """
    in_neck = leak.level.region is Region.CERVICAL
    no_target = leak.level <= LOWEST_WITHOUT_DORSAL_FAT and leak.pattern not in POOLS
    fistula = leak.pattern is LeakPattern.CSF_VENOUS_FISTULA
    foraminal = not (leak.pattern in POOLS or fistula or in_neck)  # what is shown must not tell of a fistula
    levels = [leak.level]
    ventral = leak.pattern is LeakPattern.VENTRAL_TEAR
    if ventral and in_neck and LOWEST_OF_NECK in interspaces:
        levels = list(dict.fromkeys([leak.level, LOWEST_OF_NECK]))
    if fistula:
        levels = []  # blood does not close it
    elif no_target:
        levels = [level for level in (LOWEST_OF_NECK,) if level in interspaces]
    if further is not None:
        levels = [*levels, further.level]
    if leak.needle_levels is not None:
        levels = leak.needle_levels
    abandon = no_target or not levels
    one_sided = foraminal and not ventral and leak.side is not Laterality.BOTH
    return Accepted(
        approaches=tuple(leak.approaches or (FORAMINAL if foraminal else INTERLAMINAR)),
        zones=tuple(leak.zones or _zones(foraminal=foraminal, ventral=ventral)),
        needle_levels=tuple(levels),
        sides=(leak.side,) if one_sided else (Laterality.LEFT, Laterality.RIGHT),
        may_abandon=abandon if leak.may_abandon is None else leak.may_abandon,
    )


def _zones(*, foraminal: bool, ventral: bool) -> tuple[Zone, ...]:
    """Where the bevel may lie when the blood comes."""
    if not foraminal:
        return DORSAL_ZONES
    return VENTRAL_ZONES if ventral else FORAMINAL_ZONES
