"""One page in headless Chromium: errors, requests, and what axe-core finds."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

WIDTHS = (390, 900, 1600)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_LISTEN = """<script>
window.found = { errors: [], requests: [] };
window.addEventListener("error", function (e) { window.found.errors.push(String(e.message)); }, true);
window.addEventListener("unhandledrejection", function (e) { window.found.errors.push(String(e.reason)); });
document.addEventListener("securitypolicyviolation", function (e) { window.found.requests.push(e.blockedURI); });
["error", "warn"].forEach(function (kind) {
  console[kind] = function () { window.found.errors.push(Array.from(arguments).join(" ")); };
});
</script>"""
_REPORT = """<script>
window.addEventListener("load", function () {
  performance.getEntriesByType("resource").forEach(function (entry) {
    if (entry.name.indexOf("data:") !== 0) { window.found.requests.push(entry.name); }
  });
  axe.run().then(function (result) {
    window.found.violations = result.violations.map(function (v) {
      return v.id + ": " + v.nodes.slice(0, 3).map(function (n) { return n.html.slice(0, 160); }).join(" | ");
    });
    window.found.inner = window.innerWidth;
    window.found.width = document.documentElement.scrollWidth - window.innerWidth;
    parent.postMessage(JSON.stringify(window.found), "*");
  });
});
</script>"""

_HOST = """<!doctype html><html><body style="margin:0"><script>
window.addEventListener("message", function (event) {
  var pre = document.createElement("pre");
  pre.id = "found";
  pre.textContent = event.data;
  document.body.appendChild(pre);
});
</script><iframe src="page.html" style="border:0" width="WIDTH" height="1000"></iframe></body></html>"""
"""A window of Chromium is at least 500 px wide; a frame may be as narrow as a telephone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a page did.

    Attributes:
        errors: of the console, warnings included
        requests: addresses that it asked for or tried to
        violations: of axe-core's rules, with the first places
        inner_px: width that the page had
        overflow_px: by which it is wider than that
    """

    errors: tuple[str, ...]
    requests: tuple[str, ...]
    violations: tuple[str, ...]
    inner_px: int
    overflow_px: int


def browser() -> str | None:
    """The browser of this machine."""
    return next((path for path in map(shutil.which, _NAMES) if path), None)


def axe_core() -> Path | None:
    """axe.min.js: what AXE_CORE names, or that of the package axe-core-python."""
    named = os.environ.get("AXE_CORE")
    if named:
        return Path(named)
    found = find_spec("axe_core_python")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "axe.min.js"


def visit(page: Path, width: int) -> Found:
    """Open a page in a window of some width and say what it did.

    Raises:
        RuntimeError: the browser gave no answer.
    """
    axe = axe_core()
    if browser() is None or axe is None:
        raise RuntimeError("Chromium and axe-core are needed")
    text = page.read_text(encoding="utf-8").replace("<head>", "<head>" + _LISTEN, 1)
    rules = axe.read_text(encoding="utf-8").replace("</script", "<\\/script")
    if "script-src" not in page.read_text(encoding="utf-8"):  # it forbids scripts: those that look at it must get in
        text = text.replace("style-src 'unsafe-inline'", "style-src 'unsafe-inline'; script-src 'unsafe-inline'", 1)
    found = _answer(text.replace("</body>", f"<script>{rules}</script>{_REPORT}</body>"), width)
    return Found(
        errors=tuple(found["errors"]),
        requests=tuple(found["requests"]),
        violations=tuple(found["violations"]),
        inner_px=int(found["inner"]),
        overflow_px=int(found["width"]),
    )


def asked(page: Path, width: int, script: str) -> Any:
    """What a page's own state is after a script; the script leaves it in `answer`.

    Raises:
        RuntimeError: the browser gave no answer.
    """
    asking = (
        '<script>window.addEventListener("load", function () { var answer;'
        f"{script}"
        'parent.postMessage(JSON.stringify(answer), "*"); });</script>'
    )
    return _answer(page.read_text(encoding="utf-8").replace("</body>", f"{asking}</body>"), width)


def _answer(text: str, width: int) -> Any:
    """What a page posts to its host, from JSON."""
    chromium = browser()
    if chromium is None:
        raise RuntimeError("Chromium is needed")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "page.html").write_text(text, encoding="utf-8")
        host = Path(folder) / "host.html"
        host.write_text(_HOST.replace("WIDTH", str(width)), encoding="utf-8")
        done = subprocess.run(
            [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--dump-dom",
             f"--user-data-dir={folder}/profile",
             f"--window-size={max(width, 500)},1000", "--virtual-time-budget=60000",
             host.as_uri()],
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
    answer = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    if answer is None:
        raise RuntimeError(f"the browser gave no answer: {done.stderr[-500:]}")
    return json.loads(html.unescape(answer.group(1)))
