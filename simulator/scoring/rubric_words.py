"""Rubric words: in which numbers the rubric of a case differs from the one in `docs/score.md`, and what that means."""

from __future__ import annotations

from simulator.scoring.rubric import PLACES, Anchors, Rubric, number_named

NO_IMAGES_WORDS = (
    "No image guidance is asked for: no look, no plan on an image and no planning scan is demanded.",
    "A needle that nobody looked at, a way near the dura without a look and the plunger as the only cue limit nothing.",
    "The shares of these metrics go to the others of their component; dose that was given counts as everywhere.",
)


def own_rubric_words(rubric: Rubric) -> list[str]:
    """What differs in a case's rubric, a sentence each; nothing where it is the common one."""
    common = Rubric()
    words = [] if rubric.looks.needs_images else list(NO_IMAGES_WORDS)
    for name in PLACES:
        own, usual = number_named(rubric, name), number_named(common, name)
        if name != "needs_images" and own != usual:
            words.append(f"{name}: {_in_words(own)} in place of {_in_words(usual)}.")
    return words


def _in_words(value: Anchors | float) -> str:
    return f"{value.expert:g} (expert) to {value.poor:g}" if isinstance(value, Anchors) else f"{value:g}"
