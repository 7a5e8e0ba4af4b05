"""A client of the people's API for operators at a terminal: commands in, records out, errors as sentences."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import httpx
import msgspec

from management.aggregates import AGGREGATES
from management.command import Tick
from podium.errors import OperatorError

__all__ = ["TOKEN", "URL", "Desk", "fields_of", "kinds_of", "read_fields", "rows_of"]

URL, TOKEN = "PODIUM_DESK_URL", "PODIUM_DESK_TOKEN"
PATIENCE = 30.0  # seconds
SHEET_PATIENCE = 600.0  # seconds: a sheet has up to 20,000 rows


def kinds_of(prefixes: Sequence[str]) -> Iterator[tuple[str, str, type[Any]]]:
    """Yield the commands of some aggregates: prefix, name and type, without those that are the system's."""
    for prefix in prefixes:
        for kind in AGGREGATES[prefix].command.__args__:
            if kind is not Tick:
                yield prefix, str(kind.__struct_config__.tag), kind


def fields_of(kind: type[Any]) -> str:
    """Return what a command takes, as it is typed; what may be left out in brackets."""
    found = [field for field in msgspec.structs.fields(kind) if field.name != "sealed"]
    return " ".join(f"{one.name}=" if one.required else f"[{one.name}=]" for one in found)


def read_fields(words: Sequence[str]) -> dict[str, Any]:
    """Return fields as typed, ``name=value``: a value is JSON where it is, and otherwise a text."""
    found: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise OperatorError(f"{word!r} is no field; write name=value")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found


def rows_of(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield what a record holds, a line a value, with the place of each."""
    if isinstance(value, Mapping) and value:
        for name, part in value.items():
            yield from rows_of(part, f"{place}.{name}" if place else str(name))
    elif isinstance(value, list) and any(isinstance(part, (dict, list)) for part in value):
        for number, part in enumerate(value):
            yield from rows_of(part, f"{place}[{number}]")
    elif value not in ({}, [], "", None):
        yield place, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class Desk:
    """The API as an operator uses it."""

    def __init__(self, url: str | None, environment: Mapping[str, str] = os.environ) -> None:
        """Take where it is; who asks is in the environment, as what is typed is seen by others."""
        self._url = url or environment.get(URL, "")
        token = environment.get(TOKEN, "")
        if not self._url or not token:
            raise OperatorError(f"where is the API, and who asks? --to URL or {URL}, and a token in {TOKEN}")
        self._headers = {"Authorization": f"Bearer {token}"}

    def give(self, key: str, command: dict[str, Any], personal: Path | None, expected: int | None) -> dict[str, Any]:
        """Give a command and return its outcome; raises ``OperatorError`` with the reason where it was refused."""
        wish: dict[str, Any] = {"id": str(uuid4()), "key": key, "command": command, "expected": expected}
        if personal is not None:
            try:
                wish["personal"] = json.loads(personal.read_text())
            except (ValueError, UnicodeDecodeError) as error:
                raise OperatorError(f"{personal}: not JSON: {error}") from None
        return self._ask("POST", "/v1/commands", wish)

    def show(self, key: str) -> dict[str, Any]:
        """Return a record; raises ``OperatorError`` where there is none for who asks."""
        return self._ask("GET", f"/v1/records/{key}")

    def hand_in(self, kind: str, data: bytes, **query: str) -> dict[str, Any]:
        """Import a sheet, or have it checked, and return the report; raises ``OperatorError`` where it is none."""
        return self._ask("POST", f"/v1/sheets/{quote(kind)}?{urlencode(query)}", data=data)

    def fetch(self, kind: str, **query: str) -> bytes:
        """Return a sheet that is given out; raises ``OperatorError`` with the reason where it is not."""
        url = f"{self._url.rstrip('/')}/v1/sheets/{quote(kind)}?{urlencode(query)}"
        try:
            answer = httpx.get(url, headers=self._headers, timeout=SHEET_PATIENCE)
            if answer.status_code != 200:
                raise OperatorError(_sentence(answer.json().get("error") or {}))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise OperatorError(f"{self._url} does not answer: {error or type(error).__name__}") from error
        return answer.content

    def _ask(self, method: str, path: str, body: Any = None, data: bytes | None = None) -> dict[str, Any]:
        try:
            url = self._url.rstrip("/") + path
            patience = PATIENCE if data is None else SHEET_PATIENCE
            answer = httpx.request(method, url, json=body, content=data, headers=self._headers, timeout=patience)
            said: dict[str, Any] = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise OperatorError(f"{self._url} does not answer: {error or type(error).__name__}") from error
        except ValueError:
            raise OperatorError(f"{self._url} answers {answer.status_code}, and is no API of the people side") from None
        if answer.status_code != 200:
            raise OperatorError(_sentence(said.get("error") or {}))
        return said


def _sentence(error: Mapping[str, Any]) -> str:
    about = ", ".join(f"{name} {value}" for name, value in (error.get("about") or {}).items())
    where = f" [{error['at']}]" if error.get("at") else ""
    again = "; try again" if error.get("retry") else ""
    return f"{error.get('code', 'failed')}: {error.get('message', '')}{f' ({about})' if about else ''}{where}{again}"
