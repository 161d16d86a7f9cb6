"""Public names of a package that are imported when they are first used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def imported_on_first_use(
    package: str, modules: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` (PEP 562) of a package whose public names lie in modules that nobody has needed yet.

    A type checker reads none of it: the package shows it the same names as imports under `TYPE_CHECKING`.

    Args:
        package: its name
        modules: of each public name, the module that it is imported from
    """
    names = vars(sys.modules[package])

    def value_of(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(import_module(modules[name]), name)
        names[name] = value
        return value

    def public_names() -> list[str]:
        return sorted({*names, *modules})

    return value_of, public_names
