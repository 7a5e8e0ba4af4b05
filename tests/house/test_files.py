"""The shape of the files: what they offer, how long they are, what they are called."""

from __future__ import annotations

import ast
import re
from pathlib import Path

LONGEST = 900  # lines; beyond it nobody reads a file
VAGUE = {"utils", "util", "common", "helpers", "manager", "base", "misc"}  # names that say nothing
Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def exports(tree: ast.Module) -> set[str] | None:
    """Return the names in ``__all__``; None where a file has none."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                return set(ast.literal_eval(value))
    return None


def is_public(file: str) -> bool:
    """Say whether others may import from a file: it is neither private, nor a room's or a program's door."""
    return not Path(file).name.startswith("_")


def test_every_public_module_says_what_it_offers(sources: dict[str, ast.Module]) -> None:
    assert [file for file, tree in sources.items() if is_public(file) and exports(tree) is None] == []


def test_everything_offered_has_a_docstring(sources: dict[str, ast.Module]) -> None:
    found = [file for file, tree in sources.items() if not ast.get_docstring(tree)]
    for file, tree in sources.items():
        offered = exports(tree) or set()
        found += [
            f"{file}:{node.lineno}: {node.name}"
            for node in tree.body
            if isinstance(node, Documented) and node.name in offered and not ast.get_docstring(node)
        ]
    assert found == []


def test_no_file_is_too_long_or_vaguely_named(root: Path, sources: dict[str, ast.Module]) -> None:
    files = [*(root / file for file in sources), *(root / "tests").rglob("*.py")]
    long = [str(file.relative_to(root)) for file in files if len(file.read_text().splitlines()) > LONGEST]
    vague = [str(file.relative_to(root)) for file in files if VAGUE & {file.stem, file.parent.name}]
    assert (long, vague) == ([], [])


def test_every_target_of_the_makefile_is_explained(root: Path) -> None:
    makefile = (root / "Makefile").read_text()
    targets = re.findall(r"^([a-z]+):", makefile, re.MULTILINE)
    explained = re.findall(r"^([a-z]+):.* ## [A-Z]", makefile, re.MULTILINE)
    assert [target for target in targets if target not in explained] == ["runnable", "testable"]
    assert {"demo", "test", "soak", "lint", "bench", "help"} <= set(explained)


def test_the_hooks_before_a_commit_run_what_the_makefile_runs(root: Path) -> None:
    entries = re.findall(r"entry: make (.*)", (root / ".pre-commit-config.yaml").read_text())
    lint = re.search(r"^lint: (.*?) ##", (root / "Makefile").read_text(), re.MULTILINE)
    assert lint is not None
    assert entries == lint[1].split()
