"""Requests by an OpenAPI document: what fits a schema, what nearly does, and what is meant to break things."""

from __future__ import annotations

from random import Random
from typing import Any
from urllib.parse import quote

import msgspec

__all__ = ["Ask", "asks_of"]

HOSTILE = [
    "",
    "P1",
    "\x00",
    "../../etc/passwd",
    "%2e%2e",
    "' OR 1=1 --",
    "é" * 300,
    "9" * 400,
    "{{7*7}}",
    "\ud7ff",
    "-1",
]
BYTES = [b"", b"\xff\xfe", b"[" * 5000, b"null", b"1e999", b'{"id": "\\ud800"}', b"a;b\n1;2", b"PK\x03\x04"]
Ask = tuple[str, str, dict[str, str], bytes]  # method, path with its query, headers, body


def asks_of(document: dict[str, Any], random: Random, times: int) -> list[Ask]:
    """Return so many requests for each method of each path of a document, in an order by chance."""
    found = [
        _ask(document, random, path, method, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for _ in range(times)
    ]
    random.shuffle(found)
    return found


def _ask(document: dict[str, Any], random: Random, path: str, method: str, operation: dict[str, Any]) -> Ask:
    query, headers = [], {}
    for one in operation.get("parameters", ()):
        value = str(_fitting(document, random, one.get("schema", {})))
        match one["in"]:
            case "path":
                path = path.replace("{" + one["name"] + "}", quote(value or "x", safe=""))
            case "query" if random.random() < 0.7:
                query.append(f"{one['name']}={quote(value, safe='')}")
            case "header" if random.random() < 0.5 and value.isascii() and value.isprintable():
                headers[one["name"]] = value
    return method.upper(), path + ("?" + "&".join(query) if query else ""), headers, _body(document, random, operation)


def _body(document: dict[str, Any], random: Random, operation: dict[str, Any]) -> bytes:

    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return b""
    schema = content.get("application/json", {}).get("schema")
    if schema is None or random.random() < 0.2:
        return random.choice(BYTES)
    return msgspec.json.encode(_fitting(document, random, schema))


def _fitting(document: dict[str, Any], random: Random, schema: dict[str, Any]) -> Any:
    """Return a value of a schema, and now and then one that is none."""
    if random.random() < 0.06:
        return random.choice([None, [], {}, True, 2**63, -1, 0.5, *HOSTILE])
    if "$ref" in schema:
        return _fitting(document, random, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return _fitting(document, random, random.choice(schema[several]))
    if "enum" in schema or "const" in schema:
        return random.choice(schema["enum"]) if "enum" in schema else schema["const"]
    kind = schema.get("type", "string")
    match random.choice(kind) if isinstance(kind, list) else kind:
        case "object":
            named = schema.get("properties", {})
            needed = set(schema.get("required", ()))
            chosen = [name for name in named if name in needed or random.random() < 0.5]
            return {name: _fitting(document, random, named[name]) for name in chosen}
        case "array":
            items = schema.get("items") or {}
            return [_fitting(document, random, items) for _ in range(random.randrange(3))] if items else []
        case "integer":
            return random.choice([0, 1, 2, -1, 1_617_235_200_000, 2**53])
        case "number":
            return random.random()
        case "boolean":
            return random.random() < 0.5
        case "null":
            return None
        case _:
            return _text(random, schema)


def _text(random: Random, schema: dict[str, Any]) -> str:
    if schema.get("format") == "uuid":
        return f"{random.getrandbits(128):032x}"
    if schema.get("format") == "date":
        return "2021-07-25"
    return random.choice([*HOSTILE, "per:P1", "AAA", "A1", "OLV", "people", "status.cose", "csv"])
