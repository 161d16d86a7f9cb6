"""TOML positions: the line of every key, table and row of a text that is TOML, and the keys that stand in it twice.

A row of a list of tables has its number among the keys, from 0: `("event", 1, "kind")`.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from simulator.scenario.field_error import Keys

_LANGUAGE = Language(tree_sitter_toml.language())
_KEY_NODES = ("bare_key", "quoted_key", "dotted_key")
DEEPEST_VALUE = 24  # lists and tables in one another that are still looked into


@dataclass(slots=True)
class KeyPositions:
    """Where the keys of a text stand.

    Attributes:
        lines: first line of each key, from 1
        twice: keys and tables that are said again, with the line of that
    """

    lines: dict[Keys, int] = field(default_factory=dict)
    twice: list[tuple[Keys, int]] = field(default_factory=list)


@lru_cache(maxsize=16)  # files of one lineage are asked for by turns
def find_positions(text: str) -> KeyPositions:
    """Positions of all keys; of a text that is no TOML those that can still be made out."""
    root = Parser(_LANGUAGE).parse(text.encode()).root_node
    found = KeyPositions()
    rows: Counter[Keys] = Counter()
    headers: set[Keys] = set()
    for node in root.children:
        if node.type == "pair":
            _pair(node, (), found, 0)
        elif node.type in ("table", "table_array_element"):
            table = _in_rows(_header(node), rows)
            if node.type == "table_array_element":
                rows[table] += 1
                found.lines.setdefault(table, _line(node))
                table = (*table, rows[table] - 1)
            elif table in headers or _is_value(table, found, headers):
                found.twice.append((table, _line(node)))
            headers.add(table)
            found.lines.setdefault(table, _line(node))
            for child in node.children:
                if child.type == "pair":
                    _pair(child, table, found, 0)
    return found


def _is_value(table: Keys, found: KeyPositions, headers: set[Keys]) -> bool:
    """Whether a header names what a key has said already."""
    return table in found.lines and not any(other[: len(table)] == table for other in headers)


def _pair(node: Node, above: Keys, found: KeyPositions, depth: int) -> None:
    """A key with its value, and the keys within that."""
    named = [child for child in node.children if child.type in _KEY_NODES]
    if not named:
        return
    parts = tuple(_parts(named[0]))
    keys = (*above, *parts)
    for length in range(len(above) + 1, len(keys)):
        found.lines.setdefault(keys[:length], _line(node))
    if keys in found.lines:
        found.twice.append((keys, _line(node)))
    found.lines.setdefault(keys, _line(node))
    _value(node.children[-1] if node.children[-1].type != "comment" else node.children[-2], keys, found, depth)


def _value(node: Node, keys: Keys, found: KeyPositions, depth: int) -> None:
    if depth > DEEPEST_VALUE:
        return
    if node.type == "inline_table":
        for child in node.children:
            if child.type == "pair":
                _pair(child, keys, found, depth + 1)
    elif node.type == "array":
        values = [child for child in node.named_children if child.type != "comment"]
        for number, child in enumerate(values):
            found.lines.setdefault((*keys, number), _line(child))
            _value(child, (*keys, number), found, depth + 1)


def _header(node: Node) -> Keys:
    named = [child for child in node.children if child.type in _KEY_NODES]
    return tuple(_parts(named[0])) if named else ()


def _in_rows(header: Keys, rows: Counter[Keys]) -> Keys:
    """A header with the number of the row in which it stands, for each list of tables above it."""
    keys: Keys = ()
    for position, part in enumerate(header):
        keys = (*keys, part)
        if position + 1 < len(header) and rows[keys]:
            keys = (*keys, rows[keys] - 1)
    return keys


def _parts(node: Node) -> Iterator[str]:
    """Names of a key; its dots lie in one another."""
    pending = [node]
    while pending:
        this = pending.pop()
        if this.type == "dotted_key":
            pending.extend(reversed([child for child in this.children if child.type in _KEY_NODES]))
        else:
            raw = (this.text or b"").decode(errors="replace")
            yield _unquoted(raw) if this.type == "quoted_key" else raw


def _unquoted(raw: str) -> str:
    try:
        return next(iter(tomllib.loads(f"{raw} = 0")))
    except tomllib.TOMLDecodeError:
        return raw.strip("\"'")


def _line(node: Node) -> int:
    return node.start_point[0] + 1
