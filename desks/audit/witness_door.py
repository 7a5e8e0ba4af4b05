"""The door of a witness, as C2SP tlog-witness has it: ``POST /add-checkpoint``."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Litestar, Request, Response, post

from desks.audit.witness import FolderWitness

__all__ = ["make_app"]

LARGEST = 64 * 1024  # bytes of a request: a proof has at most 63 hashes
CONFLICT = 409


def make_app(witness: FolderWitness) -> Litestar:
    """Return the door as an application; it needs no sign-in, since what counts is signed."""

    @post("/add-checkpoint", status_code=200)
    async def add_checkpoint(request: Request[Any, Any, Any]) -> Response[str]:
        body = (await request.body()).decode(errors="replace")
        status, text = await asyncio.to_thread(witness.add, body)
        return Response(text, status_code=status, media_type="text/x.tlog.size" if status == CONFLICT else "text/plain")

    return Litestar([add_checkpoint], openapi_config=None, request_max_body_size=LARGEST, logging_config=None)
