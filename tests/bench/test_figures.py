"""The runner: our own figure first, JSON, the comparison; and that the work per event stays constant."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import figures, runner
from bench.figures import Figure, Report, compare, figure_of, number, ratio_of
from bench.growth import work_after
from bench.machine import Machine
from bench.peers.build import MissingError, compile_c, nats_server

MACHINE = Machine("a processor", 2, 1 << 30, "a system", "3.11", {})


def report(*values: float) -> Report:
    return Report(
        "fold", [figure_of("ours", "messages/s", values), Figure("theirs", 5.0, "ms")], "as it is", machine=MACHINE
    )


def test_our_own_figure_comes_first(capsys: pytest.CaptureFixture[str]) -> None:
    report(231_000, 231_456, 240_000).print()
    assert capsys.readouterr().out.splitlines()[0] == "fold: 231456 messages/s"


@pytest.mark.parametrize(("value", "text"), [(231_456.4, "231456"), (12.345, "12.3"), (0.9876, "0.988"), (0, "0")])
def test_numbers_are_as_people_read_them(value: float, text: str) -> None:
    assert number(value) == text


def test_figures_are_written_and_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = iter([report(100.0), report(130.0)])
    monkeypatch.setattr(runner, "measure", lambda _: next(told))
    runner.run("fold", json=tmp_path / "then.json")
    assert figures.read(tmp_path / "then.json") == report(100.0)
    runner.run("fold", compare=tmp_path / "then.json")
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "  since then: ours: 100 -> 130 messages/s (+30%, better)",
        "  since then: theirs: 5 -> 5 ms (+0%, same)",
    ]


def test_another_machine_is_said() -> None:
    other = report(100.0)
    other.machine = Machine("another", 4, 1 << 30, "a system", "3.11", {})
    assert compare(other, report(100.0))[0].startswith("the machine")


def test_ratios_are_those_of_one_turn() -> None:
    (ratio,) = ratio_of("ours / theirs", [10.0, 30.0, 20.0], [5.0, 10.0, 20.0], row="1", target=2.0)
    assert (ratio.value, ratio.runs, ratio.unit) == (2.0, (2.0, 3.0, 1.0), "x")
    assert ratio_of("ours / theirs", [10.0], []) == []


@pytest.mark.parametrize(("better", "word"), [("higher", "reached"), ("lower", "MISSED")])
def test_a_target_is_held_against_its_figure(monkeypatch: pytest.MonkeyPatch, better: str, word: str) -> None:
    figure = figure_of("ours", "x", [3.0], better=better, row="1", target=2.0)
    monkeypatch.delenv("PODIUM_BENCH", raising=False)
    assert figure.verdict.startswith(word)
    monkeypatch.setenv("PODIUM_BENCH", "quick")
    assert figure.verdict == ""


def test_a_missing_compiler_is_a_missing_peer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingError, match="no C compiler"):
        compile_c("raw_server")
    with pytest.raises(MissingError, match="neither nats-server nor Go"):
        nats_server()


def test_the_work_for_a_message_stays_what_it_is_as_the_games_grows() -> None:
    """The same number of functions for each message, bytes and rows, after five times as many contests."""
    few, many = work_after(10), work_after(50)
    assert many.calls <= 1.1 * few.calls
    assert many.size <= 1.1 * few.size
    assert many.rows <= 1.1 * few.rows
