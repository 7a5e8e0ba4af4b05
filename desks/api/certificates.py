"""What the data protection officer and auditors fetch: certificates of erasure, and the key that checks them.

Erasing itself, and legal holds, are commands like any other (``management/person_record.py``).
"""

from __future__ import annotations

import asyncio
from base64 import b64encode

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from desks.audit.note import VerifierKey
from desks.errors import Turned
from desks.keys import kid_of
from desks.privacy.certificate import Certificate, open_certificate, read_certificates
from engine.log import Log
from management.command import Actor, Role

__all__ = ["router"]

MAY: tuple[Role, ...] = ("DPO", "AUDITOR")


class CertificateAnswer(msgspec.Struct, frozen=True):
    """A certificate, and the same as it was signed."""

    certificate: Certificate
    signed: str  # a COSE_Sign1, base64


class KeyAnswer(msgspec.Struct, frozen=True):
    """The public key of the auditor."""

    key: str  # as ``podium audit`` takes it


def router(log: Log, key: VerifierKey) -> Router:
    """Return the routes under ``/v1``; ``key`` has signed the certificates of a log."""
    keys = {kid_of(key.public): key.public}

    def find(person: str) -> list[CertificateAnswer]:
        return [
            CertificateAnswer(open_certificate(stored.value, keys), b64encode(stored.value).decode())
            for stored in read_certificates(log)
            if stored.key == f"per:{person}"
        ]

    @get(
        "/erasures/{person:str}",
        summary="Fetch the certificates of a person's erasure",
        description="For the data protection officer and auditors. Whoever was never erased has none.",
    )
    async def certificates(person: FromPath[str], actor: NamedDependency[Actor]) -> list[CertificateAnswer]:
        if not any(actor.may(role) for role in MAY):
            raise Turned(403, "not_authorised", "only the data protection officer and auditors see these", at="person")
        return await asyncio.to_thread(find, person)

    @get("/audit/key", summary="Fetch the key that checks checkpoints and certificates")
    async def audit_key() -> KeyAnswer:
        return KeyAnswer(str(key))

    return Router("/v1", route_handlers=[certificates, audit_key], tags=["Privacy and audit"])
