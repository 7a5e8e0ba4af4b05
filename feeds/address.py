"""Addresses of views over HTTP: ``result/ATHM...``, ``medals/table.xml``, ``medals/table@{epoch}.{cut}``."""

from __future__ import annotations

from typing import NamedTuple

from feeds.errors import Refused
from feeds.patterns import KINDS

__all__ = ["Address", "decode"]

FORMATS = ("json", "xml")


class Address(NamedTuple):
    """What a path asks for."""

    view: str
    format: str = ""  # of the suffix; empty where there is none
    pinned: str = ""  # {epoch}.{cut} after the @; empty: as it stands now


def decode(path: str) -> Address:
    """Return what a path after ``/v1/views/`` asks for; raises ``Refused`` where there can be no such view."""
    rest = path.strip("/")
    format = ""  # noqa: A001 - the word that everybody knows it by
    for name in FORMATS:
        if rest.endswith("." + name):
            rest, format = rest.removesuffix("." + name), name  # noqa: A001
    view, at, pinned = rest.partition("@")
    if at and not _is_pin(pinned):
        raise Refused("bad_address", "after the @ comes {epoch}.{cut}", at="@" + pinned)
    if view.partition("/")[0] not in KINDS:
        raise Refused("unknown_view", "there is no such kind of views", at=view, status=404)
    return Address(view, format, pinned)


def _is_pin(text: str) -> bool:
    epoch, dot, cut = text.rpartition(".")
    return bool(epoch and dot and cut.isascii() and cut.isdigit())
