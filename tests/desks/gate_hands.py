"""A gate under test: its keys, its folder as a synchroniser fills it, and a clock that a test may set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from desks import card_token
from desks.gate import OfflineGate, Shown
from desks.gate_folder import BEACON, FACTS, MANIFEST, STATUSES
from desks.gate_publication import Beacon, Facts, Publication, Statuses, encode, pack_entitlements
from desks.gate_settings import GateSettings
from desks.keys import HeldKey, Manifest
from management.gate import Token
from management.status_list import Status
from management.status_list import encode as encode_list
from tests.desks.test_card_token import KEY
from tests.desks.test_keys import key
from tests.management.accredited import JULY, MINUTE, T20
from tests.management.at_the_gate import GATE, SNAPSHOT, SWIMMER, TOKEN

ROOT, PUBLISHER, SCANNER = key(21), key(22), key(23)
SETTINGS = GateSettings("T20", "SCAN-1", ROOT.public.public_bytes_raw().hex(), GATE)
TERMS, CARDS = pack_entitlements({1: SWIMMER})
NAMES = {Facts: FACTS, Statuses: STATUSES, Beacon: BEACON}


class SetClock:
    """A machine's clock, as a test sets it."""

    def __init__(self, wall: int = JULY, up: int = 5 * MINUTE, boot: str = "boot-1") -> None:
        self.time, self.running, self.boot = wall, up, boot

    def wall(self) -> int:
        return self.time

    def up(self) -> int:
        return self.running

    def passes(self, ms: int) -> None:
        """Let time pass."""
        self.time += ms
        self.running += ms

    def jumps(self, ms: int) -> None:
        """Set the clock on the wall."""
        self.time += ms


def manifest(version: int = 1, *, cards: HeldKey = KEY, publisher: HeldKey = PUBLISHER) -> Manifest:
    """Return the manifest of the keys that count."""
    return Manifest("T20", version, (cards.public.public_bytes_raw(),), (publisher.public.public_bytes_raw(),))


def facts(**changes: Any) -> Facts:
    """Return the facts of the swimming centre, with some changed."""
    operating = {venue: tuple(spans) for venue, spans in SNAPSHOT.operating.items()}
    found = Facts("T20", 1, JULY - MINUTE, T20, TERMS, CARDS, {"SWM": ("SWC",)}, operating)
    return msgspec.structs.replace(found, **changes)


def statuses(of: dict[int, Status], version: int = 7, at: int = JULY - MINUTE) -> Statuses:
    """Return a status list of 16 cards."""
    return Statuses("T20", version, at, encode_list(of, 16))


def send(folder: Path, *publications: Publication, signer: HeldKey = PUBLISHER) -> None:
    """Put publications into a folder, each under another name first."""
    for one in publications:
        put(folder, NAMES[type(one)], encode(one, signer))


def put(folder: Path, name: str, data: bytes) -> None:
    """Put a file into a folder, as a synchroniser does."""
    fresh = folder / f"{name}.new"
    fresh.write_bytes(data)
    fresh.rename(folder / name)


def fill(folder: Path, now: int = JULY) -> Path:
    """Put all that a gate needs into a folder; card 1 is valid."""
    folder.mkdir(exist_ok=True)
    put(folder, MANIFEST, manifest().encode(ROOT))
    send(folder, facts(), statuses({10: 0}), Beacon("T20", now))
    return folder


def open_gate(folder: Path, clock: SetClock, **changes: Any) -> OfflineGate:
    """Open a gate, with some of its settings changed."""
    return OfflineGate.open(folder, msgspec.structs.replace(SETTINGS, **changes), clock)


def printed(token: Token = TOKEN) -> str:
    """Return the code of a card."""
    return card_token.encode(token, T20, KEY)


def told(shown: Shown) -> tuple[str, str, tuple[str, ...]]:
    """Return the verdict, the reason and the flags."""
    return shown.verdict, shown.reason, shown.flags
