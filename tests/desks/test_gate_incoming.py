"""What comes to a gate replaces what is there only if all of it counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from desks.errors import BadPublication
from desks.gate_folder import BEACON, FACTS, MANIFEST, STATUSES
from desks.gate_incoming import NEEDED, take_over
from desks.gate_publication import Beacon, encode
from desks.keys import HeldKey
from tests.desks.gate_hands import PUBLISHER, ROOT, SETTINGS, facts, fill, manifest, statuses
from tests.desks.test_keys import key
from tests.management.accredited import JULY, MINUTE

FORGER = key(99)


def files(
    version: int = 8, at: int = JULY, *, root: HeldKey = ROOT, publisher: HeldKey = PUBLISHER
) -> dict[str, bytes]:
    """Return what a desk publishes."""
    return {
        MANIFEST: manifest(version, publisher=publisher).encode(root),
        FACTS: encode(facts(version=version), publisher),
        STATUSES: encode(statuses({10: 0}, version), publisher),
        BEACON: encode(Beacon("T20", at), publisher),
    }


def lying(folder: Path) -> dict[str, bytes]:
    """Return all that lies in a folder."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_what_counts_is_taken_over_as_a_whole_also_into_an_empty_folder(tmp_path: Path) -> None:
    for version in (8, 8, 9):
        came = files(version)
        take_over(tmp_path, SETTINGS, came)
        assert lying(tmp_path) == came


OLD, NEW = files(8), files(9, JULY + MINUTE)
BENT = {name: NEW[name][:-1] + bytes([NEW[name][-1] ^ 1]) for name in NEEDED}
WRONG = {
    **{f"{name} bent": NEW | {name: BENT[name]} for name in NEEDED},
    **{f"{name} missing": {one: data for one, data in NEW.items() if one != name} for name in NEEDED},
    **{f"{name} of before": NEW | {name: files(7, JULY - MINUTE)[name]} for name in NEEDED},
    "another root": files(9, root=FORGER),
    "another publisher": NEW | {STATUSES: files(9, publisher=FORGER)[STATUSES]},
    "facts for a list": NEW | {STATUSES: NEW[FACTS]},
    "nothing": {},
    "empty": dict.fromkeys(NEEDED, b""),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_count_changes_nothing(tmp_path: Path, what: str) -> None:
    take_over(tmp_path, SETTINGS, OLD)
    with pytest.raises(BadPublication):
        take_over(tmp_path, SETTINGS, WRONG[what])
    assert lying(tmp_path) == OLD


def test_a_gate_goes_on_with_what_a_stick_brought(tmp_path: Path) -> None:
    before = lying(fill(tmp_path))
    with pytest.raises(BadPublication, match=f"{FACTS}: no facts that a publisher has signed"):
        take_over(tmp_path, SETTINGS, NEW | {FACTS: b"<html>a portal</html>"})
    assert lying(tmp_path) == before
    take_over(tmp_path, SETTINGS, NEW)
    assert lying(tmp_path) == NEW
