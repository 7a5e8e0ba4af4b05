"""The pages of the people side, wired: over an office, with what the keys folder holds for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Router

from desks.api import sheets
from desks.api.caller import Callers
from desks.blind_index import BlindIndex
from desks.cose import Signer
from desks.office import Office
from desks.pages.app import router
from desks.pages.site import Site
from desks.people_index.index import PeopleIndex
from desks.vault import Vault
from podium.signing_in import SigningIn

__all__ = ["pages_over"]


def pages_over(
    office: Office,
    callers: Callers,
    policies: Mapping[str, Any],
    signing: SigningIn,
    *,
    people: PeopleIndex,
    pepper: bytes,
    vault: Vault,
    signer: Signer,
) -> list[Router]:
    """Return the routes of the pages, and of the sheets that are handed in by either door.

    ``callers`` know operators, and ``people`` is a reader of the office; ``vault`` opens what is personal, ``signer``
    signs the cards that are printed.
    """
    index = BlindIndex(pepper)
    site = Site(
        office,
        callers,
        policies,
        index=index,
        vault=vault,
        people=people,
        signer=signer,
        enrolment=signing.enrolment,
        doorkeeper=signing.doorkeeper,
    )
    archive = sheets.Archive(office, vault, people.applicants, policies["ebk"].disciplines)
    return [router(site), sheets.router(site.sheets, archive)]
