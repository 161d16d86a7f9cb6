"""A SCORM 1.2 platform in headless Chromium: a page with the runtime's API, and the package in a frame of it."""

from __future__ import annotations

import html
import json
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

from tests.browser.chromium import browser

_HOST = """<!doctype html><html><body><script>
var calls = [], values = { "cmi.core.lesson_status": "not attempted" }, errors = [], state = "closed";
// What a page may set, with the data types of SCORM 1.2, 3.4.3
var model = [
  [/^cmi\\.core\\.lesson_status$/, /^(passed|completed|failed|incomplete|browsed)$/],
  [/^cmi\\.core\\.score\\.(raw|min|max)$/, /^(100(\\.0+)?|\\d{1,2}(\\.\\d+)?)$/],
  [/^cmi\\.core\\.session_time$/, /^\\d{2,4}:\\d{2}:\\d{2}(\\.\\d{1,2})?$/],
  [/^cmi\\.core\\.exit$/, /^(time-out|suspend|logout|)$/],
  [/^cmi\\.interactions\\.\\d+\\.id$/, /^[\\w.-]{1,255}$/],
  [/^cmi\\.interactions\\.\\d+\\.type$/,
    /^(true-false|choice|fill-in|matching|performance|sequencing|likert|numeric)$/],
  [/^cmi\\.interactions\\.\\d+\\.student_response$/, /^[\\w \\/-]{1,255}$/],
  [/^cmi\\.interactions\\.\\d+\\.result$/, /^(correct|wrong|unanticipated|neutral|-?\\d+(\\.\\d+)?)$/]
];
function takes(name, value) {
  return model.some(function (pair) { return pair[0].test(name) && pair[1].test(value); });
}
function say(call, when, done) {
  calls.push(call);
  if (state !== when) { errors.push(call.join(" ") + " while " + state); return "false"; }
  return done();
}
window.API = {
  LMSInitialize: function (a) {
    return say(["LMSInitialize", a], "closed", function () { state = "open"; return "true"; });
  },
  LMSFinish: function (a) {
    return say(["LMSFinish", a], "open", function () { state = "over"; tell(); return "true"; });
  },
  LMSGetValue: function (n) { return say(["LMSGetValue", n], "open", function () { return values[n] || ""; }); },
  LMSSetValue: function (n, v) {
    return say(["LMSSetValue", n, v], "open", function () {
      if (!takes(n, v)) { errors.push(n + " cannot be " + JSON.stringify(v)); return "false"; }
      values[n] = v;
      return "true";
    });
  },
  LMSCommit: function (a) { return say(["LMSCommit", a], "open", function () { return "true"; }); },
  LMSGetLastError: function () { return "0"; },
  LMSGetErrorString: function () { return ""; },
  LMSGetDiagnostic: function () { return ""; }
};
function tell() {
  var pre = document.createElement("pre");
  pre.id = "found";
  pre.textContent = JSON.stringify({ calls: calls, errors: errors });
  document.body.appendChild(pre);
}
function answer() {
  var page = document.querySelector("iframe").contentWindow, form = page.document.getElementById("questions");
  page.addEventListener("error", function (event) { errors.push(String(event.message)); });
  var leak = LEAK;
  if (leak === null) { document.querySelector("iframe").remove(); return; }
  form.elements.level.value = leak[0];
  if (leak[1]) { form.elements.side.value = leak[1]; }
  var asked = {};
  form.querySelectorAll("input[type=radio]").forEach(function (one) {
    if (!asked[one.name]) { asked[one.name] = true; one.checked = true; }
  });
  form.requestSubmit();
}
</script><iframe src="package/index.html" width="900" height="900" onload="answer()"></iframe></body></html>"""


def played(package: Path, folder: Path, leak: str | None) -> dict[str, Any]:
    """Unpack a package, answer its questions, and return what the platform was told.

    Args:
        leak: answer to the first question, as level and side; of the others the first choice is taken. None: the page
            is left without an answer
    """
    folder.mkdir()
    with zipfile.ZipFile(package) as packed:
        packed.extractall(folder / "package")
    level, _, side = (leak or "").rpartition(" ")
    (folder / "host.html").write_text(_HOST.replace("LEAK", "null" if leak is None else json.dumps([level, side])))
    program = browser()
    assert program is not None
    line = [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"]
    line += ["--virtual-time-budget=15000", f"--user-data-dir={folder / 'profile'}", "--dump-dom"]
    told = subprocess.run([*line, f"file://{folder / 'host.html'}"], capture_output=True, text=True, timeout=240)
    found = re.search(r'<pre id="found">(.*?)</pre>', told.stdout, re.DOTALL)
    assert found is not None, told.stdout[-2000:] + told.stderr[-1000:]
    return dict(json.loads(html.unescape(found.group(1))))
