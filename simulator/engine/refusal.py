"""Refusal: a command that cannot be carried out, and why."""


class RefusalError(Exception):
    """The operator's intention cannot be carried out; the message says why and what would."""
