"""The history's routes: what is asked of whom, and what becomes of the answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import msgspec
import pytest

from engine.history import questions as q
from engine.history.errors import HistoryDown, HistoryError, HistoryRefused
from engine.views import View, encode_row
from feeds import history
from feeds.history_view import held_in, view_of
from feeds.server import build
from schemas.views import ResultHead, ResultRow, Row
from tests.feeds.games import UNIT, medals, small_games

NAME = f"result/{UNIT}"
ROWS: dict[str, Row] = {
    "@": ResultHead(unit=UNIT, status="OFFICIAL"),
    "101": ResultRow(participant="101", rank=1, sort=1, mark="9.91", parts={"RT": "0.099"}, reason="photo finish"),
}


def held(row: Row, revision: int, *because: str) -> q.HeldRow:
    return q.HeldRow(revision, list(because), msgspec.Raw(encode_row(row)))


VIEW = q.ViewAnswer(
    epoch="e1",
    cut=9,
    view=NAME,
    sequence=3,
    changed=7,
    time=5_000_000,
    rows={"@": held(ROWS["@"], 2, "a/s/2"), "101": held(ROWS["101"], 4, "a/s/1", "a/s/3")},
)


class Answerer:
    """Answers as told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[q.Question] = []
        self.answer: object = None
        self.error: HistoryError | None = None

    async def ask(self, question: q.Question) -> bytes:
        self.asked.append(question)
        if self.error is not None:
            raise self.error
        return msgspec.json.encode(self.answer)


@pytest.fixture
def answerer() -> Answerer:
    return Answerer()


