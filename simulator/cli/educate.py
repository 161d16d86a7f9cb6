"""Educate: what somebody who writes cases needs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from simulator.cli.arguments import Commands


def add_to(commands: Commands) -> None:
    """The command `import-ct`."""
    imported = commands.add_parser("import-ct", help="turn a labelled CT into a patient")
    imported.add_argument("ct", type=Path, help="CT as NIfTI")
    imported.add_argument("--labels", type=Path, help="vertebra labels as NIfTI, on the same grid")
    imported.add_argument("--name", required=True, help="name of the new patient")
    imported.add_argument("--out", type=Path, default=Path("patients"), help="folder for it (default: patients)")
    imported.set_defaults(action=_import_ct)


def _import_ct(arguments: argparse.Namespace) -> None:
    """Turn a labelled CT into a patient folder."""
    from simulator.progress import Bars
    from simulator.scenario.real_patient import import_ct

    with Bars() as bars:
        folder = import_ct(arguments.ct, arguments.labels, name=arguments.name, out=arguments.out, progress=bars.report)
    print(f'Wrote {folder}. Name it as ct = "{folder}" under [patient] in a scenario.', file=sys.stderr)
