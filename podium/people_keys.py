"""The keys of a Games changed by hand: those that sign cards, and the one that wraps the keys of persons."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

from desks import card_keys, wrapping_key
from desks.card_keys import CardKeys
from desks.errors import DesksError
from desks.issuing import CARDS
from desks.key_store import KeyStore
from desks.keyring import signing_key
from desks.lost_key import sign_anew
from desks.partitions import Partitions
from desks.people_index.index import PeopleIndex
from desks.policies import read_policies
from desks.readers import Readers
from podium.errors import OperatorError
from podium.keeping import PERSONS
from podium.passphrase import passphrase
from podium.wiring import open_log, policy_in

__all__ = ["drop", "lines_of", "prepare", "renew", "rewrap", "show", "sign", "use"]


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except DesksError as error:
        raise OperatorError(str(error)) from error


def lines_of(keys: CardKeys) -> list[str]:
    """Return what counts at gates, a line each."""
    told = [f"manifest {keys.manifest.version} of {keys.manifest.games}: gates take the cards of"]
    return told + [f"  {kid.hex()}{'  which signs' if kid == keys.signs else ''}" for kid in keys.kids]


def show(folder: Path) -> CardKeys:
    """Return the keys that sign cards."""
    with _told():
        return card_keys.read_card_keys(folder, passphrase())


def prepare(folder: Path) -> CardKeys:
    """Make the next key that signs cards, and tell gates of it."""
    with _told():
        return card_keys.prepare(folder, passphrase())


def use(folder: Path) -> CardKeys:
    """Have the next key sign."""
    with _told():
        return card_keys.use(folder, passphrase())


def drop(folder: Path, kid: str) -> CardKeys:
    """Give a key up."""
    try:
        name = bytes.fromhex(kid)
    except ValueError:
        raise OperatorError(f"{kid!r} is no key: its name has 16 hexadecimal digits") from None
    with _told():
        return card_keys.drop(folder, name, passphrase())


def sign(
    path: Path, folder: Path, file: Path, *, policy: str | None = None, after: int = 0, count: int | None = None
) -> tuple[int, int]:
    """Write the codes of live cards under the key that signs; return how many, and the serial of the last one."""
    with _told(), open_log(path) as log:
        rules = read_policies(policy_in(policy))["per"]
        people, signer = PeopleIndex(rules), signing_key(folder, CARDS, passphrase())
        asyncio.run(Readers(log, Partitions(), [people]).catch_up())
        signed, last = 0, after
        file.touch(mode=0o600)
        with file.open("w", newline="") as stream:
            out = csv.writer(stream)
            out.writerow(("person", "serial", "code"))
            for one in islice(sign_anew(people.cards, signer, after), count):
                out.writerow(one)
                signed, last = signed + 1, one.serial
    return signed, last


def renew(folder: Path) -> None:
    """Make a new key that wraps those of persons."""
    with _told():
        wrapping_key.renew(folder, passphrase())


def rewrap(folder: Path) -> int:
    """Wrap the keys of all persons with the new one; return of how many."""
    with _told(), closing(KeyStore.open(folder / PERSONS)) as store:
        return wrapping_key.rewrap(folder, store, passphrase())
