"""The commands as an operator types them, each in a process of its own."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from podium.wiring import opened_host
from replay.archive import Archive, write
from tests.podium.conftest import Podium, run_podium

LOG = ("--log", "games.db")


def told(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a command printed that did what it was asked."""
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one sentence of a command that could not be carried out."""
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    return line


def digest_in(text: str) -> str:
    (found,) = re.findall(r"digest ([0-9a-f]{32})", text)
    return str(found)


def test_medals_are_lines_in_the_order_of_the_table(podium: Podium) -> None:
    lines = json.loads(told(podium("medals", *LOG, "--format", "json")))
    fields = ["rank", "organisation", "gold", "silver", "bronze", "total"]
    assert [list(line) for line in lines] == [fields] * len(lines)
    order = [(-line["gold"], -line["silver"], -line["bronze"], line["organisation"]) for line in lines]
    assert order == sorted(order)
    assert all(line["total"] == line["gold"] + line["silver"] + line["bronze"] > 0 for line in lines)


def test_medals_by_discipline_add_up_to_the_table(podium: Podium, games_folder: Path) -> None:
    with opened_host(games_folder / "games.db") as host:
        disciplines = [name[-3:] for name in host.views.names() if name.startswith("medals/discipline/")]
    parts: Counter[str] = Counter()
    for discipline in disciplines:
        for line in json.loads(told(podium("medals", *LOG, "--format", "json", "--discipline", discipline))):
            parts[line["organisation"]] += line["total"]
    whole = json.loads(told(podium("medals", *LOG, "--format", "json")))
    assert parts == {line["organisation"]: line["total"] for line in whole}


def test_medals_before_the_first_event_are_none(podium: Podium) -> None:
    assert json.loads(told(podium("medals", *LOG, "--format", "json", "--as-of", "2000-01-01T00:00:00Z"))) == []


def test_medals_as_of_the_newest_cut_are_those_of_now(podium: Podium, games_folder: Path) -> None:
    with opened_host(games_folder / "games.db") as host:
        newest = f"{host.epoch}.{host.views.cut}"
    now = told(podium("medals", *LOG, "--format", "json"))
    assert told(podium("medals", *LOG, "--format", "json", "--as-of", newest)) == now


def test_show_says_the_same_in_json_and_in_a_table(podium: Podium, games_folder: Path) -> None:
    with opened_host(games_folder / "games.db") as host:
        view = next(name for name in host.views.names() if name.startswith("result/"))
    document = json.loads(told(podium("show", view, *LOG, "--format", "json")))
    table = told(podium("show", view, *LOG))
    assert document["view"] == view
    for key in document["rows"].keys() - {"@"}:
        assert key in table
    assert told(podium("show", view, *LOG, "--format", "xml")).startswith('<?xml version="1.0" encoding="UTF-8"?>')


def test_why_leads_from_the_table_to_raw_messages_of_the_archive(podium: Podium, games_folder: Path) -> None:
    first = json.loads(told(podium("medals", *LOG, "--format", "json")))[0]
    tree = json.loads(told(podium("why", "medals/table", first["organisation"], *LOG, "--format", "json")))
    assert len(tree["because"]) == first["total"]
    named = {f"{m.source}/{m.session}/{m.serial}" for m in Archive(games_folder / "small.podium")}
    for medal in tree["because"]:
        names = raw_names(medal)
        assert names
        assert names <= named
    assert first["organisation"] in told(podium("why", "medals/table", first["organisation"], *LOG))


def raw_names(reason: dict[str, object]) -> set[str]:
    names: set[str] = set(reason.get("raw", ()))  # type: ignore[call-overload]
    for one in reason.get("because", ()):  # type: ignore[attr-defined]
        names |= raw_names(one)
    return names


def test_a_replay_into_a_log_that_holds_the_archive_changes_nothing(podium: Podium) -> None:
    before = told(podium("digest", *LOG))
    again = told(podium("replay", "small.podium", *LOG))
    assert " 0 messages stored" in again
    assert digest_in(again) == before


def test_a_replay_that_was_cut_short_goes_on_from_there(podium: Podium, games_folder: Path, tmp_path: Path) -> None:
    whole = list(Archive(games_folder / "small.podium"))
    half, log = tmp_path / "half.podium", tmp_path / "part.db"
    write(half, Archive(games_folder / "small.podium").header, whole[: len(whole) // 2])
    assert f" {len(whole) // 2} messages stored" in told(podium("replay", half, "--log", log))
    rest = told(podium("replay", "small.podium", "--log", log))
    assert f"{len(whole) // 2} there already" in rest
    assert digest_in(rest) == told(podium("digest", *LOG))


def test_what_is_exported_replays_to_the_same_digest(podium: Podium, tmp_path: Path) -> None:
    archive, log = tmp_path / "out.podium", tmp_path / "again.db"
    told(podium("export", *LOG, "--out", str(archive)))
    assert digest_in(told(podium("replay", str(archive), "--log", str(log)))) == told(podium("digest", *LOG))


def test_verify_names_the_message_of_a_changed_byte(podium: Podium, games_folder: Path, tmp_path: Path) -> None:
    assert "digests agree" in told(podium("verify", *LOG))
    damaged = tmp_path / "damaged.db"
    shutil.copy(games_folder / "games.db", damaged)
    with sqlite3.connect(damaged) as opened:
        ((table,),) = opened.execute("SELECT 'topic_' || number FROM topics WHERE name = 'venue.raw'")
        opened.execute(
            f"UPDATE {table} SET value = CAST(replace(CAST(value AS TEXT), '1', '2') AS BLOB) WHERE position = 100"
        )
    sentence = refused(run_podium("verify", "--log", damaged, cwd=tmp_path))
    assert "position 100" in sentence


def test_verify_finds_a_cut_tail_by_a_head_noted_elsewhere(podium: Podium, games_folder: Path, tmp_path: Path) -> None:
    head = told(podium("verify", *LOG)).rpartition("head ")[2]
    assert "was the head after" in told(podium("verify", *LOG, "--head", head))
    cut = tmp_path / "cut.db"
    shutil.copy(games_folder / "games.db", cut)
    with sqlite3.connect(cut) as opened:
        ((table,),) = opened.execute("SELECT 'topic_' || number FROM topics WHERE name = 'venue.raw'")
        opened.execute(f"DELETE FROM {table} WHERE position = (SELECT max(position) FROM {table})")
    assert head in refused(run_podium("verify", "--log", cut, "--head", head, cwd=tmp_path))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("medals", "--log", "nowhere.db"), "podium: there is no log at nowhere.db"),
        (("show", "no/such", *LOG), "podium: no view 'no/such' in games.db"),
        (("why", "medals/table", "QQQ", *LOG), "podium: no row 'QQQ' in medals/table of games.db"),
        (
            ("medals", *LOG, "--as-of", "yesterday"),
            "podium: as of yesterday: neither {epoch}.{cut} nor an RFC 3339 instant",
        ),
        (("replay", "nowhere.podium", "--log", "x.db"), "podium: nowhere.podium: No such file or directory"),
        (("replay", "small.podium"), "podium: replay wants either --log FILE or --to URL"),
        (
            ("replay", "small.podium", *LOG, "--speed", "warp"),
            "podium: command line: replay.speed cannot be 'warp'; allowed: a text such as max, 1x, 60x",
        ),
        (("replay", "games.db", "--log", "x.db"), "podium: games.db, line 1: not a Podium archive"),
        (("import", "paris2024", "nowhere", "--out", "x"), "podium: nowhere is no folder"),
        (
            ("import", "athens1896", ".", "--out", "x"),
            "podium: no importer for 'athens1896'; there is one for paris2024",
        ),
        (("verify", *LOG, "--head", "00"), "podium: '00' is no head: it should have 32 hex digits"),
        (("replay", "small.podium", "--to", "http://127.0.0.1:9"), "podium: http://127.0.0.1:9 does not answer"),
        (("bench", "luck"), "podium: no measurement 'luck': fold, append, fanout, path, subscribers"),
        (("demo", "--for", "soon"), "podium: no time 'soon': 30s, 2m, ..."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(podium: Podium, words: tuple[str, ...], sentence: str) -> None:
    assert refused(podium(*words)).startswith(sentence)


def test_help_names_every_command(podium: Podium) -> None:
    text = told(podium("--help"))
    for command in (
        *("import", "synth", "replay", "export", "medals", "show", "why", "verify", "digest", "serve", "demo", "bench"),
    ):
        assert re.search(rf"^  {command} ", text, re.MULTILINE), command
