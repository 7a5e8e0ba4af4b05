"""Toward whom a venue's desk stands as one: by the card, by the released schedule, and everybody where it validates."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from desks.venue_desks import with_venues_of
from management.command import Actor, Grant
from management.participation import Participation
from tests.management.accredited import JULY, T20

ATHLETE = Participation("A1", "AAA", "Aa", "ATHLETE", "SWM", status="APPROVED")


class Kept:
    """Records by their keys, as an office has them."""

    now, policies = JULY, {"per": T20}

    def __init__(self, swims_at: str) -> None:
        plans = {"SWMM100M--------------FNL-000100--": SimpleNamespace(venue=swims_at)}
        self.records = {
            "per:P1": SimpleNamespace(participations={"A1": ATHLETE}),
            "sch:T20": SimpleNamespace(live=SimpleNamespace(plans=plans)),
        }

    async def read(self, key: str) -> Any:
        found = self.records.get(key)
        return SimpleNamespace(state=found) if found else None


@pytest.mark.parametrize(
    ("scope", "person", "stays"),
    [
        ("venue:OLP", "P1", True),  # the function's own
        ("venue:SWC", "P1", True),  # where the discipline is held
        ("venue:STA", "P1", False),
        ("venue:OLV", "P9", True),  # a point of validation: whoever comes
        ("venue:OLP", "P9", False),
        ("venue:NO", "P1", False),
        ("*", "P9", True),
    ],
)
async def test_a_desk_is_one_toward_whom_its_venue_is_for(scope: str, person: str, stays: bool) -> None:
    other = Grant("OC_ACR_OPERATOR", "ro:BBB")
    somebody = Actor("desk", (Grant("VENUE_ACR", scope), other))
    found = await with_venues_of(somebody, person, cast("Any", Kept("SWC")))
    assert found == (somebody if stays else Actor("desk", (other,)))
