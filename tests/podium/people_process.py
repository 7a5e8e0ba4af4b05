"""``podium people serve`` as a process, and the tokens of who may ask it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.podium.conftest import run_podium

SERVE = ("people", "serve", "--keys", "keys", "--port", "0")

__all__ = ["bearer", "serving_people", "token"]


def token(folder: Path, name: str, *grants: str) -> str:
    """Let somebody in, in the folder ``keys``, which is made where it is missing; return the token."""
    if not (folder / "keys").exists():
        made = run_podium("people", "init-keys", "--dir", "keys", cwd=folder)
        assert made.returncode == 0, made.stderr
    words = [word for grant in grants for word in ("--grant", grant)]
    done = run_podium("people", "add-operator", "--keys", "keys", "--id", name, *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def bearer(shown: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {shown}"}


@contextmanager
def serving_people(
    folder: Path,
    *,
    words: Sequence[str] = SERVE,
    log: str = "games.db",
    said: list[str] | None = None,
    operations: list[str] | None = None,
) -> Iterator[httpx.Client]:
    """Run a process with the people side on a free port within a block; yields a client of it.

    ``said`` gets all that the process wrote, ``operations`` the address of its metrics and checks.
    """
    command = [sys.executable, "-m", "podium", *words, "--log", log]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            for line in process.stdout:
                if found := re.search(r"people at (http://\S+)", line):
                    break
            else:
                assert process.stderr
                pytest.fail(process.stderr.read())
            if operations is not None:
                operations += re.findall(r"operations at (http://\S+)", next(process.stdout))
            with httpx.Client(base_url=found[1], timeout=30) as client:
                yield client
        finally:
            process.send_signal(signal.SIGTERM)
            rest, errors = process.communicate(timeout=30)
            if said is not None:
                said += [*rest.splitlines(), *errors.splitlines()]
    assert process.returncode == 0, errors
    lines = [json.loads(line) for line in errors.splitlines()]
    assert [line for line in lines if line["level"] not in ("info", "warning")] == []
