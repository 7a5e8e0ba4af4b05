"""The vault: facts about a person, sealed for a log that cannot forget, and opened as long as the person's key exists.

Each field is encrypted with AES-256-GCM under a key of its own (DEK). The keys of a person lie together, wrapped by a
key that is held elsewhere (``desks/key_wrap.py``), in a store that is not the log (``desks/key_store.py``). To erase is
to destroy keys: what is on the log, in its copies and in all backups of it becomes noise at once, and every hash over
it stays what it was.

**Where a blob belongs.** It is bound to its person, to the stream (the consistency key) and to the *cause*: the id of
the command that carries it, which every event of that command names too. A version would bind no closer, and is not
known when a client seals. So a blob that somebody moves to another person, stream or command does not open.

**The same facts at the same place give the same bytes**: the nonce is a keyed hash over field, place and content, never
chance. So a command that is sent again is the same command; and a nonce meets another content only where SHA-256 does.
"""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Container, Iterable, Sequence
from hashlib import sha256
from threading import Lock
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from desks.errors import BadSeal, BadSecret, KeyGone
from desks.facts import FIELDS, Facts, fields_of, from_fields
from desks.key_store import HeldKeys, KeyStore, pages
from desks.key_wrap import Wrapper

__all__ = ["Erased", "Place", "Vault"]

FORMAT = 1
NONCE = 12
WARM = 10_000  # persons whose keys stay unwrapped in memory, the last used ones


class Place(NamedTuple):
    """Where sealed facts belong."""

    stream: str  # consistency key: "per:P1"
    cause: str  # id of the command that carries them; elsewhere what names the copy: "photo"

    def __str__(self) -> str:
        return f"{self.stream}, {self.cause}"


class Erased(msgspec.Struct, frozen=True):
    """Nothing can be opened: the keys were destroyed, or never came back from a backup."""

    person: str
    at: int | None  # ms since 1970 UTC, when the person was erased; None: no erasure is known, the keys are lost


class _Keys(msgspec.Struct, array_like=True, gc=False):
    """The keys of a person: what is wrapped."""

    id: bytes  # by chance; a blob names it, so that it is not tried with the keys of another life
    fields: dict[str, bytes]
    past: tuple[str, ...] = ()  # fields whose key was destroyed


class _Blob(msgspec.Struct, array_like=True, gc=False):
    format: int
    id: bytes
    fields: dict[str, bytes]  # nonce and ciphertext


_pack = msgspec.msgpack.Encoder(order="sorted").encode
_keys = msgspec.msgpack.Decoder(_Keys).decode
_blob = msgspec.msgpack.Decoder(_Blob).decode


