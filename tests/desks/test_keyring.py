"""The folder of keys and secrets: made once, and read by its owner alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from desks.errors import BadKeys
from desks.keyring import PEPPER, make_keys, read_pepper


def test_the_secrets_of_a_games_are_made_once(tmp_path: Path) -> None:
    make_keys(tmp_path / "keys")
    pepper = read_pepper(tmp_path / "keys")
    assert len(pepper) == 32
    assert stat.S_IMODE((tmp_path / "keys" / PEPPER).stat().st_mode) == 0o600
    with pytest.raises(BadKeys, match="not made again"):
        make_keys(tmp_path / "keys")
    assert read_pepper(tmp_path / "keys") == pepper
    make_keys(tmp_path / "others")
    assert read_pepper(tmp_path / "others") != pepper


@pytest.mark.parametrize(("text", "reason"), [("zz", "hexadecimal"), ("00" * 31, "32 bytes"), (None, "No such file")])
def test_a_pepper_that_is_none_is_named(tmp_path: Path, text: str | None, reason: str) -> None:
    if text is not None:
        (tmp_path / PEPPER).write_text(text)
    with pytest.raises(BadKeys, match=reason):
        read_pepper(tmp_path)
