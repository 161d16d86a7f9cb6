"""The replay's page in headless Chromium: where its pictures and drawings come to lie."""

from __future__ import annotations

import html
import json
import re
import subprocess
from pathlib import Path
from typing import Any

from tests.browser.chromium import browser

_MEASURE = """<script>
window.addEventListener("load", function () {
  function box(node) { var b = node.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; }
  var found = Array.from(document.querySelectorAll("figure")).map(function (figure) {
    document.querySelectorAll("figure").forEach(function (one) { one.hidden = one !== figure; });
    var image = figure.querySelector("img"), svg = figure.querySelector("svg"), view = svg.viewBox.baseVal;
    return { natural: [image.naturalWidth, image.naturalHeight], picture: box(image), drawing: box(svg),
             view: [view.x, view.y, view.width, view.height] };
  });
  var pre = document.createElement("pre");
  pre.id = "found";
  pre.textContent = JSON.stringify(found);
  document.body.appendChild(pre);
});
</script>"""


def shown_figures(page: str, folder: Path) -> list[dict[str, Any]]:
    """Of every figure, shown alone: size of its picture, and boxes of picture and drawing in pixels of the screen."""
    path = folder / "page.html"
    path.write_text(page.replace("</body>", _MEASURE + "</body>"))
    program = browser()
    assert program is not None
    line = [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=900,1000"]
    line += ["--virtual-time-budget=5000", f"--user-data-dir={folder / 'profile'}", "--dump-dom", path.as_uri()]
    told = subprocess.run(line, capture_output=True, text=True, timeout=240)
    found = re.search(r'<pre id="found">(.*?)</pre>', told.stdout, re.DOTALL)
    assert found is not None, told.stdout[-2000:] + told.stderr[-1000:]
    return list(json.loads(html.unescape(found.group(1))))
