"""The views over HTTP, on a real server."""

from __future__ import annotations

import base64
import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx
import msgspec
import pytest
from lxml import etree

import schemas
from engine.raw import Raw, link
from engine.views import encode_row
from feeds.server import Edge, build, running
from schemas.views import MedalTableRow
from tests.feeds.client import hash_of
from tests.feeds.fake_source import FakeSource
from tests.feeds.games import UNIT, medals, small_games

PLAIN = {"Accept-Encoding": "identity"}
TABLE = "/v1/views/medals/table"
SCHEMA = etree.XMLSchema(etree.parse(Path(schemas.__file__).parent / "published" / "podium-odf.xsd"))


def in_process(edge: Edge) -> httpx.ASGITransport:
    return httpx.ASGITransport(cast("Any", edge.app), raise_app_exceptions=False)


@pytest.fixture
def source() -> FakeSource:
    return small_games()


@pytest.fixture
def edge(source: FakeSource, tmp_path: Path) -> Edge:
    (tmp_path / "index.html").write_text("<h1>Medals</h1>")
    (tmp_path / "app.js").write_text("export {};\n" * 100)
    return build(source, page=tmp_path)


@pytest.fixture
async def web(edge: Edge) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a socket between."""
    async with httpx.AsyncClient(transport=in_process(edge), base_url="http://edge", headers=PLAIN) as client:
        yield client


@pytest.fixture
async def wire(edge: Edge) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server on a port."""
    async with (
        running(edge) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=PLAIN) as client,
    ):
        yield client


async def test_a_view_is_a_function_of_its_content(web: httpx.AsyncClient, source: FakeSource) -> None:
    view = source.views["medals/table"]
    first = await web.get(TABLE)
    document = first.json()
    assert document == {
        "view": "medals/table",
        "hash": view.hash,
        "rows": {key: msgspec.json.decode(encode_row(view.rows[key])) for key in sorted(view.rows)},
    }
    assert hash_of("medals/table", document["rows"]) == document["hash"]
    assert first.headers["ETag"] == f'"{view.hash}.json"'
    source.put(("medals/table", "CCC", MedalTableRow(organisation="CCC")))
    changed = await web.get(TABLE)
    assert changed.headers["ETag"] != first.headers["ETag"]
    source.put(("medals/table", "CCC", None))
    again = await web.get(TABLE)
    assert (again.content, again.headers["ETag"]) == (first.content, first.headers["ETag"])
    assert again.headers["Podium-Sequence"] == "3"


async def test_two_replicas_give_the_same_bytes_and_tags(web: httpx.AsyncClient) -> None:
    async with httpx.AsyncClient(transport=in_process(build(small_games())), base_url="http://other") as second:
        for path in (TABLE, f"/v1/views/result/{UNIT}", f"{TABLE}?names=true", f"{TABLE}.xml"):
            for encoding in ("gzip", "identity"):
                one = await web.get(path, headers={"Accept-Encoding": encoding})
                two = await second.get(path, headers={"Accept-Encoding": encoding})
                assert (one.status_code, one.content, one.headers["ETag"]) == (200, two.content, two.headers["ETag"])


async def test_what_is_outside_content_is_in_headers(web: httpx.AsyncClient) -> None:
    headers = (await web.get(TABLE)).headers
    assert {name: headers[name] for name in headers if name.startswith("podium-")} == {
        "podium-mode": "live",
        "podium-epoch": "e1",
        "podium-cut": "3",
        "podium-changed": "3",
        "podium-sequence": "1",
    }
    assert headers["Cache-Control"] == "public, max-age=1, stale-while-revalidate=5, stale-if-error=600"
    assert headers["Vary"] == "Accept, Accept-Encoding"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", [TABLE, f"{TABLE}.xml", f"{TABLE}?names=true", "/v1/views", "/", "/app.js"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_who_holds_it_gets_304_and_no_body(wire: httpx.AsyncClient, path: str, encoding: str) -> None:
    first = await wire.get(path, headers={"Accept-Encoding": encoding})
    tag = first.headers["ETag"]
    for held in (tag, "*", f'"x", {tag}', f"W/{tag}"):
        again = await wire.get(path, headers={"Accept-Encoding": encoding, "If-None-Match": held})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert again.headers["Vary"] == first.headers["Vary"]
    other = await wire.get(path, headers={"Accept-Encoding": encoding, "If-None-Match": '"x"'})
    assert (other.status_code, other.content) == (200, first.content)


async def test_a_change_is_seen_at_once(wire: httpx.AsyncClient, source: FakeSource) -> None:
    tag = (await wire.get(TABLE)).headers["ETag"]
    source.put(("medals/table", "BBB", medals("BBB", 1, 3, 0)))
    answer = await wire.get(TABLE, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.json()["rows"]["BBB"]["gold"]) == (200, 3)


async def test_compressed_once_and_equal_to_what_is_not(wire: httpx.AsyncClient, source: FakeSource) -> None:
    source.put(*(("medals/table", f"O{n:03}", medals(f"O{n:03}", n, n, 0)) for n in range(1, 900)))
    plain = await wire.get(TABLE)
    async with wire.stream("GET", TABLE, headers={"Accept-Encoding": "gzip"}) as packed:
        raw = b"".join([part async for part in packed.aiter_raw()])
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert packed.headers["ETag"] == plain.headers["ETag"].replace('.json"', '.json.gzip"')


