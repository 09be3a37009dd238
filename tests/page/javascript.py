# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Run the page's modules in Node."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess

import numpy as np
import pytest

from scripts.page.write_page import STATIC

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="Node is not installed")

# Modules in the order of the page, without those that need one.
_BROWSER = ("jpeg", "image_file", "lines", "viewer", "page")
_NAMES = re.findall(r'src="scripts/(\w+)\.js"', (STATIC / "index.html").read_text(encoding="utf-8"))
MODULES = [STATIC / "scripts" / f"{name}.js" for name in _NAMES if name not in _BROWSER]

# Arrays travel as base64; whole results of typed arrays do as well.
_PROGRAM = """
const input = JSON.parse(require("fs").readFileSync(0, "utf8"));
for (const path of input.modules) require(path);
const TYPES = { uint8: Uint8Array, float32: Float32Array, int32: Int32Array };
const bytes = (text) => Uint8Array.from(Buffer.from(text, "base64"));
const received = (key, value) => {
  if (value?.base64 === undefined) return value;
  const data = new TYPES[value.dtype](bytes(value.base64).buffer);
  return value.shape.length === 2 ? { rows: value.shape[0], columns: value.shape[1], data } : data;
};
const sent = (key, value) => {
  if (ArrayBuffer.isView(value?.data) && value.rows) {
    const { buffer, byteOffset, byteLength, constructor } = value.data;
    const dtype = constructor.name.replace("Array", "").toLowerCase();
    const base64 = Buffer.from(buffer, byteOffset, byteLength).toString("base64");
    return { dtype, shape: [value.rows, value.columns], base64 };
  }
  return value;
};
const values = JSON.parse(JSON.stringify(input.values), received);
const run = new Function(...Object.keys(values), `return (async () => { ${input.code} })();`);
run(...Object.values(values)).then(
  (result) => process.stdout.write(JSON.stringify({ result }, sent)),
  (error) => process.stdout.write(JSON.stringify({ error: error.message })),
);
"""


class JavaScriptError(Exception):
    """What the code threw."""


def run(code, **values):
    """Return what a function body returns.

    Args:
        code: the body; `lightbtseg` has the modules.
        values: its arguments, as JSON; arrays of two dimensions are planes, bytes a Uint8Array.
    """
    content = {"modules": [str(path) for path in MODULES], "code": code, "values": values}
    done = subprocess.run(
        [NODE, "-e", _PROGRAM], input=json.dumps(content, default=_encoded), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout, object_hook=_decoded)
    if "error" in answer:
        raise JavaScriptError(answer["error"])
    return answer["result"]


def _encoded(value):
    if isinstance(value, np.generic):
        return value.item()
    array = np.frombuffer(value, dtype=np.uint8) if isinstance(value, bytes) else value
    array = array.astype(np.uint8) if array.dtype == bool else array
    return {"dtype": array.dtype.name, "shape": array.shape, "base64": base64.b64encode(array.tobytes()).decode()}


def _decoded(value):
    if "base64" not in value:
        return value
    return np.frombuffer(base64.b64decode(value["base64"]), dtype=value["dtype"]).reshape(value["shape"])
