"""The files of the pages: the style sheet, the mark, and the one script, by which passkeys are used."""

from __future__ import annotations

from functools import cache

from litestar import Response, get

from desks.api.caller import open_to_all
from desks.pages.render import FOLDER

__all__ = ["HANDLERS"]


@cache
def _bytes(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def _file(name: str, media_type: str, seconds: int) -> Response[bytes]:
    headers = {"Cache-Control": f"max-age={seconds}", "X-Content-Type-Options": "nosniff"}
    return Response(_bytes(name), media_type=media_type, headers=headers)


@get("/people.css", opt=open_to_all)
async def style() -> Response[bytes]:
    return _file("style.css", "text/css; charset=utf-8", 300)


@get("/passkey.js", opt=open_to_all)
async def script() -> Response[bytes]:
    return _file("passkey.js", "text/javascript; charset=utf-8", 300)


@get("/mark.svg", opt=open_to_all)
async def mark() -> Response[bytes]:
    return _file("mark.svg", "image/svg+xml", 86_400)


HANDLERS = (style, script, mark)
