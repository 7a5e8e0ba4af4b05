"""A serving process: venues push into it, subscribers read from it, and it comes back as it was."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
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
    lines = [json.loads(line) for line in errors.splitlines()]
    assert [line for line in lines if line["level"] not in ("info", "warning")] == []


def get(url: str) -> Any:
    with urlopen(url, timeout=30) as answer:
        return json.load(answer)


def some_venue(archive: Path) -> str:
    """Return the venue of the quietest timing source."""
    counts = Counter(m.source for m in Archive(archive) if m.source.endswith(".timing"))
    return min(counts, key=counts.__getitem__).partition(".")[0]


def test_a_part_goes_through_the_doors_as_it_goes_into_a_log(games_folder: Path, tmp_path: Path) -> None:
    archive = games_folder / "small.podium"
    part = ("--venue", some_venue(archive))
    into = run_podium("replay", archive, "--log", "part.db", *part, cwd=tmp_path)
    assert into.returncode == 0, into.stderr
    stored = re.search(r" (\d+) messages stored", into.stdout)
    with serving(tmp_path, "--mode", "replay") as url:
        sent = run_podium("replay", archive, "--to", url, *part, cwd=tmp_path)
        assert sent.returncode == 0, sent.stderr
        assert stored
        assert f" {stored[1]} messages stored" in sent.stdout
        again = run_podium("replay", archive, "--to", url, *part, cwd=tmp_path)
        assert f" 0 messages stored, {stored[1]} there already" in again.stdout
        assert get(f"{url}/v1/status")["mode"] == "replay"
    served = run_podium("digest", "--log", "served.db", cwd=tmp_path)
    assert served.stdout == run_podium("digest", "--log", "part.db", cwd=tmp_path).stdout
    checked = run_podium("verify", "--log", "served.db", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr


def test_a_live_server_is_not_played_into(games_folder: Path, tmp_path: Path) -> None:
    with serving(tmp_path) as url:
        done = run_podium("replay", games_folder / "small.podium", "--to", url, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.strip() == f"podium: {url} is live and is not played into; start it with --mode replay"


def test_a_part_of_a_games_is_played_under_sessions_of_its_own(games_folder: Path, tmp_path: Path) -> None:
    messages = list(Archive(games_folder / "small.podium"))
    venue = some_venue(games_folder / "small.podium")
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
