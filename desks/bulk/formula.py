"""What a spreadsheet would take for a formula: refused on the way in, disarmed on the way out.

A cell that begins with one of these characters may be evaluated by whoever opens the file: it could send what stands
beside it somewhere, or start a program. On the way out such a text gets an apostrophe in front, by which a spreadsheet
knows that it is text. On the way in that apostrophe is taken off again, so what was exported can be imported; a name
such as ``'t Hart`` keeps its own.
"""

from __future__ import annotations

__all__ = ["escape", "is_formula", "unescape"]

WIDE = "\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
LEADING = tuple(f"=+-@\t\r\n{WIDE}")


def is_formula(text: str) -> bool:
    """Say whether a cell is a formula: no name, code or date begins so. A telephone number may begin with a plus."""
    return text.startswith(("=", "\N{FULLWIDTH EQUALS SIGN}", "@"))


def escape(text: str) -> str:
    """Return a text that no spreadsheet evaluates."""
    return f"'{text}" if _begins_so(text) else text


def unescape(text: str) -> str:
    """Return the text that ``escape`` was given; every other text as it is."""
    return text[1:] if text.startswith("'") and _begins_so(text[1:]) else text


def _begins_so(text: str) -> bool:
    """Say whether a text begins like a formula, or would once a program has cut off what is blank before it."""
    return text.startswith(LEADING) or text.lstrip().startswith(LEADING)
