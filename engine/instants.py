"""Instants: RFC 3339 text and microseconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["parse_instant", "write_instant"]


def parse_instant(text: str) -> int | None:
    """Return microseconds since 1970-01-01T00:00Z, or None; without an offset the text is UTC."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    delta = instant - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def write_instant(time: int) -> str:
    """Return the RFC 3339 text of microseconds since 1970, in UTC with milliseconds."""
    text = datetime.fromtimestamp(time // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{time // 1000 % 1000:03d}Z"
