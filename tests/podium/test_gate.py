"""``podium gate``: codes from a file and from a pipe, a line for each, and what the exit code says."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from desks.gate_publication import Beacon
from tests.desks.gate_hands import ROOT, put, send
from tests.desks.today import CODE, GATE_TOML, fill_today, unvalidated
from tests.podium.conftest import run_podium

WORDS = ("gate", "--dir", "folder", "--gate", "gate.toml", "--from")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a gate's folder and settings in it, published just now."""
    fill_today(tmp_path / "folder")
    (tmp_path / "gate.toml").write_text(GATE_TOML)
    return tmp_path


def now() -> int:
    return time.time_ns() // 1_000_000


def test_a_card_from_a_file_is_let_in(place: Path) -> None:
    (place / "codes.txt").write_text(f"{CODE}\n")
    done = run_podium(*WORDS, "codes.txt", cwd=place)
    assert (done.returncode, done.stderr) == (0, "")
    shown, _, age = done.stdout.partition("list 7 is ")
    assert shown == "ALLOW OK  card 1 AAA Aa  compare the photo  "
    assert age.endswith(" s old\n")


def test_a_pipe_gives_a_line_for_each_code_and_numbers_go_on(place: Path) -> None:
    seen = []
    for codes in (f"{CODE}\r\n\n{unvalidated()}\n", f"rubbish\n{'0' * 20_000}\n{CODE}"):
        done = subprocess.run(
            [sys.executable, "-m", "podium", *WORDS, "-", "--format", "json"],
            cwd=place,
            input=codes,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        lines = [msgspec.json.decode(line) for line in done.stdout.splitlines()]
        seen.append((done.returncode, [(one["device_seq"], one["verdict"], one["reason"]) for one in lines]))
    assert seen == [
        (3, [(1, "ALLOW", "OK"), (2, "DENY", "NOT_VALIDATED")]),
        (3, [(3, "DENY", "MALFORMED"), (4, "DENY", "MALFORMED"), (5, "ALLOW", "OK")]),
    ]


def test_each_decision_is_shown_before_the_next_code_comes(place: Path) -> None:
    command = [sys.executable, "-m", "podium", *WORDS, "-"]
    shown = []
    with subprocess.Popen(command, cwd=place, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for code in (CODE, unvalidated()):
            process.stdin.write(f"{code}\n".encode())
            process.stdin.flush()
            shown.append(process.stdout.readline().partition(b"  ")[0])
        process.stdin.close()
    assert (shown, process.returncode) == ([b"ALLOW OK", b"DENY NOT_VALIDATED"], 3)


def test_a_clock_that_stands_an_hour_back_refers_to_a_person(place: Path) -> None:
    send(place / "folder", Beacon("T20", now() + 3_600_000))
    (place / "codes.txt").write_text(f"{CODE}\n")
    done = run_podium(*WORDS, "codes.txt", cwd=place)
    assert (done.returncode, done.stdout.partition("  ")[0]) == (4, "REFER CLOCK_UNTRUSTED")


def test_what_makes_an_allow_amber_and_what_does_not_count_is_said(place: Path) -> None:
    put(place / "folder", "status.cose", b"\x01")
    (place / "gate.toml").write_text(GATE_TOML.replace('zone = "2"', 'zone = "WHITE"'))  # of class LOW
    (place / "codes.txt").write_text(f"{CODE}\n")
    done = run_podium(*WORDS, "codes.txt", cwd=place)
    assert (done.returncode, done.stdout) == (
        0,
        "ALLOW OK  AMBER STATUS_STALE  card 1 AAA Aa  compare the photo  no list  "
        "status.cose: no status that a publisher has signed: MALFORMED: no COSE_Sign1\n",
    )


def test_what_cannot_work_is_said_in_a_sentence(place: Path) -> None:
    (place / "folder" / "keys.cose").unlink()
    done = run_podium(*WORDS, "-", cwd=place)
    assert done.returncode == 1
    assert done.stderr.startswith("podium: there is nothing to decide from: facts.cose: no facts that a publisher")
    done = run_podium("gate", "--dir", "folder", "--gate", "none.toml", "--from", "-", cwd=place)
    assert (done.returncode, done.stderr) == (1, "podium: none.toml: No such file or directory\n")
    fill_today(place / "folder")
    done = run_podium(*WORDS, "none.txt", cwd=place)
    assert (done.returncode, done.stderr) == (1, "podium: none.txt: No such file or directory\n")
    assert ROOT.public.public_bytes_raw().hex() in GATE_TOML
