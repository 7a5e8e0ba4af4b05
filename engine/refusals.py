"""What was refused: counted by reason, and a line written of each, with the place and the party."""

from __future__ import annotations

from collections import Counter

import structlog

__all__ = ["Refusals"]

MOST = 1000  # parties whose last refusal is remembered

_log = structlog.get_logger()


class Refusals:
    """The refusals of one door."""

    def __init__(self, door: str, *, level: str = "warning") -> None:
        self.door = door  # venue, feed, http
        self.counts: Counter[tuple[str, str]] = Counter()  # code, and the source where it is a known one
        self._level = level
        self._last: dict[str, tuple[str, ...]] = {}  # party -> what it was refused last

    def note(
        self, code: str, *, place: str, party: str, reason: str, source: str = "", known: bool = False, same: str = ""
    ) -> None:
        """Take a refusal: by which code, at which place of what was said, to whom, and why.

        A party that repeats itself is counted and not written of again; ``same`` tells which refusals are the same one,
        where that is more than the same place.
        """
        self.counts[code, source if known else ""] += 1
        said = (code, source, same or f"{place} {reason}")
        if self._last.get(party) == said:
            return
        if len(self._last) >= MOST:
            self._last.clear()
        self._last[party] = said
        named = {"source": source} if source else {}
        _log.log(
            _LEVELS[self._level], "refused", door=self.door, code=code, place=place, party=party, reason=reason, **named
        )


_LEVELS = {"info": 20, "warning": 30}
