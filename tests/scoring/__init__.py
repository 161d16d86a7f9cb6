"""Scoring: pairs of procedures that one rule tells apart, and strategies that must not pay."""
