"""Rules of our pages that know no page, run by Node."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

PAGES = Path(__file__).parents[2] / "web" / "static" / "js" / "pages"
PLAY = """
import { %s } from "%s";
const out = [], rule = new %s();
for (const [what, ...given] of JSON.parse(process.argv[1])) out.push(rule[what](...given) ?? null);
console.log(JSON.stringify(out.map((it) => it === Infinity ? "never" : it)));
"""
CALL = """
import { %s } from "%s";
console.log(JSON.stringify(JSON.parse(process.argv[1]).map((given) => %s(...given))));
"""


def play(module: str, rule: str, *steps: list[Any]) -> list[Any]:
    """Return what a new `rule` of a module answered to each call, which is a name and what it is given."""
    return _run(PLAY % (rule, (PAGES / module).as_uri(), rule), steps)


def call(module: str, function: str, *given: list[Any]) -> list[Any]:
    """Return what a function of a module answered, for each list of what it is given."""
    return _run(CALL % (function, (PAGES / module).as_uri(), function), given)


def _run(script: str, given: tuple[list[Any], ...]) -> list[Any]:
    command = ["node", "--input-type=module", "-e", script, json.dumps(given)]
    done = subprocess.run(command, stdout=subprocess.PIPE, timeout=60, check=True)
    answers: list[Any] = json.loads(done.stdout)
    return answers
