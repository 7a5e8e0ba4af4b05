"""Commands, events and states as bytes."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from desks.codec import Codec, Undecodable, digest_state, encode, without_values
from management.command import Actor, Grant, Received, Recorded, Refusal, Tick
from tests.desks.tally import TALLY, Add, Added, State

CODEC = Codec(b"pepper", {"ct": TALLY})
ANN = Actor("ann", (Grant("RO_ACR", "ro:FRA"),))


def received(command: Any, **more: Any) -> Received[Any]:
    return Received(**{"id": "c1", "key": "ct:A", "command": command, "actor": ANN, "at": 7, **more})


def test_who_sends_and_when_is_not_the_clients_to_say() -> None:
    data = b'{"id":"c1","key":"ct:A","command":{"type":"add","count":3},"expected":2,"correlation":"import 5"}'
    assert CODEC.decode_command(data, ANN, 7) == received(Add(3), expected=2, correlation="import 5")
    with pytest.raises(Undecodable, match="unknown field `at`"):
        CODEC.decode_command(data.replace(b'"expected"', b'"at"'), ANN, 7)


def test_every_aggregate_takes_a_tick() -> None:
    data = b'{"id":"c1","key":"ct:A","command":{"type":"tick","until":5}}'
    assert CODEC.decode_command(data, ANN, 7) == received(Tick(5))


def test_what_is_no_command_says_what_could_be_read() -> None:
    with pytest.raises(Undecodable) as found:
        CODEC.decode_command(b'{"id":"c1","key":"ct:A","command":{"type":"subtract"}}', ANN, 7)
    assert (found.value.code, found.value.id, found.value.key) == ("MALFORMED", "c1", "ct:A")
    with pytest.raises(Undecodable) as found:
        CODEC.decode_command(b'{"id":"c1","key":"per:A","command":{"type":"add"}}', ANN, 7)
    assert (found.value.code, found.value.id, found.value.key) == ("UNKNOWN_KEY", "c1", "per:A")


def test_a_command_is_kept_without_facts_about_a_person() -> None:
    wish = received(Add(3, born="2001-02-03"))
    kept = json.loads(CODEC.encode_command(wish, TALLY))
    assert kept == {
        "id": "c1",
        "key": "ct:A",
        "command": {"type": "add", "count": 3, "steps": 1},
        "actor": {"id": "ann", "grants": [{"role": "RO_ACR", "scope": "ro:FRA"}]},
        "at": 7,
        "expected": None,
        "correlation": "",
    }


def test_facts_about_a_person_are_left_out_however_deep() -> None:
    deep = received({"list": [{"born": "2001", "of": {"born": "2002", "count": 1}}]})
    assert json.loads(CODEC.encode_command(deep, TALLY))["command"] == {"list": [{"of": {"count": 1}}]}


@pytest.mark.parametrize(
    "other",
    [
        received(Add(2)),
        received(Add(1, born="2001-02-03")),
        received(Add(1), key="ct:B"),
        received(Add(1), expected=1),
        received(Add(1), actor=Actor("eve", ANN.grants)),
    ],
)
def test_another_wish_has_another_digest(other: Received[Any]) -> None:
    assert CODEC.digest_command(other) != CODEC.digest_command(received(Add(1)))


def test_the_same_wish_has_the_same_digest_whenever_it_comes() -> None:
    again = received(Add(1), at=8, actor=Actor("ann"), correlation="again")
    assert CODEC.digest_command(again) == CODEC.digest_command(received(Add(1)))


def test_without_the_pepper_a_digest_tells_nothing() -> None:
    assert Codec(b"salt", {"ct": TALLY}).digest_command(received(Add(1))) != CODEC.digest_command(received(Add(1)))


def test_an_event_is_the_same_after_the_log() -> None:
    recorded = Recorded("e", "ct:A", 4, Added(2), "c", "ann", 7, "import 5")
    assert CODEC.decode_event("ct:A", encode(recorded)) == recorded
    with pytest.raises(msgspec.ValidationError):
        CODEC.decode_event("ct:A", encode(recorded).replace(b"added", b"taken"))
    with pytest.raises(LookupError):
        CODEC.decode_event("per:A", encode(recorded))


def test_the_same_is_always_the_same_bytes() -> None:
    assert encode(Refusal("A", "b", {"z": 1, "a": {3, 1, 2}})) == encode(Refusal("A", "b", {"a": {2, 3, 1}, "z": 1}))
    assert encode({10: {"b": 1, "a": 2}, 9: None}) == b'{"10":{"a":2,"b":1},"9":null}'
    with pytest.raises(NotImplementedError, match="a complex has no place on the log"):
        encode(1j)


def test_the_digest_of_a_state_knows_key_version_and_content_and_no_order() -> None:
    class Book(msgspec.Struct):
        lines: dict[str, int]

    one = digest_state("ct:A", 1, Book({"a": 1, "b": 2}))
    assert digest_state("ct:A", 1, Book({"b": 2, "a": 1})) == one
    others = [
        digest_state("ct:B", 1, Book({"a": 1, "b": 2})),
        digest_state("ct:A", 2, Book({"a": 1, "b": 2})),
        digest_state("ct:A", 1, Book({"a": 1, "b": 3})),
        digest_state("ct:A", 1, State()),
    ]
    assert len({one, *others}) == 5


@pytest.mark.parametrize(("reason", "said"), [
    ("Invalid value 'it''s a \n secret' - at `$.type`", "Invalid value - at `$.type`"),
    ("Invalid enum value 'secret'", "Invalid enum value"),
    ("Expected `int`, got `str` - at `$.reason`", "Expected `int`, got `str` - at `$.reason`"),
])  # fmt: skip
def test_why_something_cannot_be_decoded_says_nothing_that_was_sent(reason: str, said: str) -> None:
    assert without_values(reason) == said
