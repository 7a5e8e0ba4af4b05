"""docs/people-api.md has every route of the API, and no other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from litestar import Router

from desks.api import certificates, devices, facts, gates, notices, peers, records, scans, sheets, sign_in, status
from desks.audit.note import VerifierKey

PAGE = Path(__file__).resolve().parents[3] / "docs" / "people-api.md"
NONE = cast("Any", None)  # nobody asks these routes anything


def routes_of(router: Router) -> set[tuple[str, str]]:
    """Return methods and paths, with what stands in braces in a page."""
    return {
        (method, re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path))
        for route in router.routes
        for method in getattr(route, "methods", ())
        if method != "OPTIONS"
    }


def test_the_page_has_every_route() -> None:
    key = VerifierKey("example.org", Ed25519PrivateKey.generate().public_key())
    routers = [
        records.router(),
        status.router(),
        devices.router(),
        facts.router(NONE),
        gates.router(NONE, NONE),
        notices.router(NONE),
        scans.router(NONE, NONE),
        sign_in.router(NONE, NONE),
        certificates.router(NONE, key),
        peers.router(NONE),
        sheets.router(NONE, NONE),
    ]
    served = set().union(*(routes_of(router) for router in routers)) | {("GET", "/v1/openapi.json")}
    told = set(re.findall(r"^#+ `(GET|POST|DELETE) (/v1/\S+)`", PAGE.read_text(), re.MULTILINE))
    told |= set(re.findall(r"^\| `(GET|POST|DELETE) (/v1/\S+)`", PAGE.read_text(), re.MULTILINE))
    assert told == served
