"""The certificate of an erasure: what was destroyed, where, and what was not; signed, and on the log.

| topic | key | value |
|---|---|---|
| ``management.certificates`` | ``per:{person}`` | a certificate, JSON in a COSE_Sign1 |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from desks.cose import Signer, open_sign1, sign1
from engine.log import Log, Record, Stored
from engine.versions import HEADER, Upcast, current

__all__ = ["CERTIFICATES", "Certificate", "open_certificate", "read_certificates", "record_of", "sign"]

CERTIFICATES = "management.certificates"
TYPE = "erasure"  # of the signed message


def _first(stored: Stored) -> Stored:
    return stored


# --- How a record of version 0, 1, ... becomes one of the next, as in engine/versions.py. Append only.

UPCASTS: Mapping[str, tuple[Upcast, ...]] = {CERTIFICATES: (_first,)}


class Certificate(msgspec.Struct, frozen=True):
    """That a person was erased."""

    id: str  # of the event that ordered it
    games: str
    person: str  # an identifier, which by itself says nothing
    records: tuple[str, ...]  # records of the same person that had gone on in this one; their keys are gone too
    ordered_by: str  # who commanded it
    ordered: int  # ms since 1970 UTC
    done: int  # ms since 1970 UTC: from then on nothing of the person can be read
    keys: int  # records whose keys were destroyed
    sealed: int  # sealed blobs on the log that are unreadable since
    stores: Mapping[str, int]  # store -> what it held, all of which is purged
    outside: tuple[str, ...]  # published as sports results, and not erased: message.field


def sign(certificate: Certificate, signer: Signer) -> bytes:
    """Return a certificate, signed."""
    return sign1(msgspec.json.encode(certificate, order="deterministic"), TYPE, signer)


def open_certificate(data: bytes, keys: Mapping[bytes, Ed25519PublicKey]) -> Certificate:
    """Return a certificate that one of the keys has signed; raises ``NotSigned``."""
    return msgspec.json.decode(open_sign1(data, TYPE, keys), type=Certificate)


def record_of(certificate: Certificate, signed: bytes, time: int) -> Record:
    """Return the record that holds a certificate."""
    headers = {HEADER: b"%d" % len(UPCASTS[CERTIFICATES]), "id": certificate.id.encode()}
    return Record(CERTIFICATES, f"per:{certificate.person}", signed, time, headers)


def read_certificates(log: Log) -> Iterator[Stored]:
    """Yield the records of all certificates; the header ``id`` names the event."""
    for place in range(log.partitions(CERTIFICATES)):
        position = 0
        while batch := log.read(CERTIFICATES, position, partition=place):
            for stored in batch:
                yield current(stored, UPCASTS)
            position = batch[-1].position
