"""Share: a case or course as one file for another lab, and back."""

from __future__ import annotations

import argparse
from pathlib import Path

from simulator.cli.arguments import Commands, named_path
from simulator.cli.output import say
from simulator.program_name import program_name


def add_to(commands: Commands) -> None:
    """The commands `pack` and `unpack`."""
    pack = commands.add_parser("pack", help="write a case or course, with pictures and CTs, as one file")
    pack.add_argument("file", type=named_path, help="case or course of your own")
    pack.add_argument("out", type=named_path, metavar="OUT.zip", help="file to write")
    pack.set_defaults(action=_pack)

    unpack = commands.add_parser("unpack", help="take a case or course out of a file that `pack` wrote")
    unpack.add_argument("file", type=named_path, help="file that `pack` wrote")
    unpack.add_argument("folder", type=named_path, metavar="DIR", help="for its files; nothing there is replaced")
    unpack.set_defaults(action=_unpack)


def _pack(arguments: argparse.Namespace) -> None:
    """Pack, and say what goes along."""
    from simulator.scenario.pack import write_pack

    packed = write_pack(arguments.file, arguments.out)
    for name in packed.names:
        say(f"  {name}")
    say(
        f"Wrote {arguments.out} with these files. Their names and texts go along as they are: see that none of them "
        "names a person."
    )
    if any(name.endswith(".nii.gz") for name in packed.names):
        say("Of each CT the grid, the voxels and the labels go along, and no word of its header.")


def _unpack(arguments: argparse.Namespace) -> None:
    """Unpack, and say what to do next."""
    from simulator.scenario.unpack import unpack

    start, names = unpack(Path(arguments.file), Path(arguments.folder))
    say(f"Unpacked {len(names)} files. Next: {program_name()} check {start}")
