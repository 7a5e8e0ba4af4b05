"""All messages of the pages, in the order in which they stand: what a catalogue has to have."""

from __future__ import annotations

from jinja2 import Environment

from desks.pages.render import FOLDER
from desks.pages.words import REFUSALS, STATUSES, reason_of

__all__ = ["messages"]


def messages() -> dict[str | tuple[str, str], list[str]]:
    """Return each message, one with a plural as both, and where it is said."""
    found: dict[str | tuple[str, str], list[str]] = {}
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for file in sorted((FOLDER / "templates").glob("*.html")):
        extract = environment.extract_translations  # type: ignore[attr-defined]
        for _, function, said in extract(file.read_text(), gettext_functions=("_", "count")):
            parts = [part for part in (said if isinstance(said, tuple) else (said,)) if part]
            message = (parts[0], parts[1]) if function == "count" else parts[0]
            found.setdefault(message, []).append(file.name)
    for word in (*STATUSES.values(), *REFUSALS.values(), reason_of("")):
        found.setdefault(word, []).append("words.py")
    return found
