"""A gate at Games that are on whenever a test runs: for real processes, which have a real clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from desks import card_token
from desks.gate_folder import MANIFEST
from desks.gate_publication import Beacon
from management.gate import Span
from schemas.policy.accreditation import Window
from tests.desks.gate_hands import ROOT, facts, manifest, put, send, statuses
from tests.desks.test_card_token import KEY
from tests.management.accredited import T20
from tests.management.at_the_gate import card

EVER = Window(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
POLICY = msgspec.structs.replace(T20, phases=dict.fromkeys(T20.phases, EVER))
GATE_TOML = f"""
games = "T20"
device = "SCAN-1"
root = "{ROOT.public.public_bytes_raw().hex()}"

[gate]
id = "SWC-1"
venue = "SWC"
zone = "2"
perimeter = "SWC"
"""

CODE = card_token.encode(card(exp=EVER.end), POLICY, KEY)


def unvalidated() -> str:
    """Return the code of a card that nobody has validated."""
    return card_token.encode(card(serial=2, index=11, exp=EVER.end), POLICY, KEY)


def fill_today(folder: Path) -> None:
    """Publish everything to a folder, as of now."""
    folder.mkdir(exist_ok=True)
    now = time.time_ns() // 1_000_000
    put(folder, MANIFEST, manifest().encode(ROOT))
    known = facts(policy=POLICY, operating={"SWC": (Span(EVER.first, EVER.end),)})
    send(folder, known, statuses({10: 0}, at=now), Beacon("T20", now))
