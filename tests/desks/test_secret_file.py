"""Secrets in files: under a passphrase, for their owner, and never overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from desks.errors import BadSecret
from desks.secret_file import load_secret, make_secret, save_secret


def test_a_secret_comes_back_with_its_passphrase_alone(tmp_path: Path) -> None:
    file, secret = tmp_path / "kek", make_secret()
    save_secret(file, secret, b"open")
    assert load_secret(file, b"open") == secret
    assert secret not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BadSecret, match="passphrase"):
        load_secret(file, b"close")
    with pytest.raises(FileExistsError):
        save_secret(file, make_secret(), b"open")


@pytest.mark.parametrize(("data", "why"), [(b"hello", "no secret"), (b"podium secret 1\nshort", "was changed")])
def test_a_file_that_holds_none_is_named(tmp_path: Path, data: bytes, why: str) -> None:
    (tmp_path / "kek").write_bytes(data)
    with pytest.raises(BadSecret, match=why) as bad:
        load_secret(tmp_path / "kek", b"open")
    assert str(bad.value).startswith(str(tmp_path / "kek"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSecret, match="No such file"):
        load_secret(tmp_path / "none", b"open")
