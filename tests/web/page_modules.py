"""Modules of our pages, run by Node with the little of a browser that they touch."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

JS = Path(__file__).parents[2] / "web" / "static" / "js"
BROWSER = """
const kept = new Map();
const made = new Map();
const part = (name) => ({
  name, dataset: {}, children: [], hidden: false, textContent: "",
  classList: {toggle() {}, add() {}, remove() {}},
  addEventListener() {}, setAttribute() {}, replaceChildren() {}, append() {}, say() {}, focus() {},
});
const store = {
  getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => kept.set(name, text),
  removeItem: (name) => kept.delete(name),
};
globalThis.page = {locale: "en", messages: {}, csrf: "token"};
globalThis.localStorage = globalThis.sessionStorage = store;
globalThis.document = {
  hidden: false, addEventListener() {}, body: part("body"),
  getElementById: (id) => {
    if (id === "page-data") return {textContent: JSON.stringify(page)};
    if (!made.has(id)) made.set(id, part(id));
    return made.get(id);
  },
  createElement: part, createTreeWalker: part, createComment: part, createTextNode: part,
};
globalThis.HTMLElement = class {};
globalThis.customElements = {define() {}, get() {}};
globalThis.location = {href: "http://fair.example/", assign() {}};
globalThis.addEventListener = () => undefined;
globalThis.setInterval = () => 0;
globalThis.Option = class {};
globalThis.MediaStream = class { getTracks() { return []; } };
const waits = [];
globalThis.setTimeout = (act, ms) => waits.push({act, ms});
globalThis.clearTimeout = (number) => { if (number) waits[number - 1] = null; };
/** Let happen what waits for nothing but answers. */
globalThis.settled = () => new Promise(setImmediate);
/** Let the longest time go by that anything waits for, and what follows from it. */
globalThis.later = async () => {
  for (const wait of waits.splice(0, waits.length, ...waits.map(() => null))) if (wait) wait.act();
  await settled();
};
const load = (name) => import(JS + name);
const say = (...facts) => console.log(JSON.stringify(facts));
"""


def run(script: str) -> list[Any]:
    """Return what a script `say`s, after which it ends; it `load`s modules by their path below js/."""
    text = f"const JS = {json.dumps(JS.as_uri() + '/')};\n{BROWSER}\n{script}\nprocess.exit(0);"
    command = ["node", "--input-type=module", "-e", text]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    said: list[Any] = json.loads(done.stdout)
    return said
