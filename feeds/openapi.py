"""The OpenAPI document at ``/v1/openapi.json``, with the types of all rows."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import MediaType, Request
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from schemas.games import Games
from schemas.views import ROW_TYPES

__all__ = ["config", "with_rows"]

PATH = "/v1/openapi.json"
ABOUT = (
    "Live results, standings and medals, as views of keyed rows. The same views come over the WebSocket `/v1/feed`, "
    "as an image and then deltas. Every answer that is not a success has one shape, `ErrorAnswer`."
)


def with_rows(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with the rows of the views in it: which types there are is known to msgspec only."""
    types = tuple(dict.fromkeys(kind for kinds in ROW_TYPES.values() for kind in kinds))
    references, schemas = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    components = document["components"]["schemas"] | schemas
    view = components["ViewDocument"]
    rows = {"type": "object", "additionalProperties": {"anyOf": list(references)}}
    components["ViewDocument"] = view | {"properties": view["properties"] | {"rows": rows}}
    return document | {"components": document["components"] | {"schemas": components}}


class _Render(JsonRenderPlugin):
    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return msgspec.json.encode(with_rows(openapi_schema))


def config(games: Games) -> OpenAPIConfig:
    """Return how the document is made and where it is served."""
    return OpenAPIConfig(
        title=f"Podium: {games.name}",
        version="1",
        description=ABOUT,
        path=PATH,  # of a folder, under which Litestar answers 404 in HTML: so the folder is the document itself
        render_plugins=[_Render(path="/", media_type=MediaType.JSON)],
    )
