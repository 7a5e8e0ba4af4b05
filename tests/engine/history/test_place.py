"""Addresses of histories, and the one seat at each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.history.errors import HistoryTaken
from engine.history.place import Place, parse


def test_a_path_is_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse("history") == Place(folder=tmp_path / "history", name=str(tmp_path / "history"))


@pytest.mark.parametrize(
    ("text", "url", "database", "name"),
    [
        ("http://db:8123", "http://db:8123", "podium", "http://db:8123/podium"),
        ("https://u:p@db/games_26/", "https://u:p@db", "games_26", "https://db/games_26"),
        ("http://db:1?verify=no", "http://db:1?verify=no", "podium", "http://db:1/podium"),
    ],
)
def test_a_url_is_a_server_and_a_database(text: str, url: str, database: str, name: str) -> None:
    assert parse(text) == Place(url=url, database=database, name=name)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ftp://db", "ftp://... is no history: a folder, or http(s)://host:port/database"),
        ("http:///games", "http://... is no history: a folder, or http(s)://host:port/database"),
        ("http://db/a-b", "'a-b' is no name of a database: letters, digits and _"),
    ],
)
def test_anything_else_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(why)}$"):
        parse(text)


def test_one_writer_sits_at_a_folder_whatever_its_log(tmp_path: Path) -> None:
    place = parse(str(tmp_path / "history"))
    seat = place.seat(tmp_path / "games.db")
    assert seat == place.seat(None)
    lock = seat.take(place.name)
    with pytest.raises(HistoryTaken, match=r"history: process \d+ owns this history; one process at a time may"):
        seat.take(place.name)
    lock.release()
    seat.take(place.name).release()


def test_one_writer_a_log_sits_at_a_server(tmp_path: Path) -> None:
    place, other = parse("http://u:p@db/games"), parse("http://u:q@db/games")
    assert place.seat(tmp_path / "a.db") == other.seat(tmp_path / "a.db")  # another password, the same history
    assert place.seat(tmp_path / "a.db") != place.seat(tmp_path / "b.db")
    assert place.seat(tmp_path / "a.db") != parse("http://db/more").seat(tmp_path / "a.db")
