"""TOML faults: what is wrong with a text that is no TOML, in words of somebody who writes cases and not of a parser."""

from __future__ import annotations

import re

_BARE = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_PAIR = re.compile(rf"^\s*{_BARE}(?:\s*\.\s*{_BARE})*\s*=\s*(.*)$")
_QUOTED = re.compile(r""""(?:\\.|[^"\\])*"|'[^']*'""")
_COMMA = re.compile(r"(?<![\w\[])([-+]?\d+),(\d+)\b(?!\s*[,\]])")
_TRUTH = re.compile(r"[=\[,]\s*(True|TRUE|False|FALSE|yes|Yes|no|No|on|On|off|Off|null|None|nil)\b")
_TYPOGRAPHIC = re.compile("[\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb]")
_WORDS = re.compile(r"=\s*([^\W\d_][^#\"'\[{]*?)\s*(?:#.*)?$")
_COLON = re.compile(rf"^\s*({_BARE})\s*:\s*(.+)$")

Fault = tuple[int, str, str]
"""Line from 1, what is wrong, the mend."""


def describe_toml_fault(text: str, line: int, what: str) -> Fault:
    """Line, what is wrong and the mend of a fault that the parser found.

    Args:
        line: on which the parser stopped, from 1
        what: in the parser's words, which stand where nothing better is known
    """
    lines = text.splitlines() or [""]
    opened = _opened(lines, line, what)
    if opened is not None:
        return opened
    here = lines[min(line, len(lines)) - 1]
    if not here.strip() and "after a key" in what:
        line = max((n for n in range(1, line) if lines[n - 1].strip()), default=line)
        here = lines[line - 1]
    return (line, *_in_line(here, what))


def _in_line(here: str, what: str) -> tuple[str, str]:
    """What a line has that TOML has not."""
    bare = _QUOTED.sub('""', here).split("#", 1)[0]
    if _TYPOGRAPHIC.search(_without_straight(here)):
        return "typographic quotes", 'write straight ones: "'
    if comma := _COMMA.search(bare):
        return "a number has a point and no comma", f"write {comma.group(1)}.{comma.group(2)}"
    if truth := _TRUTH.search(bare):
        word = truth.group(1)
        if word.lower() in ("null", "none", "nil"):
            return f"there is no {word}", "leave the key out"
        return f"{word} is no value", f"write {'true' if word.lower() in ('true', 'yes', 'on') else 'false'}"
    if colon := _COLON.match(bare):
        return "a key and its value are joined by =", f"write {colon.group(1)} = {colon.group(2).strip()}"
    pair = _PAIR.match(here)
    if pair is not None and not pair.group(1).split("#", 1)[0].strip():
        return "there is no value after the =", "write one, or leave the key out"
    if bare.strip().startswith("[") and "]" not in bare:
        return "the header of this table has no ]", "close it"
    if bare.strip() and "=" not in bare and not bare.strip().startswith("["):
        return "this line is neither a key with = nor a [table]", "write key = value, or a remark after #"
    if words := _WORDS.search(bare):
        return "words stand in quotes", f'write "{words.group(1).strip()}"'
    if _QUOTED.sub("", here).split("#", 1)[0].count('"') % 2:
        return "a quote is not closed", 'end the words with "'
    return what[:1].lower() + what[1:], "mend that line"


def _without_straight(here: str) -> str:
    """A line without what stands in straight quotes, where any mark may stand."""
    return _QUOTED.sub("", here).split("#", 1)[0]


def _opened(lines: list[str], line: int, what: str) -> Fault | None:
    """Where what is never closed was opened, which is not where the parser stopped."""
    if '"""' in what or "'''" in what or "Unterminated string" in what:
        quotes = "'''" if "'''" in what else '"""'
        for number in range(min(line, len(lines)), 0, -1):
            if lines[number - 1].count(quotes) % 2:
                return number, f"the words that {quotes} opens have no end", f"end them with {quotes}"
    if "nclosed" in what or "inline table" in what.lower() or "array" in what.lower():
        for number in range(min(line, len(lines)), 0, -1):
            bare = _QUOTED.sub("", lines[number - 1]).split("#", 1)[0]
            if _PAIR.match(lines[number - 1]) is None:
                continue
            for left, right, name in (("[", "]", "list"), ("{", "}", "table")):
                if bare.count(left) > bare.count(right):
                    return number, f"the {name} that {left} opens has no end", f"end it with {right}"
            if number < line:
                return None
    return None
