"""ETags: what a client holds already is not sent again (RFC 9110, 8.8 and 13.1.2)."""

from __future__ import annotations

import re

from feeds.errors import Refused

__all__ = ["is_held"]

_TAG = re.compile(r'\s*(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")\s*(?:,|$)')


def is_held(if_none_match: str | None, tag: str) -> bool:
    """Say whether a client that sent this ``If-None-Match`` holds the representation of a strong ``tag``.

    Raises ``Refused`` where the header is neither ``*`` nor a list of entity tags.
    """
    if if_none_match is None:
        return False
    text = if_none_match.strip()
    if text == "*":
        return True
    place = 0
    held = False
    while place < len(text):
        found = _TAG.match(text, place)
        if found is None:
            raise Refused("bad_header", "neither * nor a list of entity tags", at="If-None-Match")
        held = held or found[1] == tag  # the weak comparison, which this header asks for
        place = found.end()
    return held
