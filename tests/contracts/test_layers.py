"""Folders import downward only, and no two modules need each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.contracts.source import FOLDERS, module_of, python_files, tree

MAY_IMPORT = {
    "config": {"config"},
    "rooms": {"config", "rooms"},
    "media": {"config", "media"},
    "signaling": {"config", "rooms", "media", "signaling"},
    "web": {"config", "rooms", "media", "signaling", "web"},
    "showroom": set(FOLDERS),
}
INSIDE_ROOMS = {
    "fair": {"fair"},
    "live": {"fair", "live"},
    "negotiation": {"fair", "live", "negotiation"},
}
MODULES = {module_of(path): path for path in python_files()}


def imports(module: str, *, for_types: bool = True) -> Iterator[str]:
    """Yield the project's modules that `module` imports; without `for_types`, only those it needs to run."""
    for node in _nodes(tree(MODULES[module]), for_types):
        if isinstance(node, ast.Import):
            yield from (found for alias in node.names if (found := _known(alias.name)))
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield from (_known(f"{node.module}.{alias.name}") or "" for alias in node.names)


def _nodes(start: ast.AST, for_types: bool) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(start):
        if for_types or not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield node
            yield from _nodes(node, for_types)


def _known(name: str) -> str | None:
    """Return the module that `name` is or is taken from; aiohttp's `web` is not our folder."""
    if name in MODULES:
        return name
    parent = name.rpartition(".")[0]
    return parent if parent in MODULES else None


@pytest.mark.parametrize("folder", FOLDERS)
def test_folder_imports_downward_only(folder: str) -> None:
    """A folder imports only those below it; `rooms` and `media` do not know each other."""
    crossings = {
        (module, target)
        for module in MODULES
        if module.split(".")[0] == folder
        for target in imports(module)
        if target and target.split(".")[0] not in MAY_IMPORT[folder]
    }
    assert crossings == set()


@pytest.mark.parametrize("part", INSIDE_ROOMS)
def test_part_of_rooms_imports_downward_only(part: str) -> None:
    """Durable facts know nothing of live state, and live state nothing of negotiations."""
    crossings = {
        (module, target)
        for module in MODULES
        if module.startswith(f"rooms.{part}.")
        for target in imports(module)
        if target.startswith("rooms.") and target.split(".")[1] not in INSIDE_ROOMS[part]
    }
    assert crossings == set()


def test_no_module_is_part_of_an_import_cycle() -> None:
    """The modules can be put in one order in which each needs only earlier ones."""
    graph = {module: {*imports(module, for_types=False)} - {"", module} for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_nobody_imports_the_assembly() -> None:
    """`showroom/app.py` knows all; only what starts the server knows it."""
    users = {module for module in MODULES if "showroom.app" in imports(module)}
    assert all(module.startswith("showroom.") for module in users), users


def test_nobody_imports_the_folder_web_by_its_bare_name() -> None:
    """`web` alone always means aiohttp's, so that a reader need not look up which one it is."""
    bare = {
        module
        for module, path in MODULES.items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import) and any(alias.name == "web" for alias in node.names)
    }
    assert bare == set()


@pytest.mark.threat("D11", "D12")
def test_no_decoder_is_loaded_where_packets_pass() -> None:
    """Pictures are decoded in a child process of their own, and nothing of aiortc's own path is used."""
    loading = {
        module
        for module in MODULES
        if module.split(".")[0] in ("media", "signaling", "web", "rooms", "config")
        for node in ast.walk(tree(MODULES[module]))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and {name.split(".")[0] for name in _names(node)} & {"av", "aiortc", "aioice", "threading"}
    }
    assert loading == {"media.thumbnail_child", "media.hls.aac_child"}


def _names(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
