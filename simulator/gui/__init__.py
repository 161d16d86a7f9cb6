"""The trainer: the window. Input becomes commands, Views become pixels."""
