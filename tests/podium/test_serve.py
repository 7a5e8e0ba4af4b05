"""A serving process: venues push into it, subscribers read from it, and it comes back as it was."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from replay.archive import Archive
from tests.podium.conftest import run_podium


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[str]:
    """Run ``podium serve`` on free ports within a block; yields its URL."""
    command = [sys.executable, "-m", "podium", "serve", "--log", "served.db", "--port", "0", *words]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            for line in process.stdout:
                if found := re.search(r"http://\S+", line):
                    break
            else:
                assert process.stderr
                pytest.fail(process.stderr.read())
            yield found[0]
        finally:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert errors == ""


def get(url: str) -> Any:
    with urlopen(url, timeout=30) as answer:
        return json.load(answer)


def wait_for(url: str, wanted: Any, key: str) -> None:
    """Wait until an answer says what is wanted."""
    for _ in range(600):
        if get(url)[key] == wanted:
            return
        time.sleep(0.05)
    assert get(url)[key] == wanted


def test_a_replay_through_the_doors_gives_what_one_into_a_log_gives(games_folder: Path, tmp_path: Path) -> None:
    with serving(tmp_path, "--mode", "replay") as url:
        sent = run_podium("replay", games_folder / "small.podium", "--to", url, cwd=tmp_path)
        assert sent.returncode == 0, sent.stderr
        shown = json.loads(
            run_podium(
                "show", "medals/table", "--log", games_folder / "games.db", "--format", "json", cwd=tmp_path
            ).stdout
        )
        wait_for(f"{url}/v1/views/medals/table", shown["hash"], "hash")
        assert get(f"{url}/v1/status")["mode"] == "replay"
    again = run_podium("digest", "--log", "served.db", cwd=tmp_path)
    whole = run_podium("digest", "--log", games_folder / "games.db", cwd=tmp_path)
    assert again.stdout == whole.stdout
    checked = run_podium("verify", "--log", "served.db", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr


def test_a_live_server_is_not_played_into(games_folder: Path, tmp_path: Path) -> None:
    with serving(tmp_path) as url:
        done = run_podium("replay", games_folder / "small.podium", "--to", url, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.strip() == f"podium: {url} is live and is not played into; start it with --mode replay"


def test_a_part_of_a_games_is_played_under_sessions_of_its_own(games_folder: Path, tmp_path: Path) -> None:
    messages = list(Archive(games_folder / "small.podium"))
    venue = next(m.source for m in messages if m.source.endswith(".timing")).partition(".")[0]
    middle = messages[len(messages) // 2].time // 1_000_000
    start = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(middle))
    words = ("--from", start, "--venue", venue)
    first = run_podium("replay", games_folder / "small.podium", "--log", "part.db", *words, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert " 0 refused" in first.stdout
    again = run_podium("replay", games_folder / "small.podium", "--log", "part.db", *words, cwd=tmp_path)
    assert " 0 messages stored" in again.stdout


def test_a_server_comes_back_as_it_was(games_folder: Path, tmp_path: Path) -> None:
    run_podium("replay", games_folder / "small.podium", "--log", "served.db", cwd=tmp_path)
    with serving(tmp_path) as url:
        before = get(f"{url}/v1/views/medals/table")
        status = get(f"{url}/v1/status")
    with serving(tmp_path) as url:
        assert get(f"{url}/v1/views/medals/table") == before
        assert get(f"{url}/v1/status")["epoch"] == status["epoch"]


def test_a_second_server_on_a_log_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path):
        done = run_podium("serve", "--log", "served.db", "--port", "0", cwd=tmp_path)
    assert done.returncode == 1
    assert re.search(r"podium: .*served\.db.*process \d+", done.stderr)
