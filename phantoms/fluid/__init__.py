"""Cerebrospinal fluid: where it leaks, and the contrast that was mixed into it."""
