"""``podium audit`` as an operator types it: sign, hold against, prove, check; with a witness that is a process."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from desks.topics import EVENTS
from engine.sqlite_log import SqliteLog
from tests.contracts.test_audit import WRITERS, write
from tests.podium.conftest import run_podium

LOG = ("--log", "games.db")


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """A folder with a log of 20 events and the keys of an auditor and a witness."""
    log = SqliteLog.open(tmp_path / "games.db")
    await write(log, 20)
    await WRITERS[log].close()
    await log.close()
    (tmp_path / "audit.key").write_text(told(tmp_path, "key", "--keys", "keys", "--games", "T20"))
    (tmp_path / "witness.key").write_text(told(tmp_path, "key", "--keys", "theirs", "--games", "w", "--witness"))
    return tmp_path


def audit(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run_podium("audit", *words, cwd=folder)


def told(folder: Path, *words: str) -> str:
    done = audit(folder, *words)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


@contextmanager
def witness(folder: Path) -> Iterator[str]:
    """Run a witness within a block; yields its address."""
    words = ("--dir", "seen", "--keys", "theirs", "--name", "w", "--log-key", "audit.key", "--port", "0")
    command = [sys.executable, "-m", "podium", "audit", "witness", *words]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        found = re.search(r"http://\S+", process.stdout.readline())
        if not found:
            pytest.fail(process.communicate()[1])
        yield found[0]
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")


def test_a_log_is_signed_witnessed_proved_and_held_against_what_was_signed(folder: Path) -> None:
    nothing = audit(folder, "verify", *LOG, "--key", "audit.key")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert nothing.stderr == "podium: games.db: no checkpoint of podium/T20 is known, so nothing is proved\n"
    with witness(folder) as address:
        sign = ("checkpoint", *LOG, "--keys", "keys", "--games", "T20", "--file", "kept.jsonl")
        notes = told(folder, *sign, "--witness", address)
        assert "has not cosigned" not in notes
        assert notes.count("\n— w ") == notes.count("\n— podium/T20 ") == 2
        again = told(folder, *sign)
    assert again == "nothing has grown since the newest checkpoint"
    hold = ("verify", *LOG, "--key", "audit.key", "--kept", "kept.jsonl", "--kept", "seen")
    agree = "20 records in 2 trees agree with 2 checkpoints, kept by the log, kept.jsonl, seen"
    assert told(folder, *hold) == f"games.db: {agree}"
    log = SqliteLog.open(folder / "games.db", readonly=True)
    event = msgspec.json.decode(log.read(EVENTS)[3].value)
    log.close_now()
    (folder / "proof.json").write_text(told(folder, "prove", event["id"], *LOG, "--key", "audit.key"))
    checked = told(folder, "check", "proof.json", "--key", "audit.key")
    assert re.match(r"record \d+ of 10 in podium/T20/1/management.events/[01]-2:\n", checked)
    assert msgspec.json.decode(checked.partition("\n")[2]) == event
    forged = (folder / "proof.json").read_text().replace('"index":', '"index":1')
    (folder / "forged.json").write_text(forged)
    refused = audit(folder, "check", "forged.json", "--key", "audit.key")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert re.search(r"the record is not number \d+ of podium/T20", refused.stderr)
    with sqlite3.connect(folder / "games.db") as database:
        (number,) = database.execute("SELECT number FROM topics WHERE name = ?", (EVENTS,)).fetchone()
        database.execute(f"DELETE FROM topic_{number} WHERE position > 5")
    database.close()
    cut = audit(folder, *hold)
    assert cut.returncode == 1
    assert cut.stderr == "podium: games.db: it is not what was signed: 2 findings\n"
    assert cut.stdout.count("truncated: podium/T20/1/management.events/") == 2


def test_a_witness_that_does_not_answer_is_named_and_what_is_no_key_too(folder: Path) -> None:
    sign = ("checkpoint", *LOG, "--keys", "keys", "--games", "T20")
    signed = told(folder, *sign, "--witness", "http://127.0.0.1:9")
    assert "http://127.0.0.1:9 has not cosigned: http://127.0.0.1:9 does not answer" in signed
    assert "checkpoint of podium/T20/1/venue.raw/0-1" not in signed
    unknown = audit(folder, "prove", "venue.raw/0/1", *LOG, "--key", "audit.key")
    assert unknown.stderr == "podium: games.db: record 1 of podium/T20/1/venue.raw/0-1 is in no checkpoint yet\n"
    stranger = audit(folder, "verify", *LOG, "--key", "a+b+c")
    assert stranger.stderr == "podium: 'a+b+c' is no key such as name+01234567+AQ...\n"
    missing = audit(folder, "verify", *LOG, "--key", "audit.key", "--kept", "nothing")
    assert missing.stderr == "podium: there are no checkpoints at nothing\n"
