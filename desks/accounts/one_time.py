"""One-time codes by RFC 6238: six digits, another one each half minute, and none of them twice."""

from __future__ import annotations

from hmac import compare_digest

import pyotp

__all__ = ["address_of", "make_secret", "step_of"]

STEP = 30_000  # ms
AROUND = 1  # steps before and after now that count: clocks of telephones are off, and typing takes a while


def make_secret() -> str:
    """Return a new key of codes, base32."""
    return pyotp.random_base32()


def address_of(secret: str, account: str, games: str) -> str:
    """Return what an application for codes reads off a screen; the account by its identifier, never a name."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=f"Podium {games}")


def step_of(secret: str, code: str, now: int) -> int | None:
    """Return the step whose code it is, at about an instant (ms); None where it is none.

    All steps are tried, whichever fits: the time that it takes says nothing.
    """
    totp = pyotp.TOTP(secret)
    shown = code.strip().encode(errors="replace")
    steps = range(now // STEP - AROUND, now // STEP + AROUND + 1)
    fits = [step for step in steps if compare_digest(totp.generate_otp(step).encode(), shown)]
    return max(fits, default=None)
