"""A gate fetches from a desk that answers, and goes on with what it has from one that does not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from desks.gate_incoming import NEEDED
from podium.gate_fetching import GateFetcher
from tests.desks.gate_hands import SETTINGS
from tests.desks.test_gate_incoming import BENT, NEW, OLD, lying


class Desk:
    """A desk that answers as it is told."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.status = 200
        self.shown: list[str] = []
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                desk.shown.append(self.headers.get("Authorization", ""))
                data = desk.files.get(self.path.removeprefix("/v1/gates/"), b"")
                self.send_response(desk.status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self._thread = threading.Thread(target=self.server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@pytest.fixture
def desk() -> Iterator[Desk]:
    found = Desk()
    yield found
    found.close()


def test_what_is_fetched_stays_whatever_the_desk_does_later(
    tmp_path: Path, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, token = tmp_path / "gate", tmp_path / "token"
    folder.mkdir()
    token.write_text("first\n")
    fetcher = GateFetcher(desk.url, token, folder, SETTINGS)
    assert not fetcher.fetch()  # nothing is published yet
    desk.files = OLD
    assert fetcher.fetch()
    assert lying(folder) == OLD
    token.write_text("second\n")
    desk.files = NEW | {NEEDED[1]: BENT[NEEDED[1]]}
    assert not fetcher.fetch()
    desk.files, desk.status = NEW, 503
    assert not fetcher.fetch()
    assert lying(folder) == OLD
    desk.status = 200
    assert fetcher.fetch()
    assert lying(folder) == NEW
    assert set(desk.shown) == {"Bearer first", "Bearer second"}
    said = capsys.readouterr().err.splitlines()
    assert [line.partition(f"{desk.url}")[0] for line in said] == [
        "podium gate: nothing new from ",
        "podium gate: files come from ",
        "podium gate: nothing new from ",
        "podium gate: nothing new from ",
        "podium gate: files come from ",
    ]
    assert said[3].endswith(f"{NEEDED[0]}: answered 503")


def test_without_a_network_nothing_is_lost_and_with_one_news_come(tmp_path: Path, desk: Desk) -> None:
    folder, token = tmp_path / "gate", tmp_path / "token"
    folder.mkdir()
    token.write_text("one")
    desk.files = OLD
    with GateFetcher(desk.url, token, folder, SETTINGS, every=0.01).fetching():
        assert lying(folder) == OLD
        desk.files = NEW
        seen = len(desk.shown)
        while len(desk.shown) < seen + 3 * len(NEEDED):
            pass
    assert lying(folder) == NEW
    gone = GateFetcher("http://127.0.0.1:1", token, folder, SETTINGS)
    assert not gone.fetch()
    assert not GateFetcher(desk.url, tmp_path / "none", folder, SETTINGS).fetch()
    assert lying(folder) == NEW