async def test_names_are_joined_on_request(web: httpx.AsyncClient, source: FakeSource) -> None:
    answer = await web.get(f"/v1/views/medallists/{UNIT[:22] + '-' * 12}", params={"names": "true"})
    assert answer.json()["names"] == {
        "101": "EXAMPLE Ada",
        "103": "ÉTÉ Çelik",
        "ATHM100M--------------------------": "Men's 100 m",
        UNIT: "Men's 100 m final",
    }


async def test_meta_say_what_changed_a_row(web: httpx.AsyncClient, source: FakeSource) -> None:
    source.put(("medals/table", "BBB", medals("BBB", 1, 3, 0), 5), because=["hall/1/77"])
    meta = (await web.get(TABLE, params={"meta": "true"})).json()["meta"]
    assert meta == {
        "epoch": "e1",
        "sequence": 2,
        "cut": 4,
        "rows": {"AAA": {}, "BBB": {"revision": 5, "because": ["hall/1/77"]}},
    }


async def test_as_known_at(web: httpx.AsyncClient, source: FakeSource) -> None:
    before = (await web.get(TABLE)).content
    source.put(("medals/table", "BBB", None))
    now = await web.get(TABLE)
    assert now.content != before
    pinned = await web.get(f"{TABLE}@e1.3")
    assert (pinned.content, pinned.headers["Cache-Control"]) == (before, "public, max-age=31536000, immutable")
    assert pinned.headers["Podium-Cut"] == "3"
    asked = await web.get(TABLE, params={"as_of": "e1.3"})
    assert (asked.content, asked.headers["ETag"]) == (before, pinned.headers["ETag"])
    assert (await web.get(f"{TABLE}@e1.4")).content == now.content
    named = await web.get(f"{TABLE}@e1.3", params={"names": "true"})
    assert "immutable" not in named.headers["Cache-Control"]  # names are those of now


async def test_views_of_one_cut_agree(web: httpx.AsyncClient, source: FakeSource) -> None:
    cut = (await web.get(TABLE)).headers["Podium-Cut"]
    source.put(("medals/table", "BBB", None))
    table = (await web.get(f"{TABLE}@e1.{cut}")).json()["rows"]
    discipline = (await web.get(f"/v1/views/medals/discipline/ATH@e1.{cut}")).json()["rows"]
    assert table["AAA"] == discipline["AAA"]


@pytest.mark.parametrize(
    ("path", "headers", "as_xml"),
    [
        (TABLE, {}, False),
        (f"{TABLE}.json", {"Accept": "application/xml"}, False),
        (f"{TABLE}?format=json", {"Accept": "application/xml"}, False),
        (TABLE, {"Accept": "application/xml"}, True),
        (f"{TABLE}.xml", {}, True),
        (f"{TABLE}?format=xml", {}, True),
        (f"{TABLE}@e1.3.xml", {}, True),
    ],
)
async def test_the_format(web: httpx.AsyncClient, path: str, headers: dict[str, str], as_xml: bool) -> None:
    answer = await web.get(path, headers=headers)
    assert answer.status_code == 200
    if as_xml:
        assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
        SCHEMA.assertValid(etree.fromstring(answer.content))
    else:
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.json()["view"] == "medals/table"


async def test_the_list_of_views(web: httpx.AsyncClient, source: FakeSource) -> None:
    everything = (await web.get("/v1/views")).json()
    assert [entry["view"] for entry in everything["views"]] == source.views.names()
    some = await web.get("/v1/views", params={"match": ["medals/**", "venues"]})
    assert [entry["view"] for entry in some.json()["views"]] == [
        "medals/day/2030-03-17",
        "medals/discipline/ATH",
        "medals/table",
    ]
    assert some.json()["views"][2] == {"view": "medals/table", "sequence": 1, "cut": 3}


@pytest.mark.parametrize("data", [b'{"kind":"mark"}', b"\xff\x00"])
async def test_a_raw_message(web: httpx.AsyncClient, source: FakeSource, data: bytes) -> None:
    chain = link(b"\0" * 16, "hall", "S1", 7, data)
    source.raws["hall/S1/7"] = Raw("hall", "S1", 7, 1000, 2000, data, chain, 3)
    answer = await web.get("/v1/raw/hall/S1/7")
    body = answer.json()
    assert base64.b64decode(body["data"]) == data
    assert (body["name"], body["serial"], body["chain"]) == ("hall/S1/7", 7, chain.hex())
    assert body["text"] == ('{"kind":"mark"}' if data[0] == 0x7B else None)
    assert "immutable" in answer.headers["Cache-Control"]


async def test_the_status(web: httpx.AsyncClient, source: FakeSource) -> None:
    source.fresh = {"STA": 1_900_000_000_000}
    body = (await web.get("/v1/status")).json()
    assert {key: body[key] for key in ("epoch", "mode", "cut", "freshness", "connections")} == {
        "epoch": "e1",
        "mode": "live",
        "cut": 3,
        "freshness": {"STA": 1_900_000_000_000},
        "connections": 0,
    }


