"""Passkeys (WebAuthn): challenges that count once, and signatures over them by a key that its holder unlocked.

A passkey is asked for without saying of whom, so nothing is told about who has one. User verification is required: what
the holder has and what he knows or is, two factors in one.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from desks.accounts.credentials import Passkey

__all__ = [
    "Challenges",
    "Signed",
    "Site",
    "id_in",
    "registered",
    "registration_options",
    "sign_in_options",
    "signed",
    "site_of",
]

REQUIRED = UserVerificationRequirement.REQUIRED
MOST = 10_000  # challenges that wait for an answer; the oldest go first

Purpose = Literal["SIGN_IN", "STEP_UP", "ENROL"]


class Site(NamedTuple):
    """Where passkeys are for: a browser gives none to any other."""

    id: str  # the domain: "people.t20.example"
    origins: tuple[str, ...]  # of its pages: "https://people.t20.example"
    name: str = "Podium"


def site_of(origin: str) -> Site:
    """Return the site of one origin, such as ``https://people.t20.example``; raises ``ValueError`` where it is none."""
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.hostname or origin != f"{parts.scheme}://{parts.netloc}":
        raise ValueError(f"{origin!r} is no origin, such as https://people.example")
    if parts.scheme == "http" and parts.hostname != "localhost":
        raise ValueError(f"{origin!r}: passkeys want https, but for localhost")
    return Site(parts.hostname, (origin,))


class Signed(NamedTuple):
    """A signature that counts."""

    id: bytes
    signatures: int


class _Challenge(NamedTuple):
    purpose: Purpose
    account: str  # "": of nobody in particular
    until: int


class Challenges:
    """Challenges that were given and not answered yet."""

    def __init__(self, seconds: int) -> None:
        """Prepare; an answer comes within so many seconds."""
        self._span = seconds * 1000
        self._waiting: dict[bytes, _Challenge] = {}

    def add(self, challenge: bytes, purpose: Purpose, account: str, now: int) -> None:
        """Remember a challenge."""
        while len(self._waiting) >= MOST:
            del self._waiting[next(iter(self._waiting))]
        self._waiting[challenge] = _Challenge(purpose, account, now + self._span)

    def use(self, answer: Any, purpose: Purpose, account: str, now: int) -> bytes | None:
        """Return the challenge that an answer is to, which counts no more; None where it is to none of these."""
        challenge = _challenge_in(answer)
        found = self._waiting.pop(challenge, None) if challenge else None
        if found is None or now >= found.until or (found.purpose, found.account) != (purpose, account):
            return None
        return challenge


def _challenge_in(answer: Any) -> bytes | None:
    try:
        data = answer["response"]["clientDataJSON"]
        challenge = msgspec.json.decode(_bytes(data))["challenge"]
        return _bytes(challenge)
    except (KeyError, TypeError, ValueError, msgspec.DecodeError):
        return None


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


# -- making one -------------------------------------------------------------------------------------------------------


def registration_options(site: Site, account: str, known: list[Passkey]) -> tuple[dict[str, Any], bytes]:
    """Return what a browser makes a passkey by, and the challenge in it."""
    options = generate_registration_options(
        rp_id=site.id,
        rp_name=site.name,
        user_name=account,
        user_id=account.encode(),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.id) for one in known],
    )
    return msgspec.json.decode(options_to_json(options)), options.challenge


def registered(site: Site, answer: Any, challenge: bytes, account: str, credential: str) -> Passkey | None:
    """Return the passkey that was made; None where the answer does not hold."""
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=list(site.origins),
            require_user_verification=True,
        )
    except (WebAuthnException, KeyError, TypeError, ValueError):
        return None
    return Passkey(made.credential_id, account, credential, made.credential_public_key, made.sign_count)


# -- signing in -------------------------------------------------------------------------------------------------------


def sign_in_options(site: Site) -> tuple[dict[str, Any], bytes]:
    """Return what a browser asks for a passkey by, and the challenge in it; the same for everybody but for that."""
    options = generate_authentication_options(rp_id=site.id, user_verification=REQUIRED)
    return msgspec.json.decode(options_to_json(options)), options.challenge


def signed(site: Site, answer: Any, challenge: bytes, passkey: Passkey) -> Signed | None:
    """Return the signature of a passkey over a challenge; None where it does not hold, or the passkey was copied."""
    try:
        done = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=list(site.origins),
            credential_public_key=passkey.public,
            credential_current_sign_count=passkey.signatures,
            require_user_verification=True,
        )
    except (WebAuthnException, KeyError, TypeError, ValueError):
        return None
    return Signed(done.credential_id, done.new_sign_count)


def id_in(answer: Any) -> bytes:
    """Return which passkey an answer says that it is of; empty where it says none."""
    try:
        return _bytes(answer["rawId"])
    except (KeyError, TypeError, ValueError):
        return b""
