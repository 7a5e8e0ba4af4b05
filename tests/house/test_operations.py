"""The page on running Podium: its settings, metrics, checks and events are the real ones."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from podium.config import allowed, load
from podium.serving import Process

ASKED = re.compile(r"\b(podium_\w+)(?:\{(\w+))?")  # a metric, and its first label
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table of a section."""
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_the_settings_are_those_that_there_are() -> None:
    real = [
        [
            f"`{setting.key}`",
            "–" if setting.value is None else f"`{setting.shown}`",
            allowed(setting.key),
        ]
        for setting in load(None, {}).each()
    ]
    assert [row[:3] for row in rows("Settings")] == real
    assert [row[0] for row in rows("Settings") if len(row) != 4 or not row[3]] == []


def test_the_configuration_shown_is_one(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "podium.toml"
    file.write_text(example)
    assert len(load(file, {}).origins) == sum(map(len, tomllib.loads(example).values()))


@pytest.fixture
async def process(tmp_path: Path) -> Process:
    return Process.open(tmp_path / "games.db", None)


async def test_the_metrics_are_those_that_there_are(process: Process) -> None:
    real = {}
    for family in process.vitals.registry.collect():
        if family.name.startswith("podium"):
            name = {"counter": f"{family.name}_total", "info": f"{family.name}_info"}.get(family.type, family.name)
            real[f"`{name}`"] = "gauge" if family.type == "info" else family.type
    assert {row[0]: row[1] for row in rows("Metrics")} == real
    await process.close()


async def test_the_alarms_ask_for_metrics_and_labels_that_there_are(process: Process) -> None:
    for serial in (1, 3):  # one stored and one refused, so that there is a sample of each
        await process.gateway.offer("HAL.timing", "s", serial, b"x")
    asked = {(name, label) for row in rows("Worth an alarm") for name, label in ASKED.findall(row[0])}
    real = {
        (sample.name, label)
        for family in process.vitals.registry.collect()
        for sample in family.samples
        for label in ("", *sample.labels)
    }
    assert sorted(asked - real) == []
    assert len(asked) >= 9
    await process.close()


async def test_the_checks_are_those_that_there_are(process: Process) -> None:
    named = " or ".join(", ".join(f"`{name}`" for name in process.vitals.checks).rsplit(", ", 1))
    assert f"`at` is {named}." in PAGE
    await process.close()


# What a serving process, and the historian beside it, write their lines in.
SERVING = ("engine/", "feeds/", "podium/serving.py", "podium/vitals.py", "podium/historian")
NOTES = {
    "source_connected",
    "source_disconnected",
    "source_silent",
    "source_returned",
    "serials_lost",
    "serials_healed",
}


def written(tree: ast.Module) -> set[str]:
    """Return the events of the log lines of a file."""
    return {
        str(event.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "_log"
        for event in node.args[:2]
        if isinstance(event, ast.Constant) and re.fullmatch("[a-z_]+", str(event.value))
    }


def test_the_events_are_those_that_are_written(sources: dict[str, ast.Module]) -> None:
    real = {event for file, tree in sources.items() if file.startswith(SERVING) for event in written(tree)}
    named = {event for row in rows("Log lines") for event in re.findall(r"`([a-z_]+)`", row[0])}
    assert named == real | NOTES
