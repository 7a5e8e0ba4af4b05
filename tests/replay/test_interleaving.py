"""One Games, however its messages come: sources interleaved at random, copies, sessions sent twice, a crash."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.about import About
from engine.about import write as say_about
from engine.gateway import Gateway
from engine.sqlite_log import SqliteLog
from podium.wiring import host_over
from replay.archive import Message
from replay.synth import synthesise
from schemas.games import Games
from tests.replay.folded import digest
from tests.replay.paris import digest_of, imported


def by_source(messages: list[Message]) -> dict[str, list[Message]]:
    sources: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        sources[message.source].append(message)
    return sources


def merged_at_random(messages: list[Message], dice: random.Random) -> list[Message]:
    """Keep each source's own order, and nothing else."""
    streams = {source: iter(own) for source, own in by_source(messages).items()}
    turns = [message.source for message in messages]
    dice.shuffle(turns)
    return [next(streams[source]) for source in turns]


def one_source_after_the_other(messages: list[Message], dice: random.Random) -> list[Message]:
    """Let participants come after results, starts after finishes, operations before or after what they act upon."""
    sources = list(by_source(messages).values())
    dice.shuffle(sources)
    return [message for own in sources for message in own]


def some_twice(messages: list[Message], dice: random.Random) -> list[Message]:
    return [copy for message in messages for copy in ([message] * dice.choice((1, 1, 2)))]


def all_sessions_again(messages: list[Message], _dice: random.Random) -> list[Message]:
    """Send every session once more under another name, after everything."""
    own = [message for message in messages if message.serial > 0]
    return [*messages, *(message._replace(session=f"{message.session}.again") for message in own)]


Way = Callable[[list[Message], random.Random], list[Message]]
WAYS: list[Way] = [
    merged_at_random,
    one_source_after_the_other,
    some_twice,
    all_sessions_again,
]


@pytest.fixture(scope="module")
def small() -> tuple[Games, list[Message], str]:
    header, messages = synthesise(7, "small")
    whole = list(messages)
    return header.games, whole, digest(whole, header.games)


@pytest.mark.parametrize("way", WAYS)
def test_a_synthetic_games_comes_out_the_same(small: tuple[Games, list[Message], str], way: Way, seed: int) -> None:
    games, messages, expected = small
    assert digest(way(messages, random.Random(seed)), games) == expected


def test_half_a_games_is_another_one(small: tuple[Games, list[Message], str]) -> None:
    """Show that the digest sees something."""
    games, messages, expected = small
    assert digest(messages[: len(messages) // 2], games) != expected


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("first", "then"), [(merged_at_random, some_twice), (one_source_after_the_other, all_sessions_again)]
)
def test_paris_comes_out_the_same(games_data: Path, first: Way, then: Way) -> None:
    """Take two ways at once: each fold of a whole Games takes its time."""
    dice, paris = random.Random(2024), imported(games_data / "paris2024")
    messages = then(first(paris.messages, dice), dice)
    assert digest(messages, paris.header.games) == digest_of(games_data / "paris2024")


def test_a_crash_in_the_middle_changes_nothing(
    small: tuple[Games, list[Message], str], tmp_path: Path, seed: int
) -> None:
    """Stop between a batch and its fold, and between a fold and its checkpoint, and go on from what the log holds."""
    games, messages, expected = small
    dice = random.Random(seed)
    rest = list(messages)
    path = tmp_path / "games.db"
    with SqliteLog.open(path) as log:
        say_about(log, About(games, "replay"), 0)
    while True:
        with SqliteLog.open(path) as log:
            host = host_over(log)
            host.load()
            host.catch_up()
            gateway = Gateway(log, lambda: 0, games=games)
            for _ in range(dice.randrange(1, 6)):
                batch, rest = rest[:400], rest[400:]
                done = gateway.store(batch)
                if dice.random() < 0.5:
                    for raw in done.raws:
                        host.step(raw)
                    host.save()
                else:
                    host.catch_up()
            if not rest:
                host.catch_up()
                assert host.views.digest() == expected
                return
