"""Marks: from the text shown at a venue to an integer, and back.

A value is an integer in 10^-decimals of the mark's base unit (second, metre, point, kilogram, stroke).
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["BadMarkError", "format_gap", "format_value", "parse_mark"]


class BadMarkError(ValueError):
    """A text that is no mark."""

    def __init__(self, text: str) -> None:
        super().__init__(f"not a mark: {text!r}")
        self.text = text


# Sign, a clock of two or three parts or else a number, fraction: values stay below 2^48 in any sport's decimals.
_MARK = re.compile(r"([+-]?)(?:((?:[0-9]{1,6}:){1,2}[0-9]{1,10})|([0-9]{0,10}))(?:\.([0-9]{0,20}))?")


@lru_cache(maxsize=1 << 16)  # marks repeat: judges, shots, splits
def parse_mark(text: str, decimals: int) -> int:
    """Return the value of a mark such as ``9.80``, ``1:43.20``, ``2:06:26`` or ``-4``.

    More decimals than the definition keeps are an error: nothing is rounded away. Raises ``BadMarkError``.
    """
    found = _MARK.fullmatch(text.strip())
    if found is None:
        raise BadMarkError(text)
    sign, clock, whole, fraction = found.groups("")
    if not (clock or whole or fraction) or fraction[decimals:].strip("0"):
        raise BadMarkError(text)
    if clock:
        seconds = 0
        for part in clock.split(":"):
            seconds = seconds * 60 + int(part)
        whole = str(seconds)
    value = int(whole + fraction[:decimals].ljust(decimals, "0") or "0")
    return -value if sign == "-" else value


def format_value(value: int, decimals: int, *, clock: bool = False) -> str:
    """Return a value as shown: ``9.80``, and with ``clock`` ``1:43.20``."""
    sign, value = ("-", -value) if value < 0 else ("", value)
    whole, fraction = divmod(value, 10**decimals)
    tail = f".{fraction:0{decimals}d}" if decimals else ""
    if not clock or whole < 60:
        return f"{sign}{whole}{tail}"
    minutes, seconds = divmod(whole, 60)
    if minutes < 60:
        return f"{sign}{minutes}:{seconds:02d}{tail}"
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours}:{minutes:02d}:{seconds:02d}{tail}"


def format_gap(value: int, leader: int, decimals: int, shown: str, *, clock: bool = False) -> str:
    """Return how far a value is behind (+) or below (-) the leader's, with as many decimals as its mark shows."""
    if value == leader:
        return ""
    _, _, fraction = shown.partition(".")
    keep = min(len(fraction), decimals)
    gap = (value - leader) // 10 ** (decimals - keep)
    text = format_value(gap, keep, clock=clock)
    return text if text.startswith("-") else f"+{text}"
