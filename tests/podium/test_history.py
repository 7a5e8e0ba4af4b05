"""History as an operator has it: written by a process of its own, asked by commands, and over HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
import pytest

from podium.wiring import opened_host
from tests.faults.waiting import until
from tests.podium.conftest import run_podium
from tests.podium.test_serve import serving

SOON = 120.0  # seconds: when a test gives up
HISTORY = ("--history", "history")


def told(*words: str | Path, cwd: Path) -> Any:
    """Return the JSON that a command prints."""
    done = run_podium(*words, "--format", "json", cwd=cwd)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def refused(*words: str | Path, cwd: Path) -> str:
    """Return the sentence of a command that could not be carried out."""
    done = run_podium(*words, cwd=cwd)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr.strip()


@contextmanager
def historian(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run ``podium historian`` within a block, which begins when the history is current."""
    command = [sys.executable, "-m", "podium", "historian", "--log", "games.db", *HISTORY]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == (
                f"podium: the history of {folder / 'games.db'} is in {folder / 'history'}\n"
            )
            until((folder / "history" / "historian-socket").exists, "nobody is to be asked")
            until(lambda: told("history", "status", *HISTORY, cwd=folder)["state"] == "current", "it is not current")
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert [json.loads(line)["event"] for line in errors.splitlines()] == ["writing", "leaving", "stopped"]


@pytest.fixture(scope="module")
def written(games_folder: Path) -> Path:
    """The folder of the small Games, with their history in ``history``, which nobody has open."""
    with historian(games_folder):
        pass
    return games_folder


def test_the_last_day_s_medals_are_those_of_the_log(written: Path) -> None:
    days = told("history", "medals", *HISTORY, cwd=written)["days"]
    assert days[-1]["medals"] == told("medals", "--log", "games.db", cwd=written)


def test_a_view_as_of_a_cut_is_the_one_that_the_log_gives(written: Path) -> None:
    with opened_host(written / "games.db") as host:
        when = f"{host.epoch}.{host.views.cut * 2 // 3}"
    for view in ("medals/table", "organisations"):
        found = told("history", "view", view, "--as-of", when, *HISTORY, cwd=written)
        truth = told("show", view, "--log", "games.db", "--as-of", when, cwd=written)
        assert {name: found[name] for name in truth} == truth
        assert found.keys() - truth.keys() == {"meta"}
        assert found["meta"]["rows"].keys() == found["rows"].keys()


def test_a_row_s_last_revision_is_the_row(written: Path) -> None:
    table = told("show", "medals/table", "--log", "games.db", cwd=written)["rows"]
    first = next(iter(table))
    revisions = told("history", "row", "medals/table", first, *HISTORY, cwd=written)["revisions"]
    last = revisions[-1]["row"]
    assert {name: value for name, value in last.items() if name in table[first]} == table[first]
    assert [one["cut"] for one in revisions] == sorted({one["cut"] for one in revisions})


