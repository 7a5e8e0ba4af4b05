"""A gate with a network fetches its files from a running desk, each minute; without one it goes on with what it has."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from desks.errors import BadPublication
from desks.gate_incoming import NEEDED, take_over
from desks.gate_settings import GateSettings

__all__ = ["GateFetcher"]

EVERY = 60.0  # seconds
PATIENCE = 20.0  # seconds
LARGEST = 64 << 20  # bytes of one file


class GateFetcher:
    """Fetches for one gate."""

    def __init__(self, url: str, token: Path, folder: Path, settings: GateSettings, every: float = EVERY) -> None:
        """Take where the API is, and the file with the token of a gate device; nothing is asked yet."""
        self._url, self._token = url.rstrip("/"), token
        self._folder, self._settings, self._every = folder, settings, every
        self._ends = threading.Event()
        self.trouble = ""  # why the newest attempt brought nothing

    def fetch(self) -> bool:
        """Fetch everything once and take it over; say whether that was possible, and on stderr where that changes."""
        try:
            take_over(self._folder, self._settings, dict(self._files()))
        except (BadPublication, httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            said = str(error) or type(error).__name__
        else:
            said = ""
        if said != self.trouble:
            told = f"nothing new from {self._url}: {said}" if said else f"files come from {self._url} again"
            print(f"podium gate: {told}", file=sys.stderr, flush=True)
        self.trouble = said
        return not said

    def _files(self) -> Iterator[tuple[str, bytes]]:
        headers = {"Authorization": f"Bearer {self._token.read_text().strip()}"}  # each time: it may be another by now
        with httpx.Client(headers=headers, timeout=PATIENCE) as client:
            for name in NEEDED:
                with client.stream("GET", f"{self._url}/v1/gates/{name}") as answer:
                    if answer.status_code != 200:
                        raise BadPublication(f"{name}: answered {answer.status_code}")
                    data = b""
                    for part in answer.iter_bytes():
                        data += part
                        if len(data) > LARGEST:
                            raise BadPublication(f"{name}: larger than {LARGEST >> 20} MB")
                yield name, data

    @contextmanager
    def fetching(self) -> Iterator[None]:
        """Fetch once, and from then on each minute until the end of a block."""
        self.fetch()
        thread = threading.Thread(target=self._go_on, name="gate files", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ends.set()
            thread.join(PATIENCE)

    def _go_on(self) -> None:
        while not self._ends.wait(self._every):
            self.fetch()
