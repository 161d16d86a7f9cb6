"""Notes of `check`: what is sound in form and hardly what its author meant; an edit that once taught it."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.cli import main
from simulator.engine.settings import Accepted
from simulator.errors import UserInputError
from simulator.operators.request import requested_interspace
from simulator.scenario.accepted_targets import choose_accepted_targets
from simulator.scenario.author_check import notes_on
from simulator.scenario.load import ScenarioFile, load_scenario, parse_scenario
from simulator.scenario.shipped import shipped_scenarios
from simulator.scenario.template import write_template
from simulator.scenario.text_words import fill_in
from simulator.vocabulary.levels import Interspace

BASE = 'format = 1\nextends = "{base}"\n'


def case(folder: Path, text: str, base: str = "patient-2") -> ScenarioFile:
    (folder / "mine.toml").write_text(BASE.format(base=base) + text)
    return load_scenario(folder / "mine.toml")


def accepted(file: ScenarioFile) -> Accepted:
    return choose_accepted_targets(file.scenario_for(1).leak, list(Interspace))


@pytest.mark.parametrize("base", [name for name in shipped_scenarios() if name not in ("blind-patch", "sixth-lumbar")])
def test_who_changes_the_level_alone_changes_what_is_right_and_what_is_asked(base: str, tmp_path: Path) -> None:
    old = load_scenario(Path(base)).scenario_for(1)
    levels = {"cervical": ("C6/7", "C5/6"), "thoracic": ("T8/9", "T7/8"), "lumbar": ("L4/5", "L3/4")}[old.region]
    level = next(one for one in levels if one != old.leak.level)
    other = {"real-ct": "L2/3", "patient-6": "C2/3", "two-leaks": "L3/4"}  # what the patient has, and no other leak
    other |= dict.fromkeys(("csf-venous-fistula", "fistula-excluded"), "T10/11")
    level = other.get(base, level)
    file = case(tmp_path, f'[leak]\nlevel = "{level}"\n', base)
    scenario = file.scenario_for(1)
    asked = fill_in(scenario.text.request, scenario.leak.level, scenario.leak.side)
    assert requested_interspace(asked) == level
    if base == "ventral-tear-neck":  # at C5/6 nothing that a needle could go to lies behind the sac
        assert accepted(file).needle_levels == ("C7/T1",)
    elif base == "csf-venous-fistula":  # no blood closes it, wherever it is
        assert accepted(file).needle_levels == ()
    elif base != "neck-without-target":
        assert accepted(file).needle_levels == (level,)


def test_the_template_sets_no_trap(tmp_path: Path) -> None:
    path = write_template("mine", tmp_path)
    path.write_text(path.read_text().replace('level = "L3/4"', 'level = "L4/5"'))
    file = load_scenario(path)
    assert accepted(file).needle_levels == ("L4/5",)
    assert notes_on(file, 1) == []


@pytest.mark.parametrize(
    ("text", "base", "line", "key", "words"),
    [
        ('[text]\nrequest = "Patch at L2/3, please."', "patient-2", 4, "text.request", ["L2/3", "leak is at L3/4"]),
        ('title = "Leak at L5/S1"', "patient-2", 3, "title", ["L5/S1", "leak is at L3/4"]),
        ('[leak]\nside = "left"', "patient-7", 0, "text.request", ["the right", "on the left"]),
        ('[leak]\nlevel = "L5/S1"', "patient-2", 0, "myelogram.levels", ["from L2 to L5 does not hold the leak"]),
        ('[myelogram]\nlevels = ["L4", "S1"]', "patient-2", 4, "myelogram.levels", ["does not hold the leak at L3/4"]),
        ('[myelogram]\nlevels = ["S1", "L4"]', "patient-2", 4, "myelogram.levels", ["does not hold"]),
        (
            '[myelogram.puncture_site]\nlevel = "L1/2"',
            "patient-2",
            0,
            "myelogram.levels",
            ["the puncture site at L1/2"],
        ),
        ('[[event]]\nkind = "jerk"\nat_min = 90', "patient-2", 5, "event.at_min", ["needed again at 60 min"]),
        ('[[event]]\nkind = "jerk"\nat_depth_mm = 100', "patient-2", 5, "event.at_depth_mm", ["reaches 100 mm"]),
        ('[[event]]\nkind = "jerk"\nat_volume_ml = 20', "patient-2", 5, "event.at_volume_ml", ["16 mL may be given"]),
        ('[needle]\ntray = ["25G Quincke 88 mm"]', "patient-2", 4, "needle.tray", ["faster than", "20G"]),
        ("[patient]\nbmi_kg_per_m2 = 50", "patient-2", 0, "needle.tray", ["mm deep", "has 88 mm", "120 mm"]),
        ('[patient]\nsacralised_l5 = true\n[leak]\nlevel = "L5/S1"', "patient-3", 6, "leak.level", ["grown into"]),
        ('region = "lumbar"', "patient-4", 3, "region", ["for the lumbar spine", 'region = "cervical"']),
        ('title = "Leak at {levle}"', "patient-2", 3, "title", ["{levle} stays", "{level}"]),
        ('[[fact]]\nkind = "drug"\nwords = "{name of it}"', "patient-2", 5, "fact.words", ["{name of it}"]),
        ('[leak]\nneedle_levels = ["L4/5"]', "patient-2", 4, "leak.needle_levels", ["right at L4/5 alone"]),
        ("[leak]\nneedle_levels = []", "patient-2", 4, "leak.needle_levels", ["no fact of the chart says why"]),
        ("[limits]\nblood_ml = 3", "patient-2", 4, "limits.blood_ml", ["as a token"]),
    ],
)
def test_a_note_names_line_key_and_mend(
    text: str, base: str, line: int, key: str, words: list[str], tmp_path: Path
) -> None:
    notes = notes_on(case(tmp_path, text + "\n", base), 1)
    mine = [note for note in notes if f": {key}: note: " in note]
    assert len(mine) == 1, notes
    if line:
        assert mine[0].startswith(f"{tmp_path / 'mine.toml'}:{line}: ")
    for word in words:
        assert word in mine[0]


@pytest.mark.parametrize("name", [name for name in shipped_scenarios() if name != "sixth-lumbar"])
def test_the_cases_that_ship_call_for_no_note(name: str) -> None:
    assert notes_on(load_scenario(Path(name)), 1) == []


def test_notes_are_told_below_and_refuse_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case(tmp_path, '[text]\nrequest = "Patch at L2/3, please."\n')
    assert main(["check", str(tmp_path / "mine.toml")]) == 0
    told = capsys.readouterr().err.splitlines()
    assert ": sound: " in told[0]
    assert ": text.request: note: this names L2/3" in told[1]


def test_that_a_case_must_be_abandoned_can_be_written(tmp_path: Path) -> None:
    why = '[[fact]]\nkind = "drug"\nwords = "apixaban this morning"\nstops = true\n'
    file = case(tmp_path, f"[leak]\nneedle_levels = []\n{why}")
    assert notes_on(file, 1) == []
    assert accepted(file).needle_levels == ()
    assert accepted(file).may_abandon
    with pytest.raises(UserInputError, match=r"leak\.may_abandon: no level is right"):
        case(tmp_path, "[leak]\nneedle_levels = []\nmay_abandon = false\n")


def test_an_empty_list_of_an_old_record_says_no_more_than_none(tmp_path: Path) -> None:
    now = case(tmp_path, "").scenario_for(1).model_dump(mode="json")
    then = {key: item for key, item in now.items() if key not in ("lesson", "question", "reject_if")}
    then["leak"] = {**then["leak"], "needle_levels": []}
    assert choose_accepted_targets(parse_scenario(then, "record").leak, list(Interspace)).needle_levels == ("L3/4",)
    kept = {**now, "leak": {**now["leak"], "needle_levels": []}}
    assert choose_accepted_targets(parse_scenario(kept, "record").leak, list(Interspace)).needle_levels == ()
