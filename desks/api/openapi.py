"""The OpenAPI document at ``/v1/openapi.json``, with every command of every aggregate."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import MediaType, Request
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from desks.facts import Facts
from management.aggregates import AGGREGATES

__all__ = ["config", "with_commands"]

PATH = "/v1/openapi.json"
ABOUT = (
    "The people of the Games: accreditation, entries, the competition schedule, volunteers and workforce. A command is "
    "decided once, by its id, and its outcome is durable before it is answered. Every answer that is not a success has "
    "one shape, `ErrorAnswer`."
)


def with_commands(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with the bodies of ``POST /v1/commands``: which commands there are is known to msgspec."""
    kinds = (*(aggregate.command for aggregate in AGGREGATES.values()), Facts)
    found, schemas = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    bodies = {f"Command_{prefix}": schema for prefix, schema in zip(AGGREGATES, found, strict=False)}
    wish = {
        "type": "object",
        "required": ["id", "key", "command"],
        "additionalProperties": False,
        "properties": {
            "id": {"type": "string", "format": "uuid", "description": "Made by the client"},
            "key": {"type": "string", "description": "Of the record, such as per:P1: its prefix says which commands"},
            "command": {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in bodies]},
            "expected": {"type": ["integer", "null"], "description": "The version that it has to have"},
            "personal": found[-1],
            "correlation": {"type": "string", "description": "What it is part of"},
        },
    }
    components = document["components"]
    schemas = components["schemas"] | schemas | bodies | {"Wish": wish}
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wish"}}}}
    post = document["paths"]["/v1/commands"]["post"] | {"requestBody": body}
    paths = document["paths"] | {"/v1/commands": document["paths"]["/v1/commands"] | {"post": post}}
    return document | {"paths": paths, "components": components | {"schemas": schemas}}


class _Render(JsonRenderPlugin):
    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return msgspec.json.encode(with_commands(openapi_schema))


def config() -> OpenAPIConfig:
    """Return how the document is made and where it is served."""
    bearer = SecurityScheme(type="http", scheme="bearer")
    return OpenAPIConfig(
        title="Podium: people",
        version="1",
        description=ABOUT,
        path=PATH,  # of a folder, under which Litestar answers 404 in HTML: so the folder is the document itself
        components=Components(security_schemes={"token": bearer}),
        security=[{"token": []}],
        render_plugins=[_Render(path="/", media_type=MediaType.JSON)],
    )
