"""Version: which release this is."""

from __future__ import annotations

from importlib import metadata

DISTRIBUTION = "ct-fluoro-sim"


def installed_version() -> str:
    """Version of the installed distribution; "not installed" where the sources are run without one."""
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "not installed"


__version__ = installed_version()
