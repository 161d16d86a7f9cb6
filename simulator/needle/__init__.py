"""The needle: what it is, where it goes in tissue, what it feels and what it pierces."""
