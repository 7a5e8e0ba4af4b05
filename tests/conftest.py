"""What all tests share: the things outside the checkout, the seeds, and that CI skips nothing."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.faults.wire import Wire

ROOT = Path(__file__).resolve().parent.parent
ON_CI = os.environ.get("CI", "").lower() not in ("", "0", "false")
SOAK_SEEDS = int(os.environ.get("PODIUM_SOAK_SEEDS", "0"))
ONE_SEED = os.environ.get("PODIUM_SEED", "")
FIXED_SEEDS = (1, 2, 3)
WIRES = 3

# Hundreds of processes are started, and each is to find the rooms compiled, whatever the shell says of that.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# What asserts beside the tests says what differs, as they do; here, since another room may import it first.
pytest.register_assert_rewrite("tests.projections.hand")


class WiredBroker(NamedTuple):
    """A broker of the run's own."""

    address: str
    wires: tuple[Wire, ...]  # each leads to it


# -- things outside the checkout: where one is missing the test is skipped, which on CI fails -----------------------


@pytest.fixture(scope="session")
def games_data() -> Path:
    """The folder of real Games data: PODIUM_TEST_DATA, or shared/data beside the checkout."""
    folder = Path(os.environ.get("PODIUM_TEST_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / "paris2024").is_dir():
        pytest.skip(f"no real Games data in {folder}; name its folder by PODIUM_TEST_DATA")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium: PODIUM_CHROMIUM, or the system's."""
    names = (os.environ.get("PODIUM_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium; `scripts/setup test` installs it or says how")
    return path


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> str:
    """The address of a Kafka broker: PODIUM_KAFKA, or one that is started for this run."""
    named = os.environ.get("PODIUM_KAFKA")
    return named or str(request.getfixturevalue("wired_broker").address)


@pytest.fixture(scope="session")
def wired_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WiredBroker]:
    """A Kafka broker that is started for this run, and wires to it that can be harmed."""
    from engine import broker  # only a run with Kafka tests needs these
    from engine.errors import BrokerFailed
    from tests.faults.wire import Wire

    folder = tmp_path_factory.mktemp("kafka")
    wires = tuple(Wire() for _ in range(WIRES))
    try:
        started = broker.start(folder, detours=[wire.port for wire in wires])
    except BrokerFailed as error:
        pytest.skip(str(error))
    (node,) = started.nodes
    for wire, detour in zip(wires, node.detours, strict=True):
        wire.lead_to(detour.port)
    yield WiredBroker(started.address, wires)
    broker.kill(folder)  # nobody wants its data
    for wire in wires:
        wire.close()
    shutil.rmtree(folder)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """On CI a skipped test has failed."""
    report = yield
    if not hasattr(report, "wasxfail"):
        _fail_if_skipped(report)
    _say_how_to_repeat(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """On CI a skipped file has failed."""
    report = yield
    _fail_if_skipped(report)
    return report


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if ON_CI and report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"nothing may be skipped on CI: {reason}"


# -- seeds: a few fixed ones, the numbers of a soak, or the one that failed -----------------------------------------


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes ``seed`` once for each: the fixed ones, those of its marker ``seeds``, those of a soak."""
    if "seed" in metafunc.fixturenames:
        seeds = [int(ONE_SEED)] if ONE_SEED else _seeds_for(list(metafunc.definition.iter_markers("seeds")))
        metafunc.parametrize("seed", [pytest.param(number, marks=pytest.mark.seeded) for number in seeds])


def _seeds_for(markers: list[pytest.Mark]) -> list[int]:
    """Return the seeds of a test; one that takes long has fewer ``fixed`` ones, and a ``share`` of those of a soak."""
    marked = {number for marker in markers for number in marker.args}
    chosen = {name: value for marker in markers for name, value in marker.kwargs.items()}
    soak = -(-SOAK_SEEDS // chosen.get("share", 1))
    return sorted({*FIXED_SEEDS[: chosen.get("fixed", len(FIXED_SEEDS))], *marked, *range(1, soak + 1)})


def _say_how_to_repeat(report: pytest.TestReport) -> None:
    name, bracket, of = report.nodeid.partition("[")
    number = next((one for one in of.rstrip("]").split("-") if one.isdigit()), "")
    if report.failed and bracket and number and "seeded" in report.keywords:
        report.sections.append(("this seed alone", f"make soak SEED={number} ARGS={name}"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say behind a soak how many seeds each test ran with, and which of them failed."""
    if not SOAK_SEEDS:
        return
    ran: dict[str, Counter[str]] = defaultdict(Counter)
    failed: dict[str, list[str]] = defaultdict(list)
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            if "seeded" in report.keywords and (report.when == "call" or report.failed):
                name, _, of = report.nodeid.partition("[")
                ran[name][outcome] += 1
                failed[name] += [of.rstrip("]")] if outcome == "failed" else []
    terminalreporter.section("seeds")
    for name in sorted(ran):
        said = f"failed with {', '.join(failed[name])}" if failed[name] else "none failed"
        terminalreporter.write_line(f"{name}: {ran[name].total()} seeds, {said}")


settings.register_profile(
    "fixed", derandomize=True, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "soak", settings.get_profile("fixed"), derandomize=False, max_examples=max(100, 10 * SOAK_SEEDS)
)
settings.load_profile("soak" if SOAK_SEEDS else "fixed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need something by what they ask for."""
    marks = {"games_data": pytest.mark.data, "chromium": pytest.mark.browser}
    for item in items:
        for fixture, mark in marks.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
