"""Dataset: built by turns, gone on with, refused where it is another's, and expanded to the bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.cli import main
from simulator.errors import UserInputError
from simulator.scenario.load import ScenarioFile, load_scenario
from simulator.strategies import dataset
from simulator.strategies.dataset import EPISODES, build_dataset, read_dataset
from simulator.strategies.journal import Journal
from simulator.strategies.learning.environment import LearningEnvironment
from simulator.strategies.learning.expand import action_space, carried_out, expand_dataset
from tests.conftest import PATIENT_2


@pytest.fixture(scope="module")
def file() -> ScenarioFile:
    return load_scenario(PATIENT_2)


@pytest.fixture(autouse=True)
def _quick_operators(monkeypatch: pytest.MonkeyPatch) -> None:
    """Operators that take no image: the dataset does not know the difference, and the test is done sooner."""
    monkeypatch.setattr(dataset, "OPERATORS", ("always-stop", "random"))


def built(count: int, file: ScenarioFile, out: Path) -> list[dict[str, Any]]:
    build_dataset(count, file, out, lambda *_: None)
    return list(read_dataset(out))


def test_it_is_built_by_turns_gone_on_with_and_has_a_card(file: ScenarioFile, tmp_path: Path) -> None:
    first = built(2, file, tmp_path)
    journal = tmp_path / EPISODES
    before = journal.read_bytes()
    journal.write_bytes(before + b'{"key":"torn')
    rows = built(3, file, tmp_path)
    assert rows[:2] == first
    assert journal.read_bytes().startswith(before)
    assert [(row["operator"], row["seed"] - rows[0]["seed"]) for row in rows] == [
        ("always-stop", 0), ("random", 0), ("always-stop", 1),
    ]  # fmt: skip
    assert rows[0]["seed"] in dataset.TRAIN
    card = (tmp_path / "README.md").read_text()
    assert card.count("extrapolated, not measured") == 2  # size and time
    assert f"{sum(row['processor_s'] for row in rows) / 60.0:.1f} minutes of processor time" in card
    journal.unlink()
    with Journal(journal) as written:
        written.append(first[0] | {"key": "0-another-code"})
    with pytest.raises(UserInputError, match="another case or state of the code"):
        built(1, file, tmp_path)


def test_an_episode_comes_out_as_it_was_built_and_a_forged_one_does_not(file: ScenarioFile, tmp_path: Path) -> None:
    row = built(2, file, tmp_path)[1]
    environment = LearningEnvironment(str(PATIENT_2))
    made = carried_out(row, environment)
    assert len(made["observations"]) == len(made["actions"]) + 1 == len(row["commands"]) + 1
    assert all(environment.observation_space.contains(one) for one in made["observations"])
    assert all(action_space().contains(one) for one in made["actions"])
    assert made["rewards"][-1] == pytest.approx(row["score"] / 100.0)
    with pytest.raises(UserInputError, match="as it was built"):
        carried_out({**row, "state_digest": "0" * 64}, environment)


def test_minari_reads_what_was_expanded(file: ScenarioFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    minari = pytest.importorskip("minari")
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path / "minari"))
    rows = built(2, file, tmp_path)
    assert expand_dataset(tmp_path, "ctfluoro/small-v0", lambda *_: None, image=64) == 2
    read = minari.load_dataset("ctfluoro/small-v0")
    episodes = list(read.iterate_episodes())
    assert [len(one.rewards) for one in episodes] == [len(row["commands"]) for row in rows]
    twin = carried_out(rows[1], LearningEnvironment(str(PATIENT_2), image=64))
    for name in ("image", "table_mm", "felt_n"):
        assert np.array_equal(episodes[1].observations[name], np.stack([one[name] for one in twin["observations"]]))
    assert list(episodes[1].actions) == twin["actions"]
    with pytest.raises(UserInputError, match="has all of these episodes"):
        expand_dataset(tmp_path, "ctfluoro/small-v0", lambda *_: None, image=64)
    with pytest.raises(UserInputError, match="has another dataset of this name"):
        expand_dataset(tmp_path, "ctfluoro/small-v0", lambda *_: None)


def test_what_was_stopped_goes_on_where_it_was(
    file: ScenarioFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    minari = pytest.importorskip("minari")
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path / "minari"))
    rows = built(3, file, tmp_path)

    def stops(done: int, of: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        expand_dataset(tmp_path, "ctfluoro/stopped-v0", stops)
    begun: list[int] = []
    assert expand_dataset(tmp_path, "ctfluoro/stopped-v0", lambda done, of: begun.append(done)) == 3
    assert begun[0] == 2
    read = minari.load_dataset("ctfluoro/stopped-v0")
    assert [len(one.rewards) for one in read.iterate_episodes()] == [len(row["commands"]) for row in rows]


def test_wrong_input_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dataset", "expand", str(tmp_path)]) == 2
    assert "there is no dataset here" in capsys.readouterr().err
    (tmp_path / EPISODES).write_text('{"key": "0-a-b", "number": 0}\n')
    assert main(["dataset", "expand", str(tmp_path)]) == 2
    assert "there is no episode" in capsys.readouterr().err
    assert main(["dataset", "build", "2", "--case", "nobody", "--out", str(tmp_path / "out")]) == 2
    assert not (tmp_path / "out").exists()
