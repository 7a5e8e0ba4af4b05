"""One-time codes: those of RFC 6238, around now."""

from __future__ import annotations

from base64 import b32encode

import pytest

from desks.accounts.one_time import STEP, address_of, make_secret, step_of

RFC = b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_the_codes_of_the_rfc(seconds: int, code: str) -> None:
    """Appendix B of RFC 6238 has eight digits; six of them are the last six."""
    assert step_of(RFC, code, seconds * 1000) == seconds // 30


def test_a_code_counts_one_step_around() -> None:
    step, now = 1111111109 // 30, 1111111109_000
    found = [step_of(RFC, "081804", now + n * STEP) for n in (-2, -1, 0, 1, 2)]
    assert found == [None, step, step, step, None]


@pytest.mark.parametrize("code", ["", "28708", "2870820", "２８７０８２", "287 082", "\ud800"])
def test_what_is_no_code(code: str) -> None:
    assert step_of(RFC, code, 59_000) is None


def test_a_secret_is_never_the_same_and_its_address_names_no_person() -> None:
    assert len({make_secret() for _ in range(50)}) == 50
    assert address_of(RFC, "P-1", "T20") == f"otpauth://totp/Podium%20T20:P-1?secret={RFC}&issuer=Podium%20T20"
