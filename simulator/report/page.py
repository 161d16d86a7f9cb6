"""Page: templates of the reports, with everything that is shown escaped."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from simulator.files.whole_file import write_whole
from simulator.shown_text import shown_text

TEMPLATES = Path(__file__).parent / "templates"


def environment() -> Environment:
    """Templates whose values are text, whatever they hold; a name that nothing gives is a fault."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def write_page(page: str, out: Path) -> None:
    """Write a page whole, or leave what is there.

    Raises:
        UserInputError: there is a file that this program did not make.
        OSError: it cannot be written.
    """
    text = "\n".join(line if line.isascii() else _writable(line) for line in page.split("\n"))
    write_whole(out, lambda beside: beside.write_text(text, encoding="utf-8", newline="\n"))


def _writable(line: str) -> str:
    """A line with what UTF-8 cannot hold (bytes of a file's name that are none) escaped."""
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return "".join(shown_text(one) if "\ud800" <= one <= "\udfff" else one for one in line)
    return line
