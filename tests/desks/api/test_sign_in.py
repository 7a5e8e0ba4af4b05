"""Signing in through the API: the ways in, the one answer to all that is wrong, and how a session goes on and ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from desks.api.caller import COOKIE, SESSION
from management.account import LockAccount, RemoveCredential, SignOutEverywhere
from management.account_grants import ApproveGrant, BreakGlass, GiveGrant, WithdrawGrant
from management.command import Role
from management.soc_signs import RequestTurned, SessionStolen, SignedOut, SignInTried
from tests.desks.accounts.authenticator import Authenticator
from tests.desks.accounts.door import CHEAP, PASSWORD, STEP, Door, Holder, door
from tests.desks.api_hands import ACTORS
from tests.management.account_hands import AUTHORITY, SUPERVISOR, actor

MINUTE = 60_000
LIMITS = CHEAP.sessions
OPERATOR: tuple[Role, str] = ("OC_ACR_OPERATOR", "*")
SOC = actor("P-OTTO", "SOC")
NOT_SIGNED_IN = (401, "not_signed_in")


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def me(at: Door, token: str, **headers: str) -> Any:
    answer = await at.get("/session", token, **headers)
    return answer.json() if answer.status_code == 200 else code_of(answer)


# -- ways in


async def test_by_a_password_and_a_code(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        holder = await at.enrolled("P1", OPERATOR)
        token = await at.token(holder)
        known = await me(at, token)
        assert (known["account"], known["kind"], known["grants"]) == ("P1", "SIGNED_IN", [["OC_ACR_OPERATOR", "*"]])
        assert at.signs[-1] == SignInTried("P1", "PASSWORD", True, at.desk.address("127.0.0.1"), known["session"])


async def test_by_a_passkey(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        key = await at.with_passkey("P1", OPERATOR)
        options = (await at.post("/sign-in/passkey/options")).json()
        answer = await at.post("/sign-in/passkey", {"credential": key.sign(options)})
        assert (await me(at, answer.json()["token"]))["account"] == "P1"


async def test_by_a_recovery_code_once(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        holder = await at.enrolled("P1")
        first = await at.sign_in(holder, code=holder.recovery[0])
        again = await at.sign_in(holder, code=holder.recovery[0])
        assert (first.status_code, code_of(again)) == (200, NOT_SIGNED_IN)
        assert len(holder.recovery) == CHEAP.sign_in.recovery_codes


# -- one answer to all that is wrong


async def test_whatever_is_wrong_the_answer_is_the_same(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        holder = await at.enrolled("P1")
        locked = await at.enrolled("P2")
        await at.did("acct:P2", LockAccount("STOLEN"), SOC)
        nobody = Holder("", "nobody@example.org", holder.secret, [])
        answers = [
            await at.sign_in(holder, password="wrong"),
            await at.sign_in(holder, code="000000"),
            await at.sign_in(holder, code="x" * 20),
            await at.sign_in(nobody),
            await at.sign_in(locked),
        ]
        assert {(one.status_code, one.text) for one in answers} == {(401, answers[0].text)}
        headers = [dict(one.headers) for one in answers]
        assert headers[1:] == headers[:-1]
        tried = [sign.account for sign in at.signs if isinstance(sign, SignInTried) and not sign.ok]
        assert tried == ["P1", "P1", "P1", "", "P2"]  # which the operations centre alone hears


async def test_the_work_is_the_same_for_an_account_that_there_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with door(tmp_path) as at:
        holder = await at.enrolled("P1")
        work: list[str] = []
        passwords, credentials = at.desk.passwords, at.desk.credentials
        for owner, name in ((passwords, "_verify"), (credentials, "password"), (credentials, "codes")):
            _count(monkeypatch, owner, name, work)
        await at.sign_in(holder, password="wrong")
        known, work[:] = list(work), []
        await at.sign_in(Holder("", "nobody@example.org", holder.secret, []), password="wrong")
        assert (known, len(work)) == (work, 3)


def _count(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, work: list[str]) -> None:
    real = getattr(owner, name)
    monkeypatch.setattr(owner, name, lambda *values: (work.append(name), real(*values))[1])  # type: ignore[func-returns-value]


async def test_a_code_signs_in_once(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        holder = await at.enrolled("P1")
        code = holder.code(at.now)
        assert (await at.sign_in(holder, code=code)).status_code == 200
        assert code_of(await at.sign_in(holder, code=code)) == NOT_SIGNED_IN
        assert (
            code_of(await at.sign_in(holder, code=holder.code(at.now - STEP))) == NOT_SIGNED_IN
        )  # older than one used


async def test_a_wrong_password_does_not_use_up_the_code(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        holder = await at.enrolled("P1")
        await at.sign_in(holder, password="wrong")
        assert (await at.sign_in(holder)).status_code == 200


async def test_the_answer_to_a_challenge_counts_once(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        key = await at.with_passkey("P1")
        options = (await at.post("/sign-in/passkey/options")).json()
        answer = {"credential": key.sign(options)}
        assert (await at.post("/sign-in/passkey", answer)).status_code == 200
        assert code_of(await at.post("/sign-in/passkey", answer)) == NOT_SIGNED_IN
        options = (await at.post("/sign-in/passkey/options")).json()
        stranger = Authenticator()
        assert code_of(await at.post("/sign-in/passkey", {"credential": stranger.sign(options)})) == NOT_SIGNED_IN
        options = (await at.post("/sign-in/passkey/options")).json()
        at.later(CHEAP.sign_in.challenge_s * 1000)
        assert code_of(await at.post("/sign-in/passkey", {"credential": key.sign(options)})) == NOT_SIGNED_IN


async def test_a_copy_of_a_passkey_is_found_by_its_count(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        key = await at.with_passkey("P1")
        for expected in (200, 401):
            options = (await at.post("/sign-in/passkey/options")).json()
            key.count = 7
            answer = await at.post("/sign-in/passkey", {"credential": key.sign(options)})
            assert answer.status_code == expected


async def test_what_the_log_has_ended_counts_no_more(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        holder, key = await at.enrolled("P1"), await at.with_passkey("P2")
        kept = at.desk.credentials.password("P1")
        assert kept is not None
        await at.did("acct:P1", RemoveCredential(kept.credential), SOC)
        at.desk.credentials.set_password("P1", holder.login, kept)  # as a backup would bring it back
        assert code_of(await at.sign_in(holder)) == NOT_SIGNED_IN
        (passkey,) = at.desk.credentials.passkeys("P2")
        await at.did("acct:P2", RemoveCredential(passkey.credential), SOC)
        at.desk.credentials.add_passkey(passkey)
        options = (await at.post("/sign-in/passkey/options")).json()
        assert code_of(await at.post("/sign-in/passkey", {"credential": key.sign(options)})) == NOT_SIGNED_IN


async def test_guessing_is_slow(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        holder = await at.enrolled("P1")
        codes = [code_of(await at.sign_in(holder, password="wrong"))[1] for _ in range(5)]
        held = await at.sign_in(holder)
        unknown = [await at.sign_in(Holder("", "nobody@example.org", holder.secret, [])) for _ in range(6)]
        assert codes == ["not_signed_in"] * 5
        assert (code_of(held), held.json()["error"]["retry"]) == ((429, "too_many"), True)
        assert int(held.headers["Retry-After"]) > 0
        assert code_of(unknown[5]) == (429, "too_many")  # an account that there is not has the same rate
        assert [type(sign) for sign in at.signs if isinstance(sign, RequestTurned) and sign.status == 429]


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"login": 1}', b'{"login":"a","password":"b","code":"c","x":1}'])
async def test_what_is_no_request(tmp_path: Path, body: bytes) -> None:
    async with door(tmp_path) as at:
        answer = await at.client.post("/v1/sign-in", content=body)
        assert answer.status_code == 400
        assert sorted(answer.json()["error"]) == ["at", "code", "message", "retry"]


# -- the session


async def test_forged_tokens_are_nobodys(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        token = await at.token(await at.enrolled("P1"))
        name = (await me(at, token))["session"]
        forged = [token[:-1], token + "A", token.swapcase(), name, "null", "A" * 4000]
        assert [await me(at, one) for one in forged] == [NOT_SIGNED_IN] * len(forged)
        strange = await at.client.get("/v1/session", headers={b"Authorization": b"Bearer \xff\xc3\xa9"})
        assert code_of(strange) == NOT_SIGNED_IN
        assert await me(at, "", Cookie=f"{COOKIE}={token[:-1]}") == NOT_SIGNED_IN


async def test_a_session_is_over_when_nothing_was_asked_for_long(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        token = await at.token(await at.enrolled("P1"))
        at.later(LIMITS.idle_min * MINUTE)
        assert await me(at, token) == NOT_SIGNED_IN
        at.later(-LIMITS.idle_min * MINUTE)
        assert await me(at, token) == NOT_SIGNED_IN  # and stays so
        assert [sign.cause for sign in at.signs if isinstance(sign, SignedOut)] == ["IDLE"]


async def test_a_session_is_over_after_its_longest_however_busy(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        token = await at.token(await at.enrolled("P1"))
        turns = 0
        for _ in range(LIMITS.longest_h * 6 - 1):
            at.later(10 * MINUTE)
            answer = await at.get("/session", token)
            assert answer.status_code == 200
            turns += SESSION in answer.headers
            token = answer.headers.get(SESSION, token)
        at.later(10 * MINUTE)
        assert (await me(at, token), turns > LIMITS.longest_h) == (NOT_SIGNED_IN, True)
        assert [sign.cause for sign in at.signs if isinstance(sign, SignedOut)] == ["TOO_LONG"]


async def test_a_token_that_was_left_behind_ends_the_session_for_both(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        stolen = await at.token(await at.enrolled("P1"))
        at.later(LIMITS.rotate_min * MINUTE)
        turned = await at.get("/session", stolen)
        fresh = turned.headers[SESSION]
        name = turned.json()["session"]
        at.later(LIMITS.grace_s * 1000 - 1)
        assert (await me(at, stolen))["account"] == "P1"  # was under way
        at.later(1)
        assert await me(at, stolen) == NOT_SIGNED_IN
        assert await me(at, fresh) == NOT_SIGNED_IN
        address = at.desk.address("127.0.0.1")
        assert [sign for sign in at.signs if isinstance(sign, SessionStolen)] == [SessionStolen("P1", name, address)]


async def test_signing_out_ends_it(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        holder = await at.enrolled("P1")
        token, other = await at.token(holder), await at.token(holder)
        gone = await at.client.delete("/v1/session", headers={"Authorization": f"Bearer {token}"})
        assert (gone.status_code, await me(at, token), (await me(at, other))["account"]) == (204, NOT_SIGNED_IN, "P1")


@pytest.mark.parametrize("how", ["by himself", "locked"])
async def test_everywhere_at_once(tmp_path: Path, how: str) -> None:
    async with door(tmp_path) as at:
        holder = await at.enrolled("P1")
        tokens = [await at.token(holder), await at.token(holder)]
        if how == "locked":
            await at.did("acct:P1", LockAccount("STOLEN"), SOC)
        else:
            assert (await at.command("acct:P1", SignOutEverywhere(), tokens[0])).status_code == 200
        assert [await me(at, token) for token in tokens] == [NOT_SIGNED_IN] * 2
        assert await at.office.seen((await at.office.read("acct:P1")).position)  # type: ignore[union-attr]
        assert [at.desk.sessions.find(token) for token in tokens] == [None, None]


async def test_a_role_that_is_taken_away_counts_no_more_with_the_next_request(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        token = await at.token(await at.enrolled("P1"))
        grant = await at.did("acct:P1", GiveGrant(*OPERATOR), SUPERVISOR)
        assert (await me(at, token))["grants"] == [["OC_ACR_OPERATOR", "*"]]
        await at.did("acct:P1", WithdrawGrant(grant), SUPERVISOR)
        assert (await me(at, token))["grants"] == []


async def test_a_session_outlives_the_process_and_not_a_restored_file(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        token = await at.token(await at.enrolled("P1"))
        when = at.now
    backup = _copied(tmp_path)
    async with door(tmp_path, at=when) as at:
        assert (await me(at, token))["account"] == "P1"
        at.later(1)
        await at.did("acct:P1", SignOutEverywhere(), SOC)
        when = at.now
    _restore(tmp_path, backup)
    async with door(tmp_path, at=when) as at:
        assert await me(at, token) == NOT_SIGNED_IN


def _copied(folder: Path) -> bytes:
    return (folder / "sessions.db").read_bytes()


def _restore(folder: Path, backup: bytes) -> None:
    for file in folder.glob("sessions.db*"):
        file.unlink()
    (folder / "sessions.db").write_bytes(backup)


def _written(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("games.podium*"))


# -- browsers


async def cookie_of(at: Door, holder: Holder) -> tuple[str, str]:
    answer = await at.sign_in(holder, cookie=True)
    set_to = answer.headers["Set-Cookie"]
    assert set_to.endswith("; Path=/; Secure; HttpOnly; SameSite=Strict")
    assert "token" not in answer.json()
    at.client.cookies.clear()
    return set_to.partition(";")[0], answer.json()["csrf"]


async def test_a_cookie_changes_something_from_our_own_pages_only(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        cookie, word = await cookie_of(at, await at.enrolled("P1"))
        ask = {
            "id": "00000000-0000-7000-8000-000000000001",
            "key": "acct:P1",
            "command": {"type": "sign_out_everywhere"},
        }
        cases: list[tuple[dict[str, str], int]] = [
            ({}, 403),
            ({"Sec-Fetch-Site": "cross-site", "Origin": "https://people"}, 403),
            ({"Sec-Fetch-Site": "same-site"}, 403),
            ({"Origin": "https://elsewhere"}, 403),
            ({"Origin": "null"}, 403),
            ({"Podium-CSRF": word[:-1] + "x"}, 403),
            ({"Podium-CSRF": ""}, 403),
            ({"Podium-CSRF": word}, 400),  # let in, and then told that it is no command
            ({"Origin": "https://people"}, 400),
            ({"Sec-Fetch-Site": "same-origin"}, 400),
        ]
        for headers, status in cases:
            answer = await at.post("/commands", ask | {"command": {"type": "nothing"}}, Cookie=cookie, **headers)
            assert answer.status_code == status, (headers, answer.text)
        assert (await me(at, "", Cookie=cookie))["account"] == "P1"  # reading needs no more
        assert (await at.post("/commands", ask, Cookie=cookie, Origin="https://people")).status_code == 200


async def test_a_cookie_turns_too(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        cookie, _ = await cookie_of(at, await at.enrolled("P1"))
        at.later(LIMITS.rotate_min * MINUTE)
        answer = await at.get("/session", Cookie=cookie)
        turned = answer.headers["Set-Cookie"].partition(";")[0]
        assert (SESSION in answer.headers, turned.partition("=")[0], turned == cookie) == (False, COOKIE, False)
        assert (await me(at, "", Cookie=turned))["account"] == "P1"


async def test_no_other_site_signs_a_browser_in(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        holder = await at.enrolled("P1")
        body = {"login": holder.login, "password": PASSWORD, "code": holder.code(at.now), "cookie": True}
        assert code_of(await at.post("/sign-in", body, **{"Sec-Fetch-Site": "cross-site"})) == (403, "cross_site")


# -- a fresh proof


async def test_a_sensitive_act_takes_a_fresh_proof(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        holder = await at.enrolled("P1", ("GAMES_AUTHORITY", "*"))
        await at.opened("P2")
        token = await at.token(holder)
        give = GiveGrant("SPORT_ENTRIES")
        assert (await at.command("acct:P2", give, token)).status_code == 200
        at.later(LIMITS.step_up_min * MINUTE)
        assert code_of(await at.command("acct:P2", give, token)) == (403, "proof_needed")
        assert code_of(await at.post("/session/proof", {"code": "000000"}, token)) == NOT_SIGNED_IN
        proved = await at.post("/session/proof", {"code": holder.code(at.now)}, token)
        fresh = proved.json()["token"]
        assert fresh != token
        assert (await at.command("acct:P2", give, fresh)).status_code == 200
        again = await at.post("/session/proof", {"code": holder.code(at.now)}, fresh)
        assert code_of(again) == NOT_SIGNED_IN  # the code was used
        assert [s.again for s in at.signs if isinstance(s, SignInTried)][-3:] == [True, True, True]


async def test_a_passkey_is_a_fresh_proof_of_its_own_holder_alone(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        key, other = await at.with_passkey("P1"), await at.with_passkey("P2")
        options = (await at.post("/sign-in/passkey/options")).json()
        token = (await at.post("/sign-in/passkey", {"credential": key.sign(options)})).json()["token"]
        at.later(LIMITS.step_up_min * MINUTE)
        assert (await me(at, token))["fresh_until"] <= at.now
        options = (await at.post("/session/proof/passkey/options", token=token)).json()
        wrong = await at.post("/session/proof/passkey", {"credential": other.sign(options)}, token)
        assert code_of(wrong) == NOT_SIGNED_IN
        options = (await at.post("/session/proof/passkey/options", token=token)).json()
        sign_in = await at.post("/sign-in/passkey", {"credential": key.sign(options)})
        assert code_of(sign_in) == NOT_SIGNED_IN  # a challenge is for what it was given for
        options = (await at.post("/session/proof/passkey/options", token=token)).json()
        right = await at.post("/session/proof/passkey", {"credential": key.sign(options)}, token)
        assert (await me(at, right.json()["token"]))["fresh_until"] > at.now


async def test_breaking_the_glass_takes_a_fresh_proof_and_opens_a_role(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        holder = await at.enrolled("P1")
        grant = await at.did("acct:P1", GiveGrant("OC_ACR_SUPERVISOR", emergency=True), AUTHORITY)
        await at.did("acct:P1", ApproveGrant(grant), actor("P-BEA", "GAMES_AUTHORITY"))
        token = await at.token(holder)
        assert (await me(at, token))["grants"] == []
        assert (await at.command("acct:P1", BreakGlass(grant, "fire"), token)).status_code == 200
        assert (await me(at, token))["grants"] == [["OC_ACR_SUPERVISOR", "*"]]


# -- making credentials


async def test_an_invitation_counts_once_and_makes_credentials_only(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        await at.opened("P1", OPERATOR)
        token = await at.invited("P1")
        assert (await me(at, token))["kind"] == "ENROLMENT"
        assert code_of(await at.get("/records/per:P1", token)) == (403, "not_authorised")
        assert code_of(await at.command("acct:P1", SignOutEverywhere(), token)) == (403, "not_authorised")
        assert code_of(await at.post("/session/proof", {"code": "1"}, token)) == (403, "not_authorised")
        nobody = await at.post("/sign-in/invitation", {"account": "P9", "secret": "x"})
        wrong = await at.post("/sign-in/invitation", {"account": "P1", "secret": "x"})
        strange = await at.post("/sign-in/invitation", {"account": "P1:é\u0000" + "x" * 300, "secret": "x"})
        assert code_of(nobody) == code_of(wrong) == code_of(strange) == NOT_SIGNED_IN
        assert nobody.text == wrong.text


async def test_a_password_counts_with_its_first_code(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        await at.opened("P1")
        token = await at.invited("P1")
        short = await at.post("/credentials/password", {"login": "a@b.c", "password": "short"}, token)
        assert code_of(short) == (400, "unfit_password")
        offer = await at.post("/credentials/password", {"login": "a@b.c", "password": PASSWORD}, token)
        holder = Holder("P1", "a@b.c", offer.json()["secret"], [])
        assert code_of(await at.sign_in(holder)) == NOT_SIGNED_IN
        assert code_of(await at.post("/credentials/password/confirm", {"code": "000000"}, token)) == NOT_SIGNED_IN
        made = await at.post("/credentials/password/confirm", {"code": holder.code(at.now)}, token)
        assert made.status_code == 200
        assert code_of(await at.sign_in(holder)) == NOT_SIGNED_IN  # that code was used
        assert await me(at, token) == NOT_SIGNED_IN  # all is made
        at.later(STEP)
        assert (await at.sign_in(holder)).status_code == 200


async def test_another_password_takes_the_place_of_the_first_and_ends_its_sessions(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        holder = await at.enrolled("P1")
        token, other = await at.token(holder), await at.token(holder)
        at.later(LIMITS.step_up_min * MINUTE)
        body = {"login": holder.login, "password": "another " + PASSWORD}
        assert code_of(await at.post("/credentials/password", body, token)) == (403, "proof_needed")
        token = (await at.post("/session/proof", {"code": holder.code(at.now)}, token)).json()["token"]
        offer = (await at.post("/credentials/password", body, token)).json()
        new = Holder("P1", holder.login, offer["secret"], [])
        made = await at.post("/credentials/password/confirm", {"code": new.code(at.now)}, token)
        assert made.status_code == 200, made.text
        at.later(STEP)
        assert [await me(at, one) for one in (token, other)] == [NOT_SIGNED_IN] * 2
        assert code_of(await at.sign_in(holder)) == NOT_SIGNED_IN
        assert code_of(await at.sign_in(holder, code=holder.recovery[0])) == NOT_SIGNED_IN
        assert (await at.sign_in(new, password="another " + PASSWORD)).status_code == 200
        state = (await at.office.read("acct:P1")).state  # type: ignore[union-attr]
        assert sorted(state.credentials.values()) == ["CODES", "PASSWORD", "RECOVERY"]


async def test_a_login_is_one_account_s(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        holder = await at.enrolled("P1")
        await at.opened("P2")
        token = await at.invited("P2")
        taken = await at.post("/credentials/password", {"login": holder.login.upper(), "password": PASSWORD}, token)
        assert code_of(taken) == (409, "login_taken")


async def test_no_secret_lies_on_the_log(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        holder = await at.enrolled("P1", login="anna.secret@example.org")
        token = await at.token(holder)
        await at.post("/session/proof", {"code": holder.code(at.now)}, token)
        await at.sign_in(holder, password="a wrong password too")
    written = _written(tmp_path)
    secrets = (holder.login, "anna.secret", PASSWORD, holder.secret, token, *holder.recovery, "a wrong password")
    assert [secret for secret in secrets if secret.encode() in written] == []
    assert b"account_opened" in written


async def test_operators_come_in_by_their_token_still(tmp_path: Path) -> None:
    async with door(tmp_path) as at:
        name = next(iter(ACTORS))
        known = await me(at, name)
        assert (known["account"], known["kind"], known["fresh_until"], known["csrf"]) == (name, "OPERATOR", None, "")
        assert code_of(await at.post("/session/proof", {"code": "1"}, name)) == (409, "no_session")
