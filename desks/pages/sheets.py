"""The page on which sheets are imported: checked first, then applied, with every error by row and column."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency

from desks.bulk.csv_form import ENCODINGS
from desks.bulk.importing import file_hash
from desks.bulk.kinds.all import KINDS
from desks.bulk.setting import Kind, Setting
from desks.errors import BadSheet
from desks.pages.site import Page, Site, not_for
from management.command import Actor

__all__ = ["HANDLERS", "LARGEST"]

LARGEST = 17 << 20  # bytes of a request: a file as large as any may be, and the rest of the form


def _may(site: Site, actor: Actor) -> list[tuple[Kind, str]]:
    """Return what somebody may import, and for whom."""
    found: dict[tuple[str, str], tuple[Kind, str]] = {}
    for kind in KINDS.values():
        for grant in actor.grants:
            if grant.role in kind.roles:
                found.update({(kind.name, name): (kind, name) for name in _names(site, kind, grant.scope)})
    return list(found.values())


def _names(site: Site, kind: Kind, scope: str) -> Iterable[str]:
    if scope != "*":
        prefix, _, name = scope.partition(":")
        return [name] if prefix == kind.scope else []
    policy = site.policies["per"]
    everywhere: dict[str, Iterable[str]] = {
        "ro": policy.organisations,
        "venue": policy.venues,
        "programme": site.programmes,
    }
    return everywhere[kind.scope]


@get("/import")
async def ask(
    request: Request[Any, Any, Any], site: NamedDependency[Site], actor: NamedDependency[Actor]
) -> Response[str]:
    return site.show(request, actor, _page(site, actor))


@post("/import", status_code=200, request_max_body_size=LARGEST)
async def take(
    request: Request[Any, Any, Any], site: NamedDependency[Site], actor: NamedDependency[Actor]
) -> Response[str]:
    sent = await request.form()
    data = await sent["file"].read() if isinstance(sent.get("file"), UploadFile) else b""
    chosen = str(sent.get("what", ""))
    found = next(((kind, name) for kind, name in _may(site, actor) if f"{kind.name}/{name}" == chosen), None)
    if found is None:
        raise not_for(actor)
    kind, name = found
    setting = Setting(
        name,
        actor,
        await asyncio.to_thread(file_hash, data),
        lambda: site.office.now,
        site.policies,
        site.index,
        site.vault,
        site.zone_of(name) if kind.scope == "venue" else "UTC",
    )
    dry_run = sent.get("act") != "apply"
    try:
        report = await site.imports.run(
            data, kind, setting, dry_run=dry_run, encoding=str(sent.get("encoding", "")) or "utf-8"
        )
    except BadSheet as error:
        return site.show(request, actor, _page(site, actor, chosen, bad=error), status=422)
    return site.show(request, actor, _page(site, actor, chosen, report=report))


def _page(site: Site, actor: Actor, chosen: str = "", **shows: Any) -> Page:
    may = _may(site, actor)
    if not may:
        raise not_for(actor)
    kinds = {kind.name: kind for kind, _ in may}
    context = {
        "may": [(f"{kind.name}/{name}", kind.name, name) for kind, name in may],
        "kinds": kinds.values(),
        "chosen": chosen,
        "encodings": ENCODINGS,
        "report": None,
        "bad": None,
        "refused_field": "",
    }
    return Page("import.html", context | shows)


HANDLERS = (ask, take)
