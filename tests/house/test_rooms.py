"""The rooms are the same everywhere that they are listed, and the pure ones do nothing but compute."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from podium.rooms import ROOMS

PURE_ROOMS = ("projections", "management", "schemas")
PURE_MODULES = {  # what a pure room may import: they compute, and know neither clock nor chance nor the outside
    *("msgspec", *PURE_ROOMS),
    *("__future__", "abc", "base64", "bisect", "collections", "contextlib", "copy", "dataclasses", "datetime"),
    *("decimal", "enum", "fnmatch", "fractions", "functools", "hashlib", "heapq", "itertools", "json", "math"),
    *("operator", "re", "statistics", "string", "struct", "textwrap", "types", "typing", "unicodedata", "zlib"),
}
IMPURE_CALLS = {"open()", "input()", "print()", "exec()", "eval()", "__import__()", ".now()", ".utcnow()", ".today()"}


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and the top-level name of each import of a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module.partition(".")[0]


def called(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and the last name of each call of a file: ``open()``, and ``.now()`` for ``datetime.now()``."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                yield node.lineno, f"{name}()"
            case ast.Call(func=ast.Attribute(attr=name)):
                yield node.lineno, f".{name}()"


def test_every_list_of_rooms_is_the_same(project: dict[str, Any], root: Path) -> None:
    tools = project["tool"]
    contracts = {contract["type"]: contract for contract in tools["importlinter"]["contracts"]}
    layers = [room.strip() for layer in contracts["layers"]["layers"] for room in layer.split("|")]
    on_disk = {file.parent.name for file in root.glob("*/__init__.py")} - {"tests"}
    assert tuple(tools["hatch"]["build"]["targets"]["wheel"]["packages"]) == ROOMS
    assert tuple(tools["mypy"]["files"]) == (*ROOMS, "tests")
    assert tuple(tools["importlinter"]["root_packages"]) == ROOMS
    assert tuple(contracts["acyclic_siblings"]["ancestors"]) == ROOMS
    assert tuple(layers) == ROOMS
    assert on_disk == set(ROOMS)


def test_the_pure_rooms_are_the_ones_that_coverage_looks_at(project: dict[str, Any]) -> None:
    assert tuple(project["tool"]["coverage"]["run"]["source"]) == PURE_ROOMS


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_a_pure_room_imports_and_calls_nothing_impure(room: str, sources: dict[str, ast.Module]) -> None:
    found = []
    for file, tree in sources.items():
        if file.startswith(f"{room}/"):
            found += [f"{file}:{line}: import {name}" for line, name in imported(tree) if name not in PURE_MODULES]
            found += [f"{file}:{line}: {name}" for line, name in called(tree) if name in IMPURE_CALLS]
    assert found == []


def test_what_the_rooms_import_is_declared(project: dict[str, Any], sources: dict[str, ast.Module]) -> None:
    metadata = project["project"]
    extras = metadata["optional-dependencies"]
    declared = [*metadata["dependencies"], *(line for extra in extras if extra != "dev" for line in extras[extra])]
    known = {canonicalize_name(Requirement(line).name) for line in declared}
    distributions = packages_distributions()
    ours = {*sys.stdlib_module_names, *ROOMS}
    found = [
        f"{file}:{line}: {name} is in no dependency and no extra of pyproject.toml"
        for file, tree in sources.items()
        for line, name in imported(tree)
        if name not in ours and not known & {canonicalize_name(d) for d in distributions.get(name, [name])}
    ]
    assert found == []
