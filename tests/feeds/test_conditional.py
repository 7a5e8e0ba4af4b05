"""If-None-Match, Accept and Accept-Encoding."""

from __future__ import annotations

import pytest

from feeds.conditional import is_held
from feeds.errors import Refused
from feeds.negotiation import accepts_gzip, choose


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, False),
        ("*", True),
        (' "a.json" ', True),
        ('W/"a.json"', True),
        ('"b.json", W/"a.json"', True),
        ('"b,c", "a.json"', True),
        ('"b.json","c.json"', False),
        ('"a.json.gzip"', False),
        ("", False),
    ],
)
def test_who_holds_it(header: str | None, expected: bool) -> None:
    assert is_held(header, '"a.json"') is expected


@pytest.mark.parametrize("header", ["a.json", '"a.json', '*, "a.json"', '"b" "a.json"'])
def test_what_is_no_list_of_tags(header: str) -> None:
    with pytest.raises(Refused) as refused:
        is_held(header, '"a.json"')
    assert (refused.value.code, refused.value.at) == ("bad_header", "If-None-Match")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "json"),
        ("*/*", "json"),
        ("application/xml", "xml"),
        ("text/xml;q=0.9, application/json;q=0.1", "xml"),
        ("application/json;q=0, */*", "xml"),
        ("text/html, application/xml;q=0.9, */*;q=0.8", "xml"),
        ("application/*", "json"),
    ],
)
def test_which_format(accept: str | None, expected: str) -> None:
    assert choose(("json", "xml"), accept=accept) == expected


def test_a_name_wins_over_accept() -> None:
    assert choose(("json", "xml"), named="json", accept="application/xml") == "json"


@pytest.mark.parametrize(
    ("offered", "named", "accept", "status"),
    [(("json",), "xml", None, 404), (("json",), "", "application/xml", 406), (("json",), "", "image/png;q=x", 406)],
)
def test_what_is_not_offered(offered: tuple[str, ...], named: str, accept: str | None, status: int) -> None:
    with pytest.raises(Refused) as refused:
        choose(offered, named=named, accept=accept)
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("header", "expected"),
    [(None, False), ("", False), ("br", False), ("gzip, br", True), ("gzip;q=0", False), ("*", True)],
)
def test_gzip(header: str | None, expected: bool) -> None:
    assert accepts_gzip(header) is expected