@pytest.fixture
async def web(answerer: Answerer) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an edge with a history."""
    edge = build(small_games(), extra_routers=(history.router(answerer.ask),))
    transport = httpx.ASGITransport(cast("Any", edge.app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
        yield client


@pytest.mark.parametrize(
    ("path", "question"),
    [
        ("rows/medals/table?key=AAA", q.Revisions(view="medals/table", key="AAA")),
        (f"rows/{NAME}?key=%40&epoch=e9", q.Revisions(view=NAME, key="@", epoch="e9")),
        ("changes?since=4", q.Between(since="4")),
        (
            "changes?since=e1.4&until=2026-11-20T10:00:00Z&match=medals/*&limit=7&epoch=e1",
            q.Between(since="e1.4", until="2026-11-20T10:00:00Z", match="medals/*", limit=7, epoch="e1"),
        ),
        ("corrections", q.Corrections()),
        ("corrections?venue=HIB&discipline=SWM", q.Corrections(venue="HIB", discipline="SWM")),
        ("latency?venue=HIB", q.Latency(venue="HIB")),
        ("medals?epoch=e9", q.MedalDays(epoch="e9")),
        ("status", q.Standing()),
    ],
)
async def test_a_route_hands_on_its_question_and_the_answer(
    web: httpx.AsyncClient, answerer: Answerer, path: str, question: q.Question
) -> None:
    answerer.answer = {"any": "thing"}
    found = await web.get(f"/v1/history/{path}")
    assert (found.status_code, found.json(), answerer.asked) == (200, {"any": "thing"}, [question])
    assert (found.headers["Content-Type"], found.headers["Cache-Control"]) == ("application/json", "no-cache")


async def test_a_view_is_the_document_that_views_are(web: httpx.AsyncClient, answerer: Answerer) -> None:
    answerer.answer = VIEW
    found = await web.get(f"/v1/history/views/{NAME}?as_of=e1.9&epoch=e1")
    assert answerer.asked == [q.ViewAsOf(view=NAME, when="e1.9", epoch="e1")]
    view = View(NAME)
    for key, row in ROWS.items():
        view.put(key, row, 0)
    assert found.json() == {
        "view": NAME,
        "hash": view.hash,
        "rows": {key: msgspec.to_builtins(row) for key, row in ROWS.items()},
        "meta": {
            "epoch": "e1",
            "sequence": 3,
            "cut": 7,
            "rows": {
                "@": {"revision": 2, "because": ["a/s/2"]},
                "101": {"revision": 4, "because": ["a/s/1", "a/s/3"]},
            },
        },
    }
    assert {name: found.headers[name] for name in found.headers if name.startswith("podium-")} == {
        "podium-epoch": "e1",
        "podium-cut": "9",
        "podium-sequence": "3",
        "podium-changed": "7",
    }


async def test_a_view_that_there_was_not_is_not_known(web: httpx.AsyncClient, answerer: Answerer) -> None:
    answerer.answer = q.ViewAnswer("e1", 9, NAME, 0, 0, 0, {})
    found = await web.get(f"/v1/history/views/{NAME}")
    error = {"code": "not_known", "message": "there was no such view then", "at": "as_of", "retry": False}
    assert (found.status_code, found.json()) == (404, {"error": error})


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (HistoryDown("here", "no historian is running"), 503),
        (HistoryRefused("here", "not_known", "as of soon: when?", retry=False), 404),
        (HistoryRefused("here", "no_history", "here: it holds nothing of epoch e9", retry=False), 404),
        (HistoryRefused("here", "bad_question", "what?", retry=False), 400),
        (HistoryRefused("here", "history_failed", "too much", retry=True), 503),
    ],
)
async def test_what_cannot_be_answered_has_the_shape_of_all_errors(
    web: httpx.AsyncClient, answerer: Answerer, error: HistoryError, status: int
) -> None:
    answerer.error = error
    for path in ("medals", f"views/{NAME}"):
        found = await web.get(f"/v1/history/{path}")
        detail = {"code": error.code, "message": str(error), "at": "", "retry": error.retry}
        assert (found.status_code, found.json()) == (status, {"error": detail})
    assert (await web.get("/v1/views/medals/table")).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("rows/luck/table?key=AAA", 404, "unknown_view"),
        ("views/luck/table", 404, "unknown_view"),
        ("changes?since=1&match=luck/*", 400, "unknown_view"),
        ("changes?since=1&match=a//b", 400, "bad_pattern"),
        ("changes?since=1&limit=0", 400, "bad_parameter"),
        ("changes", 400, "bad_request"),
        ("rows/medals/table", 400, "bad_request"),
    ],
)
async def test_what_is_wrong_is_not_asked(
    web: httpx.AsyncClient, answerer: Answerer, path: str, status: int, code: str
) -> None:
    found = await web.get(f"/v1/history/{path}")
    assert (found.status_code, found.json()["error"]["code"], answerer.asked) == (status, code, [])


async def test_the_openapi_document_names_the_routes_and_their_answers(web: httpx.AsyncClient) -> None:
    document = (await web.get("/v1/openapi.json")).json()
    routes = {
        path.removeprefix("/v1/history/"): route["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        for path, route in document["paths"].items()
        if path.startswith("/v1/history/")
    }
    assert {path: schema["$ref"].rpartition("/")[2] for path, schema in routes.items()} == {
        "rows/{path}": "RevisionsAnswer",
        "views/{path}": "ViewDocument",
        "changes": "ChangesAnswer",
        "corrections": "CorrectionsAnswer",
        "latency": "LatencyAnswer",
        "medals": "MedalDaysAnswer",
        "status": "Progress",
    }
    schemas = document["components"]["schemas"]
    assert schemas["Revision"]["properties"].keys() == set(q.Revision.__struct_fields__)
    text = msgspec.json.encode(document).decode()
    assert {one.partition('"')[0] for one in text.split('"$ref":"#/components/schemas/')[1:]} <= schemas.keys()


async def test_without_a_history_there_are_no_such_routes() -> None:
    transport = httpx.ASGITransport(cast("Any", build(small_games()).app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
        assert (await client.get("/v1/history/medals")).status_code == 404


def test_a_view_is_rebuilt_as_a_host_holds_it() -> None:
    view = view_of(VIEW)
    assert (view.name, view.rows, view.revisions) == (NAME, ROWS, {"@": 2, "101": 4})
    assert (view.sequence, view.cut, view.time) == (3, 7, 5_000_000)
    of = held_in(VIEW)
    assert (of(NAME, "101").row, of(NAME, "101").revision, of(NAME, "101").because) == (
        ROWS["101"],
        4,
        ("a/s/1", "a/s/3"),
    )
    assert of(NAME, "102").row is None
    table = medals("AAA", 1, 2, 0)
    answer = q.ViewAnswer("e1", 9, "medals/table", 1, 1, 1, {"AAA": held(table, 1)})
    assert view_of(answer).rows == {"AAA": table}
