"""The page on running Podium: its settings, metrics, checks and events are the real ones."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

from desks.office import Office
from engine import about
from engine.about import About
from engine.history.metrics import HistoryMetrics
from engine.history.questions import Progress
from podium.config import allowed, load
from podium.doors import Doors
from podium.edging import Edging
from podium.people_vitals import vitals_of
from podium.serving import Process
from podium.settings import Settings
from podium.vitals import Vitals
from podium.working import Working
from tests.desks.people import POLICIES

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
    examples = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        file = tmp_path / "podium.toml"
        file.write_text(example)
        assert len(load(file, {}).origins) == sum(map(len, tomllib.loads(example).values()))


@pytest.fixture
async def vitals(tmp_path: Path) -> AsyncIterator[dict[str, Vitals]]:
    """Those of each process, made over a file: what they measure is the same."""
    process = Process.open(tmp_path / "games.db", None)
    log, settings = cast("Any", process.log), Settings()
    about.write(process.log, told := About(), 0)
    working = Working(log, settings)
    working.take_up(told)
    await process.gateway.offer("HAL.timing", "s", 1, b"x")
    await process.gateway.offer("HAL.timing", "s", 3, b"x")  # refused, so that there is a sample of it
    edging = Edging(log, settings)
    edging.my_turn = True
    history = HistoryMetrics()
    history.see(Progress("h", "current", "", "", 1, 1, 1, 0, 0, "", 0))
    historian = Vitals("historian", dict, {"history": lambda: history.trouble(0)})
    historian.measure(history)
    office = Office(process.log, POLICIES, lambda: 0, b"pepper")
    office.answered["QUOTA"] += 1  # so that there is a sample of it
    yield {
        "serve": process.vitals,
        "gateway": Doors(log, process.gateway, told, settings).vitals,
        "worker": working.vitals,
        "edge": edging.vitals,
        "historian": historian,
        "people": vitals_of(office, "games.db", 1000),
    }
    await process.close()


def families(vitals: Vitals) -> dict[str, str]:
    """Return the type of each metric of a process."""
    found = {}
    for family in vitals.registry.collect():
        if family.name.startswith("podium"):
            name = {"counter": f"{family.name}_total", "info": f"{family.name}_info"}.get(family.type, family.name)
            found[name] = "gauge" if family.type == "info" else family.type
    return found


async def test_the_metrics_are_those_that_there_are(vitals: dict[str, Vitals]) -> None:
    real: dict[tuple[str, str], list[str]] = {}
    for process, its in vitals.items():
        for name, kind in families(its).items():
            real.setdefault((f"`{name}`", kind), []).append(process)
    of = {key: "all" if len(processes) == len(vitals) else ", ".join(processes) for key, processes in real.items()}
    assert {(row[0], row[1]): row[2] for row in rows("Metrics")} == of


async def test_the_alarms_ask_for_metrics_and_labels_that_there_are(vitals: dict[str, Vitals]) -> None:
    asked = {(name, label) for row in rows("Worth an alarm") for name, label in ASKED.findall(row[0])}
    real = {
        (sample.name, label)
        for its in vitals.values()
        for family in its.registry.collect()
        for sample in family.samples
        for label in ("", *sample.labels)
    } | {(name, "") for its in vitals.values() for name in families(its)}
    assert sorted(asked - real) == []
    assert len(asked) >= 12


async def test_the_checks_are_those_that_there_are(vitals: dict[str, Vitals]) -> None:
    real: dict[str, list[str]] = {}
    for process, its in vitals.items():
        for check in its.checks:
            real.setdefault(f"`{check}`", []).append(process)
    of = {check: "all" if len(processes) == len(vitals) else ", ".join(processes) for check, processes in real.items()}
    assert {row[0]: row[1] for row in rows("Alive and ready")} == of


# What the processes write their lines in.
SERVING = ("desks/", "engine/", "feeds/", "podium/")
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
