"""Splits: which people a learner may train and tune on, and the organiser's people that nobody knows before the end.

A seed of the benchmark's case is a person with a leak, hands and all other chance. Seeds for training and validation
are committed here. Those of the test follow from a secret of the organiser, whose digest is published before and the
secret itself after: whoever has both can check that no seed was chosen.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from simulator.errors import UserInputError
from simulator.scenario.field_error import dotted
from simulator.scenario.load import ScenarioFile
from simulator.scenario.toml_source import read_text

CASE = "varied"
TRAIN = range(1_000_000, 1_900_000)
VALIDATION = range(2_000_000, 2_001_000)
FIRST_TEST_SEED = 2**62  # so that no test seed is one of the others, or small enough to be tried by chance
SECRET_BYTES = 32
MOST_PEOPLE = 100_000
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """What an organiser publishes before entries are handed in.

    Attributes:
        case: name of the scenario
        case_digest: SHA-256 of it, merged with what it extends
        people: how many test seeds there are
        secret_digest: SHA-256 of the secret
        code: digest of the program's source that will carry the entries out
    """

    case: str
    case_digest: str
    people: int
    secret_digest: str
    code: str


def new_secret(path: Path) -> str:
    """A secret in a file of its own that nobody else may read.

    Raises:
        UserInputError: there is such a file already, or it cannot be written.
    """
    secret = secrets.token_hex(SECRET_BYTES)
    try:
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(secret + "\n", encoding="utf-8")
    except FileExistsError as error:
        raise UserInputError(str(path), "there is a secret here already", "keep it, or name another file") from error
    except OSError as error:
        raise UserInputError(str(path), f"this cannot be written ({error.strerror})", "name another file") from error
    return secret


def read_secret(path: Path) -> str:
    """The secret of a file; UserInputError where the file holds none."""
    text = read_text(path).strip()
    if len(text) != 2 * SECRET_BYTES or not all(letter in "0123456789abcdef" for letter in text):
        raise UserInputError(str(path), "this is no secret", f"{2 * SECRET_BYTES} hexadecimal digits, as `seal` writes")
    return text


def commit(secret: str, file: ScenarioFile, people: int, code: str) -> Commitment:
    """What is published of a secret."""
    return Commitment(
        case=file.name,
        case_digest=case_digest(file),
        people=people,
        secret_digest=hashlib.sha256(secret.encode()).hexdigest(),
        code=code,
    )


def case_digest(file: ScenarioFile) -> str:
    """SHA-256 of a scenario with what it extends, before anything is drawn."""
    drawn = {dotted(keys): repr(one) for keys, one in file.distributions.items()}
    body = json.dumps([file.data, drawn], sort_keys=True, default=str)
    return hashlib.sha256(body.encode()).hexdigest()


def seeds_of_test(secret: str, commitment: Commitment) -> tuple[int, ...]:
    """The seeds of the test's people, from the secret and what was published of it.

    Raises:
        UserInputError: this is another secret than the published one.
    """
    if hashlib.sha256(secret.encode()).hexdigest() != commitment.secret_digest:
        raise UserInputError("secret", "its digest is not the published one", "take the secret of this commitment")
    found = []
    for number in range(commitment.people):
        message = f"{commitment.case_digest} person {number}".encode()
        digest = hmac.digest(secret.encode(), message, "sha256")
        found.append(FIRST_TEST_SEED + int.from_bytes(digest[:8], "big") % FIRST_TEST_SEED)
    return tuple(found)


def commitment_to_json(commitment: Commitment) -> str:
    """A commitment as its file holds it."""
    return json.dumps({"format": FORMAT, **asdict(commitment)}, indent=1) + "\n"


def read_commitment(path: Path) -> Commitment:
    """A commitment from its file; UserInputError where it is none."""
    fix = "take the file that `seal` wrote"
    try:
        body: Any = json.loads(read_text(path))
        if not isinstance(body, dict) or body.pop("format", None) != FORMAT:
            raise ValueError("another format")
        made = Commitment(**body)
    except (ValueError, TypeError, RecursionError) as error:
        raise UserInputError(str(path), f"this is no commitment ({error})"[:200], fix) from error
    texts = (made.case, made.case_digest, made.secret_digest, made.code)
    if not all(isinstance(text, str) for text in texts) or not isinstance(made.people, int):
        raise UserInputError(str(path), "this is no commitment", fix)
    if not 1 <= made.people <= MOST_PEOPLE:
        raise UserInputError(str(path), f"{made.people} people", f"1 to {MOST_PEOPLE}")
    return made
