"""Passkeys: real signatures of a software authenticator, and what is bent about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from desks.accounts.credentials import Passkey
from desks.accounts.passkeys import Challenges, Site, id_in, registered, registration_options, sign_in_options, signed
from tests.desks.accounts.authenticator import Authenticator, flipped

SITE = Site("people", ("https://people",))
SPAN = 300


def made(key: Authenticator) -> tuple[Passkey | None, bytes]:
    options, challenge = registration_options(SITE, "P1", [])
    return registered(SITE, key.make(options), challenge, "P1", "c1"), challenge


def known(key: Authenticator) -> Passkey:
    passkey, _ = made(key)
    assert passkey is not None
    return passkey


def test_a_passkey_is_made_and_signs() -> None:
    key = Authenticator()
    passkey = known(key)
    assert (passkey.id, passkey.account, passkey.credential, passkey.signatures) == (key.id, "P1", "c1", 0)
    options, challenge = sign_in_options(SITE)
    answer = key.sign(options)
    assert id_in(answer) == key.id
    assert signed(SITE, answer, challenge, passkey) == (key.id, 1)


def test_options_say_nothing_of_anybody() -> None:
    first, second = (sign_in_options(SITE)[0] for _ in range(2))
    assert first.pop("challenge") != second.pop("challenge")
    assert first == second
    assert (first["userVerification"], first.get("allowCredentials", [])) == ("required", [])


def test_what_is_not_made_for_us_is_none() -> None:
    assert made(Authenticator("https://elsewhere"))[0] is None
    assert made(Authenticator(verified=False))[0] is None
    options, _ = registration_options(SITE, "P1", [])
    assert registered(SITE, Authenticator().make(options), b"another challenge", "P1", "c1") is None
    assert registered(SITE, {"response": {}}, b"c", "P1", "c1") is None


BENT: dict[str, Callable[[Authenticator, dict[str, Any]], Any]] = {
    "another origin": lambda key, options: Authenticator.sign(_at(key, "https://elsewhere"), options),
    "another site": lambda key, options: key.sign(options, rp="elsewhere"),
    "another challenge": lambda key, options: key.sign(options | {"challenge": "AAAA"}),
    "not unlocked": lambda key, options: _unverified(key).sign(options),
    "another key": lambda key, options: Authenticator().sign(options) | {"rawId": key.make(_making())["rawId"]},
    "changed": lambda key, options: _changed(key.sign(options)),
    "nothing": lambda key, options: {},
}


def _at(key: Authenticator, origin: str) -> Authenticator:
    key.origin = origin
    return key


def _unverified(key: Authenticator) -> Authenticator:
    key.verified = False
    return key


def _making() -> dict[str, Any]:
    return registration_options(SITE, "P1", [])[0]


def _changed(answer: dict[str, Any]) -> dict[str, Any]:
    response = answer["response"]
    return answer | {"response": response | {"signature": flipped(response["signature"])}}


@pytest.mark.parametrize("bend", BENT.values(), ids=BENT)
def test_what_does_not_hold(bend: Callable[[Authenticator, dict[str, Any]], Any]) -> None:
    key = Authenticator()
    passkey = known(key)
    options, challenge = sign_in_options(SITE)
    assert signed(SITE, bend(key, options), challenge, passkey) is None


def test_a_passkey_whose_count_goes_back_is_a_copy() -> None:
    key = Authenticator()
    passkey = known(key)._replace(signatures=5)
    key.count = 4
    options, challenge = sign_in_options(SITE)
    assert signed(SITE, key.sign(options), challenge, passkey) is None  # 5 is not above 5
    assert signed(SITE, key.sign(options), challenge, passkey) == (key.id, 6)


def test_a_challenge_counts_once_in_time_and_for_what_it_was_given() -> None:
    key, challenges = Authenticator(), Challenges(SPAN)
    options, challenge = sign_in_options(SITE)
    answer = key.sign(options)
    challenges.add(challenge, "STEP_UP", "P1", 0)
    assert challenges.use(answer, "STEP_UP", "P1", SPAN * 1000 - 1) == challenge
    assert challenges.use(answer, "STEP_UP", "P1", 1) is None
    for purpose, account, now in (("SIGN_IN", "P1", 1), ("STEP_UP", "P2", 1), ("STEP_UP", "P1", SPAN * 1000)):
        challenges.add(challenge, "STEP_UP", "P1", 0)
        assert challenges.use(answer, purpose, account, now) is None  # type: ignore[arg-type]
    challenges.add(challenge, "SIGN_IN", "", 0)
    strange: list[Any] = [{}, None, [], {"response": {"clientDataJSON": "é"}}, {"response": {"clientDataJSON": "e30"}}]
    for nonsense in strange:
        assert challenges.use(nonsense, "SIGN_IN", "", 1) is None
