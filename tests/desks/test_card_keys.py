"""The key that signs cards is replaced: gates take the cards of both in between, and those of a dropped one no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from desks import card_token
from desks.card_keys import CardKeys, drop, prepare, read_card_keys, use
from desks.errors import BadKeys
from desks.gate_folder import MANIFEST, GateFolder
from desks.gate_spool import Seen
from desks.issuing import open_issuing
from desks.keyring import signing_key
from management.gate import Token
from tests.desks.gate_hands import put
from tests.management.accredited import T20
from tests.management.at_the_gate import TOKEN

SECRET = b"secret"


class Games:
    """A folder of keys, and a gate that is sent its manifests."""

    def __init__(self, folder: Path) -> None:
        self.keys, self.gate = folder / "keys", folder / "gate"
        self.keys.mkdir()
        self.gate.mkdir()
        self.issuing = open_issuing(self.keys, "T20", SECRET)
        self.folder = GateFolder(self.gate, "T20", signing_key(self.keys, "root", SECRET).public, Seen())

    def printed(self) -> str:
        """Return a card as the process signs it when it is started now."""
        return card_token.encode(TOKEN, T20, open_issuing(self.keys, "T20", SECRET).cards)

    def opens(self, *codes: str) -> list[str]:
        """Send the gate what there is to send, and return what it makes of codes: OK, or why not."""
        put(self.gate, MANIFEST, self.issuing.manifest())
        self.folder.refresh()
        assert self.folder.complaints == ()
        found = [card_token.decode(code, T20, self.folder.cards) for code in codes]
        return ["OK" if isinstance(one, Token) else one.code for one in found]


def test_a_gate_takes_the_cards_of_both_keys_until_one_is_dropped(tmp_path: Path) -> None:
    games = Games(tmp_path)
    old, first = games.printed(), read_card_keys(games.keys, SECRET)
    both = prepare(games.keys, SECRET)
    assert prepare(games.keys, SECRET) == both  # it may be done again
    assert (both.manifest.version, both.signs, both.kids[:1]) == (2, first.signs, [first.signs])
    assert games.printed() == old  # the next key signs nothing yet
    used = use(games.keys, SECRET)
    assert used == CardKeys(both.manifest, both.kids[1])
    new = games.printed()
    assert games.opens(old, new) == ["OK", "OK"]
    dropped = drop(games.keys, first.signs, SECRET)
    assert dropped.kids == [used.signs]
    assert games.opens(old, new) == ["UNKNOWN_KEY", "OK"]
    assert not (games.keys / f"cards.{first.signs.hex()}").exists()
    assert prepare(games.keys, SECRET).manifest.version == 4


def test_a_step_that_would_lock_people_out_is_refused(tmp_path: Path) -> None:
    games = Games(tmp_path)
    signs = read_card_keys(games.keys, SECRET).signs
    with pytest.raises(BadKeys, match="no next key was prepared"):
        use(games.keys, SECRET)
    with pytest.raises(BadKeys, match="signs cards now: prepare and use another one first"):
        drop(games.keys, signs, SECRET)
    with pytest.raises(BadKeys, match="names no key 0123456789abcdef"):
        drop(games.keys, bytes.fromhex("0123456789abcdef"), SECRET)
    first = (games.keys / MANIFEST).read_bytes()
    prepare(games.keys, SECRET)
    (games.keys / MANIFEST).write_bytes(first)  # a backup came back
    with pytest.raises(BadKeys, match="manifest 1 does not name it: prepare it again"):
        use(games.keys, SECRET)
    (games.keys / MANIFEST).write_bytes(first[:-1] + bytes([first[-1] ^ 1]))
    with pytest.raises(BadKeys, match="not a manifest that the root has signed"):
        prepare(games.keys, SECRET)


def test_a_next_key_that_is_lost_before_it_signs_is_dropped(tmp_path: Path) -> None:
    games = Games(tmp_path)
    both = prepare(games.keys, SECRET)
    left = drop(games.keys, both.kids[1], SECRET)
    assert left.kids == [both.signs]
    assert prepare(games.keys, SECRET).kids[1] != both.kids[1]