class Vault:
    """Seals and opens. May be used from any thread; a new person costs one commit of the store."""

    def __init__(self, store: KeyStore, wrapper: Wrapper, others: Iterable[Wrapper] = ()) -> None:
        """Take the store, the key that wraps from now on, and those that have wrapped before."""
        self._store = store
        self._wrapper = wrapper
        self._wrappers = {one.name: one for one in (*others, wrapper)}
        # By person and what they are wrapped as: none outlives its row.
        self._warm: OrderedDict[tuple[str, bytes], _Keys] = OrderedDict()
        self._turn = Lock()
        self._past: frozenset[str] = frozenset()  # fields whose time is over, for everybody who comes new

    # -- sealing

    def seal(self, person: str, place: Place, facts: Facts) -> bytes:
        """Return facts sealed for a place. Raises ``KeyGone`` for who was erased and for fields whose time is over."""
        plain = fields_of(facts)
        keys = self._keys_for(person, plain)
        bound = {field: _bound(person, place, field) for field in plain}
        sealed = {field: _encrypt(keys.fields[field], data, bound[field]) for field, data in plain.items()}
        return _pack(_Blob(FORMAT, keys.id, sealed))

    def admit(self, people: Sequence[str]) -> None:
        """Make keys for persons who have none, in one commit: before many are sealed for."""
        missing = [person for person in people if self._store.find(person) is None]
        self._store.add(self._wrapper.name, {person: self._wrap(person, self._fresh()) for person in missing})

    def _keys_for(self, person: str, fields: Iterable[str]) -> _Keys:
        while True:
            held = self._store.find(person)
            if held is None:
                self.admit([person])
                continue
            if held.wrapped is None:
                raise KeyGone(person)
            keys = self._unwrap(person, held)
            if past := tuple(field for field in fields if field in keys.past):
                raise KeyGone(person, past)
            missing = [field for field in fields if field not in keys.fields]
            if not missing:
                return keys
            more = _Keys(keys.id, keys.fields | {field: secrets.token_bytes(32) for field in missing}, keys.past)
            self._store.replace(person, held.wrapped, self._wrapper.name, self._wrap(person, more))

    # -- opening

    def open(self, person: str, place: Place, sealed: bytes) -> Facts | Erased:
        """Return what was sealed, without fields whose time is over; or that nothing can be opened any more.

        Raises ``BadSeal`` where the bytes were changed, or are of another person or place.
        """
        try:
            blob = _blob(sealed)
        except msgspec.DecodeError as error:
            raise BadSeal(person, str(place), f"it is no sealed blob: {error}") from None
        if blob.format != FORMAT:
            raise BadSeal(person, str(place), f"it has the format {blob.format}, which is not known here")
        held = self._store.find(person)
        if held is None or held.wrapped is None:
            return Erased(person, held.erased if held else None)
        keys = self._unwrap(person, held)
        if keys.id != blob.id:
            return Erased(person, None)
        plain = {}
        for field, data in blob.fields.items():
            if field in keys.fields:
                plain[field] = _decrypt(keys.fields[field], data, person, place, field)
        withheld = tuple(field for field in blob.fields if field not in keys.fields)
        return from_fields(plain, withheld)

    def erased(self, person: str) -> Erased | None:
        """Return that a person was erased, None where that is not known."""
        held = self._store.find(person)
        return Erased(person, held.erased) if held and held.wrapped is None else None

    # -- destroying

    def destroy(self, people: Iterable[str], at: int, cause: str) -> int:
        """Destroy all keys of persons for good; return how many had some. The same again changes and returns the same.

        Raises ``StoreBusy`` where another process kept the store from being cleaned; the keys are gone, ask again.
        """
        people = tuple(people)
        for person in people:
            self._forget(person, self._store.find(person))
        return self._store.destroy(people, at, cause)

    def destroy_fields(self, person: str, fields: Iterable[str]) -> tuple[str, ...]:
        """Destroy the keys of some fields of a person for good; return those that had one.

        Raises as ``destroy`` does.
        """
        gone = self._destroy_fields(person, frozenset(fields))
        if gone:
            self._store.forget_deleted()
        return gone

    def destroy_everywhere(self, fields: Iterable[str], but: Container[str] = ()) -> int:
        """Destroy the keys of some fields for everybody, also for who comes new, ``but`` some; return of how many.

        The same again finds who is left. Raises as ``destroy`` does.
        """
        over = frozenset(fields)
        self._past |= over
        count = 0
        for page in pages(self._store):
            with self._store.together():
                count += sum(bool(self._destroy_fields(person, over)) for person, _, _ in page if person not in but)
        if count:
            self._store.forget_deleted()
        return count

    def _destroy_fields(self, person: str, fields: frozenset[str]) -> tuple[str, ...]:
        while True:
            held = self._store.find(person)
            if held is None or held.wrapped is None:
                return ()
            keys = self._unwrap(person, held)
            if fields <= set(keys.past):
                return ()
            gone = tuple(sorted(fields & set(keys.fields)))
            rest = {field: key for field, key in keys.fields.items() if field not in fields}
            wrapped = self._wrap(person, _Keys(keys.id, rest, tuple(sorted({*keys.past, *fields}))))
            self._forget(person, held)
            if self._store.replace(person, held.wrapped, self._wrapper.name, wrapped):
                return gone

    # -- the key that wraps

    def rewrap(self) -> int:
        """Wrap everything with the key that wraps from now on; return how many persons' keys were not.

        May be stopped and begun again at any time. When it returns, the other keys have nothing left to unwrap here.
        """
        count = 0
        while page := self._store.wrapped_by_others(self._wrapper.name):
            unwrapped = [(one[0], one[2], self._unwrap(one[0], HeldKeys(one[1], one[2], None))) for one in page]
            with self._store.together():
                for person, wrapped, keys in unwrapped:
                    count += self._store.replace(person, wrapped, self._wrapper.name, self._wrap(person, keys))
        self._store.forget_deleted()
        return count

    def check(self) -> int:
        """Unwrap everything, and return how many persons have keys. Raises ``BadSecret`` at the first that fails."""
        count = 0
        for page in pages(self._store):
            for person, kek, wrapped in page:
                self._unwrap(person, HeldKeys(kek, wrapped, None))
                count += 1
        return count

    def _fresh(self) -> _Keys:
        fields = {field: secrets.token_bytes(32) for field in FIELDS if field not in self._past}
        return _Keys(secrets.token_bytes(8), fields, tuple(sorted(self._past)))

    def _forget(self, person: str, held: HeldKeys | None) -> None:
        with self._turn:
            if held and held.wrapped:
                self._warm.pop((person, held.wrapped), None)

    def _wrap(self, person: str, keys: _Keys) -> bytes:
        return self._wrapper.wrap(_pack(keys), person.encode())

    def _unwrap(self, person: str, held: HeldKeys) -> _Keys:
        assert held.wrapped is not None
        with self._turn:
            if keys := self._warm.get((person, held.wrapped)):
                self._warm.move_to_end((person, held.wrapped))
                return keys
        wrapper = self._wrappers.get(held.kek)
        if wrapper is None:
            raise BadSecret(held.kek, "no such key is at hand, and it has wrapped what is to be opened")
        keys = _keys(wrapper.unwrap(held.wrapped, person.encode()))
        with self._turn:
            self._warm[person, held.wrapped] = keys
            while len(self._warm) > WARM:
                self._warm.popitem(last=False)
        return keys


def _bound(person: str, place: Place, field: str) -> bytes:
    return _pack((FORMAT, person, place.stream, place.cause, field))


def _encrypt(key: bytes, data: bytes, bound: bytes) -> bytes:
    # What names the nonce is another key than the one that encrypts, and its input has one reading.
    named = hmac.digest(hmac.digest(key, b"nonce", sha256), _pack((bound, data)), sha256)[:NONCE]
    return named + AESGCM(key).encrypt(named, data, bound)


def _decrypt(key: bytes, data: bytes, person: str, place: Place, field: str) -> bytes:
    try:
        return AESGCM(key).decrypt(data[:NONCE], data[NONCE:], _bound(person, place, field))
    except (InvalidTag, ValueError):
        reason = f"its field {field} was changed, or is another person's or another place's"
        raise BadSeal(person, str(place), reason) from None
