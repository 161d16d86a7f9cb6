"""Chosen words: the language in which reports, window and messages print. Files are always written in English."""

from __future__ import annotations

from simulator.wording.catalogue import Catalogue
from simulator.wording.english import ENGLISH

WORDS: Catalogue = ENGLISH
"""The catalogue to print from; a translation takes its place here."""