@pytest.mark.parametrize(
    ("words", "columns"),
    [
        (("row", "medals/table", "KEX"), ["cut", "revision", "time", "at", "because", "reason", "row"]),
        (("view", "medals/table"), ["key", "organisation", "rank", "sort"]),
        (("changes", "0", "--limit", "3"), ["view", "key", "was", "now", "revision", "changes", "cut", "because"]),
        (("corrections",), ["venue", "discipline", "applied", "pending", "first", "last"]),
        (("latency",), ["venue", "hour", "messages", "p50", "p99", "p999", "longest"]),
        (("medals",), ["day", "rank", "organisation", "gold", "silver", "bronze", "total"]),
        (("status",), ["what"]),
    ],
)
def test_every_question_has_a_table(written: Path, words: tuple[str, ...], columns: list[str]) -> None:
    done = run_podium("history", *words, *HISTORY, cwd=written)
    assert (done.returncode, done.stderr) == (0, "")
    header = next(line for line in done.stdout.splitlines() if line.startswith("┃"))
    assert header.replace("┃", " ").split()[: len(columns)] == columns


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("medals", "--history", "nowhere"), "podium: {folder}/nowhere: there is no history here"),
        (
            ("medals", "--history", "http://u:pa55@127.0.0.1:9/games"),
            "podium: http://127.0.0.1:9/games: the history does not answer: [Errno 111] Connection refused",
        ),
        (
            ("medals", "--history", "mysql://db"),
            "podium: mysql://... is no history: a folder, or http(s)://host:port/database",
        ),
        (
            ("view", "medals/table", "--as-of", "soon", *HISTORY),
            "podium: as of soon: neither {{epoch}}.{{cut}} nor an RFC 3339 instant",
        ),
        (
            ("medals", "--epoch", "e9", *HISTORY),
            "podium: {folder}/history: it holds nothing of epoch e9",
        ),
        (("medals", "--format", "xml", *HISTORY), "podium: a history is printed as a table or as JSON"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(written: Path, words: tuple[str, ...], sentence: str) -> None:
    assert refused("history", *words, cwd=written) == sentence.format(folder=written)


def test_without_the_extra_a_sentence_says_what_to_install(
    written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for missing in ("clickhouse_connect", "chdb"):
        shadow = tmp_path / missing
        shadow.mkdir()
        (shadow / f"{missing}.py").write_text(f'raise ModuleNotFoundError("no {missing}", name="{missing}")')
        monkeypatch.setenv("PYTHONPATH", str(shadow))
        for words in (("history", "medals", *HISTORY), ("historian", "--log", "games.db", *HISTORY)):
            done = run_podium(*words, cwd=written)
            assert done.returncode == 1
            hint = "pip install 'podium-games[analytics]'"
            assert done.stderr.splitlines()[-1].startswith(
                f"podium: {written / 'history'}: history needs the extra: {hint} ("
            )


def test_it_ends_with_the_process_that_started_it(written: Path) -> None:
    command = [sys.executable, "-m", "podium", "historian", "--log", "games.db", *HISTORY, "--until-eof"]
    with subprocess.Popen(command, cwd=written, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdin
        assert process.stdout.readline().startswith("podium: the history of ")
        process.stdin.close()  # what the system does of a process that is killed
        assert process.wait(timeout=SOON) == 0


def test_a_second_historian_is_refused_and_commands_ask_the_first(games_folder: Path) -> None:
    with historian(games_folder) as first:
        assert refused("historian", "--log", "games.db", *HISTORY, cwd=games_folder) == (
            f"podium: {games_folder / 'history'}: process {first.pid} owns this history; one process at a time may"
        )
        through = told("history", "latency", *HISTORY, cwd=games_folder)
        assert refused("history", "view", "medals/table", "--as-of", "soon", *HISTORY, cwd=games_folder) == (
            "podium: as of soon: neither {epoch}.{cut} nor an RFC 3339 instant"
        )
    assert told("history", "latency", *HISTORY, cwd=games_folder) == through


def get(url: str) -> Any:
    with urlopen(url, timeout=60) as answer:
        return json.load(answer)


def error_of(url: str) -> tuple[int, dict[str, Any]]:
    with pytest.raises(HTTPError) as caught, urlopen(url, timeout=60):
        pass
    with caught.value as answer:
        return answer.code, json.load(answer)["error"]


def test_a_server_keeps_history_and_answers_without_it(games_folder: Path, tmp_path: Path) -> None:
    run_podium("replay", games_folder / "small.podium", "--log", "served.db", cwd=tmp_path)
    with serving(tmp_path, "--history", "history") as url:
        until((tmp_path / "history" / "historian-socket").exists, "nobody is to be asked")
        until(lambda: get(f"{url}/v1/history/status")["state"] == "current", "it is not current")
        status = get(f"{url}/v1/status")
        assert get(f"{url}/v1/history/status")["cut"] == status["cut"]
        medals = get(f"{url}/v1/history/medals")
        assert medals == told("history", "medals", *HISTORY, cwd=tmp_path)
        table = get(f"{url}/v1/views/medals/table?meta=true")
        past = get(f"{url}/v1/history/views/medals/table?as_of={status['epoch']}.{status['cut']}")
        assert {name: past[name] for name in ("view", "hash", "rows")} == {
            name: table[name] for name in ("view", "hash", "rows")
        }

        (child,) = (p for p in psutil.process_iter(["cmdline"]) if is_historian(p, tmp_path))
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        code, error = error_of(f"{url}/v1/history/medals")
        assert (code, error["code"], error["retry"]) == (503, "history_down", True)
        assert get(f"{url}/v1/views/medals/table?meta=true") == table
        until(lambda: answers(f"{url}/v1/history/medals"), "the historian does not come back")
        assert get(f"{url}/v1/history/medals") == medals
    until(lambda: not any(is_historian(p, tmp_path) for p in psutil.process_iter(["cmdline"])), "it did not end")


def is_historian(process: psutil.Process, folder: Path) -> bool:
    words = process.info["cmdline"] or []
    return "historian" in words and str(folder / "served.db") in words


def answers(url: str) -> bool:
    try:
        get(url)
    except HTTPError as error:
        error.close()
        return False
    return True
