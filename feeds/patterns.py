"""View patterns: which views a subscription is about.

A pattern is a view's name in which ``*`` stands for any characters within one segment and ``**``, alone in its segment,
for any number of segments: ``result/**``, ``medals/table``, ``schedule/day/2030-08-*``. Matching takes time linear in
the name, so that no pattern can hold the loop.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from feeds.errors import Refused
from schemas.views import ROW_TYPES

__all__ = ["KINDS", "Pattern", "Patterns", "decode"]

KINDS = frozenset(ROW_TYPES) | {"plays", "pool", "bracket", "config"}  # the kinds of views that the design names
LONGEST = 128  # characters
MOST_WILDCARDS = 4  # in one pattern: bounds what the regular expression may try

_ALLOWED = re.compile(r"[A-Za-z0-9._*/-]+")


class Pattern:
    """One pattern, ready to match."""

    __slots__ = ("_match", "kind", "literal", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.literal = "*" not in text
        self.kind = text.partition("/")[0]  # may hold a wildcard
        self._match = re.compile(_expression(text)).fullmatch

    def matches(self, view: str) -> bool:
        """Say whether a view's name is meant."""
        return self._match("/" + view) is not None


def _expression(text: str) -> str:
    """Return the regular expression of a pattern, over a name with a slash before it."""
    return "".join(
        "(?:/[^/]+)*" if segment == "**" else "/" + "[^/]*".join(map(re.escape, segment.split("*")))
        for segment in text.split("/")
    )


class Patterns:
    """The patterns of one subscription: sorted, each once. Equal ones are the same subscription."""

    __slots__ = ("_literals", "globs", "literals", "texts")

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self.texts = tuple(sorted({pattern.text for pattern in patterns}))
        by_text = {pattern.text: pattern for pattern in patterns}
        unique = [by_text[text] for text in self.texts]
        self.literals = tuple(pattern.text for pattern in unique if pattern.literal)
        self.globs = tuple(pattern for pattern in unique if not pattern.literal)
        self._literals = frozenset(self.literals)

    def matches(self, view: str) -> bool:
        """Say whether a view belongs to the subscription."""
        return view in self._literals or any(pattern.matches(view) for pattern in self.globs)

    def select(self, names: Iterable[str]) -> list[str]:
        """Return those of the names that belong to the subscription, in the order given."""
        if not self.globs:
            return [name for name in names if name in self._literals]
        return [name for name in names if self.matches(name)]


def _decode_one(text: str, at: str) -> Pattern:
    if not text or len(text) > LONGEST:
        raise Refused("bad_pattern", f"a pattern has 1 to {LONGEST} characters, this one {len(text)}", at=at)
    if _ALLOWED.fullmatch(text) is None:
        raise Refused("bad_pattern", "a pattern consists of letters, digits and . _ - / *", at=at)
    segments = text.split("/")
    if "" in segments:
        raise Refused("bad_pattern", "a segment is empty", at=at)
    if any("**" in segment and segment != "**" for segment in segments):
        raise Refused("bad_pattern", "** stands alone in its segment", at=at)
    if segments.count("**") > 1 or text.replace("**", "*").count("*") > MOST_WILDCARDS:
        raise Refused("bad_pattern", f"a pattern has at most one ** and {MOST_WILDCARDS} wildcards", at=at)
    if "*" not in segments[0] and segments[0] not in KINDS:
        raise Refused("unknown_view", f"there is no kind of views called {segments[0]!r}", at=at)
    return Pattern(text)


def decode(texts: Sequence[str], *, most: int, place: str = "views") -> Patterns:
    """Return the patterns of a subscription; raises ``Refused`` with the place of the first that is wrong."""
    if not texts:
        raise Refused("bad_pattern", "at least one pattern is needed", at=place)
    if len(texts) > most:
        raise Refused("too_many", f"at most {most} patterns in one subscription, these are {len(texts)}", at=place)
    return Patterns([_decode_one(text, f"{place}[{index}]") for index, text in enumerate(texts)])
