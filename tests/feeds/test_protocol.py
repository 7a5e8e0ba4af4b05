"""Reading what clients say: what is wrong is named with its place, and what is unknown is ignored."""

from __future__ import annotations

import msgspec
import pytest

from feeds.errors import Hopeless, Refused
from feeds.protocol import ClientHello, Ping, Sub, Unsub, decode, id_of


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"op":"hello","v":1}', ClientHello(1)),
        ('{"op":"sub","id":7,"views":["venues"],"later":{"x":1}}', Sub(7, ["venues"])),
        ('{"op":"unsub","id":7}', Unsub(7)),
        ('{"op":"ping"}', Ping(0)),
    ],
)
def test_the_same_in_json_and_msgpack(text: str, message: object) -> None:
    assert decode(text) == message
    assert decode(msgspec.msgpack.encode(msgspec.json.decode(text))) == message


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ('{"op":"subscribe"}', "unknown_op", "op"),
        ("{}", "unknown_op", "op"),
        ('{"op":"sub","id":"7","views":[]}', "bad_message", "id"),
        ('{"op":"sub","id":7,"views":["a",1]}', "bad_message", "views[1]"),
        ('{"op":"sub","id":7}', "bad_message", ""),
        ('{"op":"hello","v":true}', "bad_message", "v"),
        ("[]", "bad_message", ""),
    ],
)
def test_the_place_of_what_is_wrong(text: str, code: str, at: str) -> None:
    with pytest.raises(Refused) as refused:
        decode(text)
    assert (refused.value.code, refused.value.at) == (code, at)


@pytest.mark.parametrize("data", ["", "{", "nul", '{"op":"ping"} x', b"", b"\xc1", '{"op":"ping","x":' + "[" * 100_000])
def test_what_cannot_be_read_is_hopeless(data: str | bytes) -> None:
    with pytest.raises(Hopeless) as hopeless:
        decode(data)
    assert (hopeless.value.close, hopeless.value.code) == (4400, "malformed")


@pytest.mark.parametrize(
    ("data", "number"),
    [
        ('{"id":7}', 7),
        ('{"id":true}', msgspec.UNSET),
        ("[]", msgspec.UNSET),
        ("{", msgspec.UNSET),
        (b"\x81\xa2id\x07", 7),
    ],
)
def test_which_subscription_a_wrong_message_was_about(data: str | bytes, number: object) -> None:
    assert id_of(data) == number
