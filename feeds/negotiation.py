"""Which representation a client gets: the suffix decides, then ``format``, then ``Accept`` (RFC 9110, 12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from feeds.errors import Refused

__all__ = ["MEDIA_TYPES", "accepts_gzip", "choose"]

MEDIA_TYPES: Final = {"json": "application/json", "xml": "application/xml; charset=utf-8"}
_TYPES: Final = {
    "json": ("application/json", "application/*", "*/*"),
    "xml": ("application/xml", "text/xml", "application/*", "*/*"),
}


def _qualities(header: str) -> dict[str, float]:
    qualities = {}
    for item in header.split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                try:
                    quality = float(value)
                except ValueError:
                    quality = 0.0
        if name:
            qualities[name.lower()] = quality
    return qualities


def choose(offered: Sequence[str], *, named: str = "", accept: str | None = None) -> str:
    """Return the format to answer in, of those offered, the first being preferred.

    Raises ``Refused``: 404 for a format that was named and is not offered, 406 where ``Accept`` leaves none.
    """
    if named:
        if named not in offered:
            raise Refused("no_such_format", f"this is offered as {' and '.join(offered)}", at="format", status=404)
        return named
    if not accept:
        return offered[0]
    qualities = _qualities(accept)
    best = ""
    best_quality = 0.0
    for name in offered:
        quality = next((qualities[kind] for kind in _TYPES[name] if kind in qualities), 0.0)
        if quality > best_quality:
            best, best_quality = name, quality
    if not best:
        raise Refused("not_acceptable", f"this is offered as {' and '.join(offered)}", at="Accept", status=406)
    return best


def accepts_gzip(header: str | None) -> bool:
    """Say whether a client that sent this ``Accept-Encoding`` takes gzip."""
    if not header:
        return False
    qualities = _qualities(header)
    return qualities.get("gzip", qualities.get("*", 0.0)) > 0
