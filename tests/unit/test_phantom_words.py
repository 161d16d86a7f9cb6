"""Levels, sides and leaks of files become types once, and landmarks are found by name or type."""

import pytest

from phantoms.catalogue import patient_names, patient_parameters
from phantoms.fluid.contrast import MyelogramParameters
from phantoms.fluid.leak import LeakParameters
from phantoms.parameters import parse_levels
from phantoms.phantom import Landmarks
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import Laterality, LeakPattern
from simulator.vocabulary.levels import Interspace, Vertebra

RING = {"pattern": "circumferential", "level": "L3/4", "side": "left", "thickness_mm": 3.0, "iodine_ratio": 0.7}


@pytest.mark.parametrize("name", patient_names())
def test_a_patient_of_the_catalogue_holds_types(name: str) -> None:
    patient = patient_parameters(name)
    assert all(type(one) is Vertebra for one in patient.vertebrae)
    assert all(type(one) is Interspace for one in (*patient.interspaces, patient.level_interspace, patient.leak.level))
    assert type(patient.leak.pattern) is LeakPattern
    assert type(patient.leak.side) is Laterality
    assert type(patient.myelogram.injection_level) is Interspace


def test_levels_of_a_table_become_types_and_unknown_names_stay() -> None:
    typed = parse_levels({"vertebrae": ["L1", "L9"], "narrow_discs": ["L4/5"], "scoliosis_apex": "T12", "wear": 0.5})
    assert typed == {"vertebrae": ("L1", "L9"), "narrow_discs": ("L4/5",), "scoliosis_apex": "T12", "wear": 0.5}
    assert [type(one) for one in typed["vertebrae"]] == [Vertebra, str]
    assert type(typed["narrow_discs"][0]) is Interspace
    assert type(typed["scoliosis_apex"]) is Vertebra


def test_a_leak_of_a_file_is_checked_word_by_word() -> None:
    assert LeakParameters.parse(RING).side is Laterality.LEFT
    for key, wrong in (("pattern", "round"), ("side", "middle"), ("level", "L8/9")):
        with pytest.raises(ValueError, match=wrong):
            LeakParameters.parse({**RING, key: wrong})
    with pytest.raises(ValueError, match="one side"):
        LeakParameters.parse({**RING, "pattern": "slow", "side": "both"})


def test_a_myelogram_of_a_file_may_hold_a_puncture_site() -> None:
    myelogram = MyelogramParameters.parse({"injection_level": "L4/5", "puncture_site": {"level": "L4/5"}})
    assert myelogram.puncture_site is not None
    assert myelogram.puncture_site.level is myelogram.injection_level is Interspace.L4_5


def test_landmarks_are_found_by_name_or_type() -> None:
    body, wall, opening = (PatientPoint(0.0, y, 0.0) for y in (-15.0, 0.0, 20.0))
    marks = Landmarks(
        vertebral_bodies={Vertebra.L3: body},
        interspaces={Interspace.L3_4: wall, Interspace.L4_5: wall},
        interlaminar_windows={Interspace.L3_4: opening},
    )
    assert marks.find("L3") == marks.find(Vertebra.L3) == body
    assert marks.find("L3/4") == wall
    assert marks.find_opening("L3/4") == opening
    assert marks.find_opening("L4/5") == wall  # no way is open
    assert marks.find("L2") is None
    assert marks.levels == ("L3", "L3/4", "L4/5")
    assert len(marks.points) == 4
