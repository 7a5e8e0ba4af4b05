"""Writes the published contracts, JSON Schemas made from the types: ``python -m podium.publish``.

``venue-messages.schema.json`` is what a source may say, ``views.schema.json`` what a subscriber gets.
"""

from __future__ import annotations

from inspect import cleandoc
from pathlib import Path
from typing import Any

import msgspec

import schemas
from schemas.messages import VenueMessage
from schemas.views import HEAD, ROW_TYPES

__all__ = ["PUBLISHED", "publish", "venue_messages", "views"]

PUBLISHED = Path(schemas.__file__).parent / "published"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _level(schema: Any) -> Any:
    """Take the indentation out of the descriptions, which only Python 3.13 does by itself."""
    match schema:
        case dict():
            return {
                k: cleandoc(v) if k == "description" and isinstance(v, str) else _level(v) for k, v in schema.items()
            }
        case list():
            return [_level(item) for item in schema]
        case _:
            return schema


def venue_messages() -> dict[str, Any]:
    """Return the schema of one message of a source, as bytes of JSON hold it."""
    return {
        "$schema": _DIALECT,
        "title": "Podium venue message",
        "description": "One message of a timing, scoring or desk system; `kind` names its type. "
        "Unknown fields are ignored, and kept in the raw log.",
        **msgspec.json.schema(VenueMessage),
    }


def views() -> dict[str, Any]:
    """Return the schema of the views: by kind, the rows of a view by their keys."""
    types = tuple(dict.fromkeys(row for rows in ROW_TYPES.values() for row in rows))
    references, definitions = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    reference = dict(zip(types, references, strict=True))
    kinds: dict[str, Any] = {}
    for kind, rows in ROW_TYPES.items():
        kinds[kind] = {"type": "object", "additionalProperties": reference[rows[-1]]}
        if len(rows) > 1:
            kinds[kind]["properties"] = {HEAD: reference[rows[0]]}
    return {
        "$schema": _DIALECT,
        "title": "Podium views",
        "description": "A view is named kind/id. Here stands, by kind, what its rows are, by their keys; the row with "
        f"the key `{HEAD}` holds what is true of the whole view. A field with its default value is left out.",
        "type": "object",
        "properties": kinds,
        "additionalProperties": False,
        "$defs": definitions,
    }


def publish(folder: Path = PUBLISHED) -> list[Path]:
    """Write all contracts into a folder; return their files."""
    folder.mkdir(exist_ok=True)
    contracts = {"venue-messages.schema.json": venue_messages(), "views.schema.json": views()}
    for name, contract in contracts.items():
        (folder / name).write_bytes(msgspec.json.format(msgspec.json.encode(_level(contract)), indent=2) + b"\n")
    return [folder / name for name in contracts]


if __name__ == "__main__":
    for file in publish():
        print(file)
