"""The demonstration: it plays, checks itself, and finds a port."""

from __future__ import annotations

import re
import socket
from pathlib import Path

from tests.podium.conftest import run_podium


def test_it_checks_its_own_page_and_ends(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        done = run_podium("demo", "--for", "2s", "--port", str(port), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    first, last = done.stdout.splitlines()
    found = re.fullmatch(r"podium: http://127\.0\.0\.1:(\d+)", first)
    assert found
    assert int(found[1]) != port
    assert done.stderr.splitlines()[0] == f"port {port} is busy, taking a free one"
    assert re.fullmatch(r"checked: page with \d+ files, feed with \d+ cuts", last)
    assert list(tmp_path.iterdir()) == []
