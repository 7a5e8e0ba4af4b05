"""The operators' commands: thin clients of the API, whose refusals are read as sentences."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from typer.testing import CliRunner

from management.aggregates import AGGREGATES
from podium.commands import command_line
from podium.commands.desks import DESKS
from podium.errors import OperatorError
from podium.people_client import TOKEN, URL, Desk, kinds_of, read_fields, rows_of

REFUSED = {"error": {"code": "QUOTA", "message": "No place.", "at": "ro:AAA", "retry": False, "about": {"free": 0}}}


class Answering(BaseHTTPRequestHandler):
    """Keeps what it was asked, and answers as it is told."""

    asked: list[tuple[str, str, Any]]
    answer: tuple[int, Any]

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length)) if length else None
        self.asked.append((self.path, self.headers["Authorization"], body))
        status, answer = self.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    do_GET = do_POST  # noqa: N815 - the library's names

    def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Answering]]:
    class Here(Answering):
        asked: list[tuple[str, str, Any]] = []  # noqa: RUF012 - each test has a class of its own
        answer: tuple[int, Any] = (200, {"version": 3, "position": "1:9"})

    server = ThreadingHTTPServer(("127.0.0.1", 0), Here)
    thread = Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv(URL, f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv(TOKEN, "a-token")
    yield Here
    server.shutdown()
    thread.join()
    server.server_close()


def run(*words: str) -> Any:
    return CliRunner().invoke(command_line(), words, env={"COLUMNS": "200"})


def test_a_command_is_sent_as_it_was_typed(api: type[Answering], tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text('{"family_name": "Ångström"}')
    words = ("participation=A1", "complete=[]", "late=true", "--personal", str(facts), "--expected", "2")
    done = run("accredit", "do", "submit", "per:P1", *words, "--format", "json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output) == {"version": 3, "position": "1:9"}
    ((path, shown, wish),) = api.asked
    assert (path, shown, wish.pop("id") != "") == ("/v1/commands", "Bearer a-token", True)
    assert wish == {
        "key": "per:P1",
        "command": {"type": "submit", "participation": "A1", "complete": [], "late": True},
        "expected": 2,
        "personal": {"family_name": "Ångström"},
    }


def test_a_record_is_shown_as_a_table(api: type[Answering]) -> None:
    api.answer = (200, {"key": "wf:STA", "record": {"shifts": {"S1": {"need": 3, "units": ["a", "b"]}}, "teams": {}}})
    done = run("shifts", "show", "wf:STA")
    assert done.exit_code == 0
    assert "record.shifts.S1.need" in done.output
    assert "teams" not in done.output


def test_a_sheet_is_handed_in_as_it_is_and_its_errors_are_read_by_row(api: type[Answering], tmp_path: Path) -> None:
    sheet = tmp_path / "people.csv"
    sheet.write_bytes(b"7")  # the door here reads JSON, and so is this
    error = {"row": 3, "column": "birth_date", "code": "DATE", "text": "there is no such day"}
    counts = {"rows": 2, "applied": 1, "known": 0, "refused": 1, "dry_run": True}
    api.answer = (200, {**counts, "errors": [error]})
    words = ("people", "import", str(sheet), "--kind", "people", "--scope", "ro:AAA")
    done = run(*words, "--dry-run")
    assert (done.exit_code, done.output.splitlines()) == (
        1,
        ["row 3, birth_date: DATE: there is no such day", "2 rows: 1 would be applied, 0 known, 1 refused"],
    )
    api.answer = (200, {**counts, "refused": 0, "errors": []})
    assert run(*words, "--format", "json").exit_code == 0
    path = "/v1/sheets/people?scope=ro%3AAAA&dry_run={}&encoding=utf-8"
    assert api.asked == [(path.format(dry), "Bearer a-token", 7) for dry in ("true", "false")]


def test_a_sheet_is_fetched_into_a_file_that_others_do_not_read(api: type[Answering], tmp_path: Path) -> None:
    sheet = tmp_path / "people.xlsx"
    words = ("--kind", "people", "--scope", "ro:AAA")
    api.answer = (200, b"PK")
    assert run("people", "export", str(sheet), *words).exit_code == 0
    assert (sheet.read_bytes(), sheet.stat().st_mode & 0o777) == (b"PK", 0o600)
    assert [path for path, _, _ in api.asked] == ["/v1/sheets/people?scope=ro%3AAAA&format=xlsx"]
    api.answer = (409, REFUSED)
    assert "QUOTA: No place." in str(run("people", "export", str(tmp_path / "b.csv"), *words).exception)
    assert not (tmp_path / "b.csv").exists()
    assert "ends with .csv or .xlsx" in str(run("people", "export", str(tmp_path / "c.ods"), *words).exception)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((409, REFUSED), "QUOTA: No place. (free 0) [ro:AAA]"),
        ((503, {"error": {"code": "not_served", "message": "later", "retry": True}}), "not_served: later; try again"),
        ((200, b"<html>"), "is no API of the people side"),
    ],
)
def test_what_was_refused_is_said_in_a_sentence(api: type[Answering], answer: tuple[int, Any], sentence: str) -> None:
    api.answer = answer
    done = run("accredit", "show", "ro:AAA")
    assert isinstance(done.exception, OperatorError)
    assert sentence in str(done.exception)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("accredit", "show", "wf:STA"), "its keys begin with per:, ro:, dp:"),
        (("accredit", "do", "nonsense", "per:P1"), "podium accredit commands lists"),
        (("accredit", "do", "verify", "per:P1", "A1"), "write name=value"),
    ],
)
def test_what_cannot_be_meant_is_not_sent(api: type[Answering], words: tuple[str, ...], sentence: str) -> None:
    assert sentence in str(run(*words).exception)
    assert api.asked == []


def test_without_a_token_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OperatorError, match=TOKEN):
        Desk("http://127.0.0.1:1", {})
    with pytest.raises(OperatorError, match="does not answer"):
        Desk("http://127.0.0.1:1", {TOKEN: "x"}).show("per:P1")


def test_each_desk_lists_all_that_may_be_done_there() -> None:
    done = run("accredit", "commands")
    assert "per  verify  participation=\n" in done.output
    assert "sealed" not in done.output
    for prefixes, _ in DESKS.values():
        counts = [sum(1 for one, _, _ in kinds_of(prefixes) if one == prefix) for prefix in prefixes]
        assert counts == [len(AGGREGATES[prefix].command.__args__) - 1 for prefix in prefixes]


def test_fields_are_json_where_they_are() -> None:
    assert read_fields(["a=1", "b=x y", 'c={"d": []}', "e="]) == {"a": 1, "b": "x y", "c": {"d": []}, "e": ""}
    assert list(rows_of({"a": [{"b": 1}], "c": [1, 2], "d": {}})) == [("a[0].b", "1"), ("c", "[1, 2]")]
