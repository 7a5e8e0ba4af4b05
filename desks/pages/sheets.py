"""The page on which sheets are imported: checked first, then applied, with every error by row and column."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency

from desks.bulk.csv_form import ENCODINGS
from desks.bulk.reception import LARGEST
from desks.errors import BadSheet
from desks.pages.site import Page, Site, not_for
from management.command import Actor

__all__ = ["HANDLERS"]


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
    found = site.sheets.find(actor, *chosen.partition("/")[::2])
    if found is None:
        raise not_for(actor)
    dry_run, encoding = sent.get("act") != "apply", str(sent.get("encoding", "")) or "utf-8"
    try:
        report = await site.sheets.take(data, *found, actor, dry_run=dry_run, encoding=encoding)
    except BadSheet as error:
        return site.show(request, actor, _page(site, actor, chosen, bad=error), status=422)
    return site.show(request, actor, _page(site, actor, chosen, report=report))


def _page(site: Site, actor: Actor, chosen: str = "", **shows: Any) -> Page:
    may = site.sheets.may(actor)
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
