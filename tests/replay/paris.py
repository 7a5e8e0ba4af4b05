"""Paris 2024 for the tests: imported once a run, and folded once to know what it comes to."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from replay.archive import Header, Message
from replay.paris2024 import Report, import_paris2024
from tests.replay.folded import digest

__all__ = ["Paris", "digest_of", "imported"]


class Paris(NamedTuple):
    """What the importer gives."""

    header: Header
    report: Report
    messages: list[Message]


@cache
def imported(folder: Path) -> Paris:
    """Import a folder; the same again is the same object."""
    header, messages, report = import_paris2024(folder)
    return Paris(header, report, list(messages))


@cache
def digest_of(folder: Path) -> str:
    """Return the digest of all messages in their order, folded by one process."""
    paris = imported(folder)
    return digest(paris.messages, paris.header.games)
