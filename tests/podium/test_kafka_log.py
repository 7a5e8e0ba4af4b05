"""``--log kafka://HOST:PORT/PREFIX``: the commands give what they give for the same Games in a file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from uuid import uuid4

import pytest

from podium.wiring import kafka_url
from replay.archive import Archive
from tests.podium.conftest import Podium


@pytest.fixture(scope="module")
def address(kafka: str) -> str:
    """The address of a log that nobody has made yet, the same for all tests of this file."""
    return f"kafka://{kafka}/{uuid4().hex}"


def test_a_games_in_kafka_is_the_games_in_a_file(
    podium: Podium, address: str, games_folder: Path, tmp_path: Path
) -> None:
    replayed = podium("replay", "small.podium", "--log", address)
    assert replayed.returncode == 0, replayed.stderr
    in_file = podium("digest", "--log", "games.db").stdout.strip()
    assert re.search(r"digest (\w+)$", replayed.stdout.strip())[1] == in_file  # type: ignore[index]
    assert replayed.stdout.startswith(f"{address}: ")

    assert podium("digest", "--log", address).stdout.strip() == in_file
    for words in (("medals", "--format", "json"), ("show", "medals/table", "--format", "xml")):
        theirs = podium(*words, "--log", address)
        assert theirs.returncode == 0, theirs.stderr
        assert theirs.stdout == podium(*words, "--log", "games.db").stdout
    leader = max(json.loads(podium("medals", "--format", "json", "--log", address).stdout), key=lambda row: row["gold"])
    why = ("why", "medals/table", leader["organisation"], "--format", "json", "--log")
    assert podium(*why, address).stdout == podium(*why, "games.db").stdout

    verified, of_file = podium("verify", "--log", address), podium("verify", "--log", "games.db")
    assert (verified.returncode, verified.stdout) == (0, of_file.stdout.replace("games.db", address))
    exported = podium("export", "--log", address, "--out", tmp_path / "back.podium")
    assert exported.returncode == 0, exported.stderr
    assert list(Archive(tmp_path / "back.podium")) == list(Archive(games_folder / "small.podium"))


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("kafka://127.0.0.1:9092", "kafka://127.0.0.1:9092"),
        ("kafka://a:1,b:2/games", "kafka://a:1,b:2/games"),
        ("games.db", None),
        ("/var/kafka/games.db", None),
        ("kafka", None),
    ],
)
def test_a_path_that_is_an_address_is_known_for_one(path: str, url: str | None) -> None:
    assert kafka_url(Path(path)) == url


def test_where_nobody_answers_one_sentence_says_so(podium: Podium) -> None:
    done = podium("digest", "--log", "kafka://127.0.0.1:1/games")
    assert (done.returncode, done.stderr) == (
        1,
        "podium: kafka://127.0.0.1:1/games: no broker answers: 127.0.0.1:1: Connection refused\n",
    )


def test_an_address_that_is_none_is_named(podium: Podium) -> None:
    done = podium("digest", "--log", "kafka://nowhere/games")
    assert (done.returncode, done.stderr) == (
        1,
        "podium: kafka://nowhere/games: not a Podium log: the address of one in Kafka is kafka://HOST:PORT or "
        "kafka://HOST:PORT/PREFIX\n",
    )


def test_settings_for_the_client_come_from_a_file_that_must_be_there(
    podium: Podium, kafka: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    named = tmp_path / "client.toml"
    monkeypatch.setenv("PODIUM_KAFKA_CLIENT", str(named))
    words = ("digest", "--log", f"kafka://{kafka}/{uuid4().hex}")
    assert f"{named}, which PODIUM_KAFKA_CLIENT names, cannot be read" in podium(*words).stderr
    named.write_text('"client.id" = "desk 4"\n')
    assert podium(*words).stderr.endswith(": there is no log here\n")
    named.write_text('"no.such.setting" = 1\n')
    assert podium(*words).stderr.endswith(
        ': opening the log failed: No such configuration property: "no.such.setting"\n'
    )