WRONG: list[tuple[str, str, dict[str, str], int, str, str, bool]] = [
    ("GET", "/v1/views/medals/day/1999-01-01", {}, 404, "unknown_view", "medals/day/1999-01-01", True),
    ("GET", "/v1/views/medal/table", {}, 404, "unknown_view", "medal/table", False),
    ("GET", f"{TABLE}@e1", {}, 400, "bad_address", "@e1", False),
    ("GET", f"{TABLE}@e2.1", {}, 404, "not_known", "@e2.1", False),
    ("GET", f"{TABLE}@e1.99", {}, 404, "not_known", "@e1.99", False),
    ("GET", f"{TABLE}@e1.1", {}, 404, "not_known", "@e1.1", False),
    ("GET", f"{TABLE}?as_of=yesterday", {}, 404, "not_known", "as_of", False),
    ("GET", f"{TABLE}@e1.3?as_of=e1.3", {}, 400, "bad_parameter", "as_of", False),
    ("GET", f"{TABLE}?names=maybe", {}, 400, "bad_parameter", "names", False),
    ("GET", f"{TABLE}?format=yaml", {}, 404, "no_such_format", "format", False),
    ("GET", "/v1/views/organisations.xml", {}, 404, "no_such_format", "format", False),
    ("GET", TABLE, {"Accept": "image/png"}, 406, "not_acceptable", "Accept", False),
    ("GET", TABLE, {"If-None-Match": "x"}, 400, "bad_header", "If-None-Match", False),
    ("GET", "/v1/views?match=nope/**", {}, 400, "unknown_view", "match[0]", False),
    ("GET", "/v1/raw/hall/S1/8", {}, 404, "unknown_raw", "hall/S1/8", False),
    ("GET", "/v1/raw/hall", {}, 404, "unknown_raw", "hall", False),
    ("GET", "/v1/feed", {}, 426, "upgrade_required", "/v1/feed", False),
    ("GET", "/v1/nothing", {}, 404, "not_found", "/v1/nothing", False),
    ("GET", "/nothing.html", {}, 404, "not_found", "/nothing.html", False),
    ("GET", "/..%2f..%2fetc/passwd", {}, 404, "not_found", "/../../etc/passwd", False),
    ("POST", TABLE, {}, 405, "method_not_allowed", TABLE, False),
]


@pytest.mark.parametrize(("method", "path", "headers", "status", "code", "at", "retry"), WRONG)
async def test_one_shape_for_every_error(
    web: httpx.AsyncClient,
    method: str,
    path: str,
    headers: dict[str, str],
    status: int,
    code: str,
    at: str,
    retry: bool,
) -> None:
    answer = await web.request(method, path, headers=headers)
    error = answer.json()["error"]
    assert set(answer.json()) == {"error"}
    assert set(error) == {"code", "message", "at", "retry"}
    assert (answer.status_code, error["code"], error["at"], error["retry"]) == (status, code, at, retry)
    assert "Set-Cookie" not in answer.headers


async def test_a_failure_of_ours_has_the_same_shape_and_tells_nothing(
    web: httpx.AsyncClient, source: FakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> dict[str, int]:
        raise RuntimeError("secret")

    monkeypatch.setattr(source, "freshness", fail)
    answer = await web.get("/v1/status")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "failed")
    assert "secret" not in answer.text


async def test_head_is_get_without_a_body(wire: httpx.AsyncClient) -> None:
    head, get = await wire.head(TABLE), await wire.get(TABLE)
    assert head.content == b""
    assert head.headers["ETag"] == get.headers["ETag"]


async def test_the_page(web: httpx.AsyncClient, tmp_path: Path) -> None:
    page = await web.get("/")
    assert (page.text, page.headers["Content-Type"]) == ("<h1>Medals</h1>", "text/html; charset=utf-8")
    (tmp_path / "index.html").write_text("<h1>New</h1>")
    assert (await web.get("/")).text == "<h1>New</h1>"
    assert (await web.get("/app.js")).headers["Content-Type"].startswith("text/javascript")


async def test_the_openapi_document_names_every_route_and_row(web: httpx.AsyncClient) -> None:
    document: dict[str, Any] = (await web.get("/v1/openapi.json")).json()
    assert set(document["paths"]) == {"/v1/feed", "/v1/raw/{name}", "/v1/status", "/v1/views", "/v1/views/{path}"}
    schemas_ = document["components"]["schemas"]
    assert {"ViewDocument", "ResultRow", "MedalTableRow", "ErrorAnswer", "RawAnswer", "StatusAnswer"} <= set(schemas_)
    assert {"$ref": "#/components/schemas/MedalTableRow"} in schemas_["ViewDocument"]["properties"]["rows"][
        "additionalProperties"
    ]["anyOf"]
    text = msgspec.json.encode(document).decode()
    for reference in set(text.split('"$ref":"#/components/schemas/')[1:]):
        assert reference.partition('"')[0] in schemas_
