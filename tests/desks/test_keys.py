"""Keys: kept encrypted, named by their hash, and counting only where the root says so."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from desks import card_token
from desks.cose import sign1
from desks.keys import HeldKey, Manifest, ManifestRefused, kid_of, load_key, read_manifest, save_key
from management.gate import TokenFailure
from tests.management.accredited import T20
from tests.management.at_the_gate import TOKEN


def key(number: int) -> HeldKey:
    """Return a key that is the same in every run."""
    return HeldKey(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


ROOT, FIRST, SECOND = key(1), key(2), key(3)


def manifest(version: int, *keys: HeldKey, games: str = "T20") -> Manifest:
    return Manifest(games, version, tuple(held.public.public_bytes_raw() for held in keys))


def test_the_name_of_a_key_is_the_head_of_the_hash_of_its_public_half() -> None:
    # The SubjectPublicKeyInfo of Ed25519 (RFC 8410): a fixed head, and the raw key.
    info = bytes.fromhex("302a300506032b6570032100") + FIRST.public.public_bytes_raw()
    assert kid_of(FIRST.public) == FIRST.kid == sha256(info).digest()[:8]


def test_a_key_is_kept_encrypted_for_its_owner_alone(tmp_path: Path) -> None:
    path, private = tmp_path / "card.pem", Ed25519PrivateKey.from_private_bytes(bytes([2]) * 32)
    save_key(path, private, b"passphrase")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert load_key(path, b"passphrase").kid == FIRST.kid
    with pytest.raises(ValueError, match="password"):
        load_key(path, b"another")
    with pytest.raises(FileExistsError):
        save_key(path, private, b"passphrase")


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rsa.pem"
    path.write_bytes(
        generate_private_key(65537, 2048).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")
        )
    )
    with pytest.raises(ValueError, match="holds no Ed25519 key"):
        load_key(path, b"x")


def test_a_manifest_is_what_the_root_signed() -> None:
    signed = manifest(1, FIRST, SECOND).encode(ROOT)
    found = read_manifest(signed, ROOT.public, "T20")
    assert found == manifest(1, FIRST, SECOND)
    assert set(found.ring()) == {FIRST.kid, SECOND.kid}


def test_what_the_root_did_not_sign_does_not_count() -> None:
    for data in (
        manifest(1, FIRST).encode(FIRST),
        manifest(1, FIRST).encode(ROOT)[:-1],
        sign1(msgspec.msgpack.encode(manifest(1, FIRST)), "card", ROOT),  # signed as something else
        sign1(b"no manifest", "keys", ROOT),
        msgspec.msgpack.encode(manifest(1, FIRST)),
        Manifest("T20", 1, (b"short",)).encode(ROOT),
    ):
        with pytest.raises(ManifestRefused, match="not a manifest that the root has signed"):
            read_manifest(data, ROOT.public, "T20")


def test_a_manifest_of_another_games_or_an_older_one_does_not_count() -> None:
    with pytest.raises(ManifestRefused, match="a manifest of the Games T24, not of T20"):
        read_manifest(manifest(1, FIRST, games="T24").encode(ROOT), ROOT.public, "T20")
    with pytest.raises(ManifestRefused, match="manifest 1 is older than 2"):
        read_manifest(manifest(1, FIRST).encode(ROOT), ROOT.public, "T20", known=2)
    assert read_manifest(manifest(2, FIRST).encode(ROOT), ROOT.public, "T20", known=2).version == 2


def test_a_key_is_rotated_and_given_up_by_manifests() -> None:
    old, new = (card_token.encode(TOKEN, T20, held) for held in (FIRST, SECOND))
    unknown = TokenFailure("UNKNOWN_KEY")
    opened = [
        [card_token.decode(text, T20, manifest(version, *keys).ring()) for text in (old, new)]
        for version, keys in ((1, (FIRST,)), (2, (FIRST, SECOND)), (3, (SECOND,)))
    ]
    assert opened == [[TOKEN, unknown], [TOKEN, TOKEN], [unknown, TOKEN]]
