"""Streams: every draw of chance has a name and an ordinal, so that one more press changes nothing else."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What chance decides; the value is part of every record, so numbers never change meaning."""

    QUANTUM_NOISE = 1
    HANDS_PLACEMENT = 2
    HANDS_TURN = 3
    HANDS_STEP = 4
    TISSUE = 5
    TENTING = 6
    PATIENT = 7
    PERCEPTION = 8
    TABLE = 9
    SCENARIO = 10
    TUBE = 11
    SCOUT_NOISE = 12
    PALPATION = 13
    DERIVED = 14
    BREATH = 21
    JERK = 22
    POCKET = 23
    REACTION = 24


def generator(root_seed: int, stream: Stream, index: int) -> np.random.Generator:
    """Generator of one draw: of this stream, for the thing with this ordinal (press, placement, contact, mL)."""
    return np.random.default_rng(np.random.SeedSequence(root_seed, spawn_key=(int(stream), index)))


def noise_key(root_seed: int, acquisition: int, stream: Stream = Stream.QUANTUM_NOISE) -> int:
    """Key of the quantum noise of one acquisition, 32 bits; scouts are counted by themselves, in a stream of theirs."""
    sequence = np.random.SeedSequence(root_seed, spawn_key=(int(stream), acquisition))
    return int(sequence.generate_state(1, np.uint32)[0])
