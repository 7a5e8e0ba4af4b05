"""Log lines: one an event, readable by machines, with the venue and without secrets."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from podium.log_lines import set_up


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave logging as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_is_json_with_the_venue_of_its_source(out: io.StringIO) -> None:
    set_up("json", stream=out)
    structlog.get_logger().warning("refused", source="HAL.SWM.timing", place="HAL.SWM.timing/s/1", serial=1)
    structlog.get_logger().info("source_silent", source="central")
    first, second = lines(out)
    assert list(first) == ["time", "level", "event", "venue", "source", "place", "serial"]
    assert first | {"time": ""} == {
        "time": "",
        "level": "warning",
        "event": "refused",
        "venue": "HAL",
        "source": "HAL.SWM.timing",
        "place": "HAL.SWM.timing/s/1",
        "serial": 1,
    }
    assert list(second) == ["time", "level", "event", "source"]


@pytest.mark.parametrize(
    "name", ["token", "api_token", "client_secret", "password", "Authorization", "key", "feed_key"]
)
@pytest.mark.parametrize("form", ["json", "text"])
def test_a_secret_is_never_written(out: io.StringIO, name: str, form: str) -> None:
    set_up(form, stream=out)
    structlog.get_logger().info("x", **{name: "hunter2", "url": "https://me:hunter2@host/path", "keyed": "shown"})
    logging.getLogger("somebody").warning("y", extra={name: "hunter2"})
    assert "hunter2" not in out.getvalue()
    assert out.getvalue().count("***") == 3
    assert "@host/path" in out.getvalue()
    assert "shown" in out.getvalue()


def test_a_failure_is_one_line_with_where_it_was(out: io.StringIO) -> None:
    set_up("json", stream=out)
    try:
        raise ValueError("no such thing")
    except ValueError:
        structlog.get_logger().exception("work_failed", work="the folding")
    (line,) = lines(out)
    assert (line["level"], line["work"]) == ("error", "the folding")
    assert line["exception"].endswith("ValueError: no such thing")
    assert "test_log_lines.py" in line["exception"]


def test_the_libraries_lines_come_the_same_way_and_only_the_serious_ones(out: io.StringIO) -> None:
    set_up("json", "debug", stream=out)
    logging.getLogger("asyncio").error("Task was %s", "lost")
    logging.getLogger("uvicorn.error").info("Started server")
    logging.getLogger("websockets.server").info("connection open")
    logging.getLogger("websockets.server").error("opening handshake failed")
    assert [line["event"] for line in lines(out)] == ["Task was lost", "opening handshake failed"]


def test_what_is_below_the_level_is_not_written(out: io.StringIO) -> None:
    set_up("json", "warning", stream=out)
    structlog.get_logger().info("a")
    structlog.get_logger().warning("b")
    assert [line["event"] for line in lines(out)] == ["b"]


def test_a_terminal_gets_text_unless_it_is_told_otherwise() -> None:
    for form, is_json in (("auto", False), ("text", False), ("json", True)):
        out = Terminal()
        set_up(form, stream=out)
        structlog.get_logger().info("serving", position=5)
        assert out.getvalue().startswith("{") is is_json, form


def test_elsewhere_it_gets_json(out: io.StringIO) -> None:
    set_up("auto", stream=out)
    structlog.get_logger().info("serving")
    assert [line["event"] for line in lines(out)] == ["serving"]


def test_what_is_no_json_is_written_as_it_says_of_itself(out: io.StringIO) -> None:
    set_up("json", stream=out)
    structlog.get_logger().info("x", path=ValueError("odd"))
    assert lines(out)[0]["path"] == "odd"
