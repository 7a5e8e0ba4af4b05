"""The folder of a gate: what does not count is complained about, and what was there before goes on."""

from __future__ import annotations

from pathlib import Path

from desks.gate_folder import BEACON, FACTS, MANIFEST, STATUSES, GateFolder
from desks.gate_publication import Beacon, Statuses
from desks.gate_spool import Seen
from tests.desks.gate_hands import PUBLISHER, ROOT, facts, fill, manifest, put, send, statuses
from tests.desks.test_card_token import KEY, OTHER
from tests.desks.test_keys import key
from tests.management.accredited import JULY
from tests.management.at_the_gate import SWIMMER


def opened(folder: Path, seen: Seen | None = None) -> GateFolder:
    found = GateFolder(folder, "T20", ROOT.public, seen or Seen())
    found.refresh()
    return found


def test_all_that_was_sent_is_held(tmp_path: Path) -> None:
    found = opened(fill(tmp_path))
    assert found.statuses is not None
    assert found.entitlements is not None
    assert (found.facts, dict(found.entitlements), found.statuses.status(10)) == (facts(), {1: SWIMMER}, 0)
    assert (found.list_version, found.list_at, found.beacon) == (7, JULY - 60_000, Beacon("T20", JULY))
    assert (set(found.cards), found.seen, found.complaints) == ({KEY.kid}, Seen(1, 1, 7), ())


def test_an_empty_folder_holds_nothing_and_what_comes_later_is_taken(tmp_path: Path) -> None:
    found = opened(tmp_path)
    assert (found.facts, found.statuses, found.complaints) == (None, None, ())
    fill(tmp_path)
    found.refresh()
    assert found.facts == facts()


def test_a_newer_list_takes_the_place_of_the_old_and_an_older_never_does(tmp_path: Path) -> None:
    found = opened(fill(tmp_path))
    send(tmp_path, statuses({10: 1}, version=8))
    found.refresh()
    assert found.statuses is not None
    assert (found.list_version, found.statuses.status(10), found.seen.statuses) == (8, 1, 8)
    send(tmp_path, statuses({10: 0}, version=7))
    found.refresh()
    assert (found.list_version, found.statuses.status(10)) == (8, 1)
    assert list(found.complaints) == ["status.cose: status list 7 is older than 8, which was here before"]
    again = opened(tmp_path, found.seen)  # nor after a restart
    assert (again.statuses, again.complaints) == (None, found.complaints)
    send(tmp_path, statuses({10: 1}, version=9))
    found.refresh()
    assert (found.list_version, found.complaints) == (9, ())


def test_bytes_that_nobody_signed_take_nothing_away(tmp_path: Path) -> None:
    found = opened(fill(tmp_path))
    for name in (MANIFEST, FACTS, STATUSES, BEACON):
        put(tmp_path, name, b"rubbish")
    found.refresh()
    assert (found.facts, found.list_version, set(found.cards)) == (facts(), 7, {KEY.kid})
    assert [one.partition(":")[0] for one in found.complaints] == [MANIFEST, FACTS, STATUSES, BEACON]


def test_a_list_that_is_none_inside_its_signature_is_complained_about(tmp_path: Path) -> None:
    found = opened(fill(tmp_path))
    send(tmp_path, Statuses("T20", 8, JULY, b"rubbish"))
    found.refresh()
    assert (found.list_version, [one.partition(":")[0] for one in found.complaints]) == (7, [STATUSES])


def test_a_card_key_publishes_nothing(tmp_path: Path) -> None:
    fill(tmp_path)
    send(tmp_path, statuses({10: 0}, version=8), signer=KEY)
    assert opened(tmp_path).statuses is None


def test_a_publisher_that_is_given_up_takes_with_it_what_it_signed(tmp_path: Path) -> None:
    found, other = opened(fill(tmp_path)), key(29)
    put(tmp_path, MANIFEST, manifest(2, cards=OTHER, publisher=other).encode(ROOT))
    found.refresh()
    assert (found.facts, found.statuses, found.beacon, set(found.cards)) == (None, None, None, {OTHER.kid})
    send(tmp_path, facts(), statuses({10: 2}), Beacon("T20", JULY), signer=other)
    found.refresh()
    assert (found.facts, found.list_version, found.complaints) == (facts(), 7, ())
    put(tmp_path, MANIFEST, manifest(1, publisher=PUBLISHER).encode(ROOT))
    found.refresh()
    assert (set(found.cards), found.complaints) == (
        {OTHER.kid},
        ("keys.cose: manifest 1 is older than 2, which is at hand",),
    )


def test_a_file_that_goes_takes_nothing_away(tmp_path: Path) -> None:
    found = opened(fill(tmp_path))
    (tmp_path / STATUSES).unlink()
    found.refresh()
    assert (found.list_version, found.complaints) == (7, ())


def test_a_file_that_cannot_be_read_is_looked_for_again(tmp_path: Path) -> None:
    found = opened(fill(tmp_path))
    (tmp_path / STATUSES).unlink()
    (tmp_path / STATUSES).mkdir()
    found.refresh()
    assert (found.list_version, found.complaints) == (7, ("status.cose: Is a directory",))
    (tmp_path / STATUSES).rmdir()
    send(tmp_path, statuses({10: 1}, version=8))
    found.refresh()
    assert (found.list_version, found.complaints) == (8, ())
