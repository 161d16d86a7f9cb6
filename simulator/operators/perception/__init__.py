"""Perception: what the pixels of a console show, found by programs that know nothing else."""
