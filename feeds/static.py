"""The files of the results page, with the hash of their content as ETag: equal on every replica, and 304 where held."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from litestar import Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from feeds.errors import Refused
from feeds.http import Asked, respond
from feeds.reader import Reader
from feeds.shelf import Rendered, digest

__all__ = ["Folder", "router"]

FRESH = "public, max-age=60, stale-while-revalidate=600"


class Folder:
    """A folder of files, each read when it is first asked for, and again when it has changed."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._kept: dict[Path, tuple[int, Rendered]] = {}

    def read(self, path: str) -> tuple[Path, Rendered]:
        """Return a file; raises ``Refused`` where there is none inside the folder."""
        file = (self._root / path.strip("/")).resolve()
        if file.is_dir():
            file /= "index.html"
        if not file.is_relative_to(self._root) or not file.is_file() or file.suffix == ".py":
            raise Refused("not_found", "there is nothing at this address", at=path or "/", status=404)
        changed = file.stat().st_mtime_ns
        kept = self._kept.get(file)
        if kept is None or kept[0] != changed:
            body = file.read_bytes()
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            kept = self._kept[file] = changed, Rendered(body, kind, digest(body))
        return file, kept[1]


TheReader = NamedDependency[Reader]
TheFolder = NamedDependency[Folder]


@get("/", name="page", include_in_schema=False)
async def read_index(request: Asked, reader: TheReader, folder: TheFolder) -> Response[bytes]:
    return await _read(request, reader, folder, "")


@get("/{path:path}", name="file", include_in_schema=False)
async def read_file(request: Asked, reader: TheReader, folder: TheFolder, path: FromPath[str]) -> Response[bytes]:
    return await _read(request, reader, folder, path)


async def _read(request: Asked, reader: Reader, folder: Folder, path: str) -> Response[bytes]:
    file, rendered = folder.read(path)
    reader.shelf.get(file, rendered.tag, lambda: rendered)  # where the compressed bytes are kept
    return await respond(request, reader, file, rendered, {"Cache-Control": FRESH})


def router(folder: Folder, reader: Reader) -> Router:
    """Return the routes that serve a folder at ``/``."""
    return Router(
        "/",
        route_handlers=[read_index, read_file],
        dependencies={
            "folder": Provide(lambda: folder, sync_to_thread=False),
            "reader": Provide(lambda: reader, sync_to_thread=False),
        },
    )
