"""Rubric words: in which numbers the rubric of a case differs from the one in `docs/score.md`, and what that means."""

from __future__ import annotations

from dataclasses import fields

from simulator.scoring.rubric import Anchors, Rubric

NO_IMAGES_WORDS = (
    "No image guidance is asked for: no look, no plan on an image and no planning scan is demanded.",
    "A needle that nobody looked at, a way near the dura without a look and the plunger as the only cue limit nothing.",
    "The shares of these metrics go to the others of their component; dose that was given counts as everywhere.",
)


def own_rubric_words(rubric: Rubric) -> list[str]:
    """What differs in a case's rubric, a sentence each; nothing where it is the common one."""
    common = Rubric()
    words = [] if rubric.needs_images else list(NO_IMAGES_WORDS)
    for item in fields(Rubric):
        own, usual = getattr(rubric, item.name), getattr(common, item.name)
        if item.name != "needs_images" and own != usual:
            words.append(f"{item.name}: {_in_words(own)} in place of {_in_words(usual)}.")
    return words


def _in_words(value: Anchors | float) -> str:
    return f"{value.expert:g} (expert) to {value.poor:g}" if isinstance(value, Anchors) else f"{value:g}"
