"""Decimal strings: numbers in the form that DICOM's DS and IS take, which pydicom does not see to by itself.

A DS is at most 16 characters long (PS3.5, 6.2), and a double printed with all its digits is longer: 3 * 0.6 has 18.
"""

from __future__ import annotations

from decimal import Decimal

from pydicom.valuerep import format_number_as_ds

DIGITS = 8  # after the point: what a dose registry was seen to keep of every number


def decimal_string(value: float, digits: int = DIGITS) -> str:
    """A number as DS, rounded to so many digits after the point; ValueError where it is none."""
    rounded = round(float(value), digits)
    return str(int(rounded)) if rounded.is_integer() and abs(rounded) < 1e15 else str(format_number_as_ds(rounded))


def decimal_strings(*values: float) -> list[str]:
    """Several numbers as one DS of several values."""
    return [decimal_string(value) for value in values]


def integer_string(value: float) -> str:
    """A number as IS: the nearest whole one."""
    return str(round(value))


def exact_sum(written: list[str]) -> str:
    """The sum of numbers as they were written, to the last digit."""
    return decimal_string(float(sum(map(Decimal, written), Decimal(0))))
