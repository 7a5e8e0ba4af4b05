"""A ClickHouse server for tests: its HTTP dialogue, over the engine in this process.

What it is asked runs in chDB, so that inserts are really read and queries really answered; and it does as told what a
server and its network do on a bad day. It keeps what it was asked.
"""

from __future__ import annotations

import json
import re
import socket
import tempfile
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import chdb
import lz4.frame  # type: ignore[import-untyped]

SETTING = re.compile(r"[a-z_]+")
TRANSPORT = {"database", "query_id", "wait_end_of_query", "client_protocol_version", "enable_http_compression"}
TRANSPORT |= {"send_progress_in_http_headers", "http_headers_progress_interval_ms", "compress", "session_id"}


class Asked(NamedTuple):
    """One request."""

    statement: str  # without the rows of an insert
    parameters: dict[str, str]  # of the address
    headers: dict[str, str]


class Trouble(NamedTuple):
    """What goes wrong, once, with the next statement that matches."""

    pattern: str
    kind: str  # "refuse": an error and nothing done; "lose": done, and the connection is cut before the answer


class ClickHouseServer:
    """Answers on a port until closed; may go down and come back on the same one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._connection = chdb.connect(str(folder))  # type: ignore[no-untyped-call]
        self._turn = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self.asked: list[Asked] = []
        self.troubles: list[Trouble] = []
        self.running: list[int] = []  # how many inserts it says are under way, each time that it is asked
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.start()

    @property
    def url(self) -> str:
        return f"http://games:pa55@127.0.0.1:{self.port}/games"

    def start(self) -> None:
        """Listen."""
        asked = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                asked.answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

            def process_request(self, request: Any, client_address: Any) -> None:
                connections.append(request)
                super().process_request(request, client_address)

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # who asked has gone, or we have

        connections: list[socket.socket] = []
        self._connections = connections
        self._server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Go down: whoever is connected is cut off."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.stop()
        with self._turn:
            self._connection.close()

    def statements(self, pattern: str) -> list[str]:
        """Return what was asked that matches."""
        return [asked.statement for asked in self.asked if re.search(pattern, asked.statement)]

    # -- one request ---------------------------------------------------------------------------------------------

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer a request, in its own thread."""
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0)) or _chunks(request)
        if request.headers.get("Content-Encoding") == "lz4":
            body = lz4.frame.decompress(body)
        parameters = dict(parse_qsl(urlsplit(request.path).query, keep_blank_values=True))
        statement, rows = _split(body)
        self.asked.append(Asked(statement, parameters, dict(request.headers)))
        trouble = self._trouble(statement)
        if trouble and trouble.kind == "refuse":
            _send(
                request,
                500,
                b"Code: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)",
                {"X-ClickHouse-Exception-Code": "241"},
            )
            return
        try:
            with self._turn:
                answer, form = self._run(statement, rows, parameters)
        except RuntimeError as error:
            text = str(error)
            code = re.search(r"Code: (\d+)", text)
            _send(request, 500, text.encode(), {"X-ClickHouse-Exception-Code": code[1] if code else "1"})
            return
        if trouble:
            request.close_connection = True
            request.connection.shutdown(socket.SHUT_RDWR)
            return
        _send(request, 200, answer, {"X-ClickHouse-Format": form, "X-ClickHouse-Timezone": "UTC"} if form else {})

    def _trouble(self, statement: str) -> Trouble | None:
        for trouble in self.troubles:
            if re.search(trouble.pattern, statement):
                self.troubles.remove(trouble)
                return trouble
        return None

    def _run(self, statement: str, rows: bytes, parameters: dict[str, str]) -> tuple[bytes, str]:
        if "system.processes" in statement and self.running:
            statement = re.sub(
                r"SELECT count\(\).*?(?=FORMAT|$)", f"SELECT {self.running.pop(0)}::UInt64 ", statement, flags=re.S
            )
        bound = {name[6:]: value for name, value in parameters.items() if name.startswith("param_")}
        settings = {
            k: v for k, v in parameters.items() if SETTING.fullmatch(k) and k not in TRANSPORT and k[:6] != "param_"
        }
        self._connection.query(f"USE {parameters.get('database') or 'default'}", "TabSeparated")
        if statement.startswith("INSERT"):
            with tempfile.NamedTemporaryFile(suffix=".native") as file:
                file.write(rows)
                file.flush()
                said = ", ".join(f"{name} = '{value}'" for name, value in settings.items())
                text = statement.replace("FORMAT Native", f"FROM INFILE '{file.name}' SETTINGS {said} FORMAT Native")
                self._connection.query(text, "TabSeparated")
            return b"", ""
        form = (re.findall(r"FORMAT (\w+)\s*$", statement) or ["TabSeparated"])[0]
        shows = re.match(r"\s*(SELECT|WITH|DESCRIBE|SHOW)", statement)
        return bytes(self._connection.query(statement, form, params=bound).bytes() or b""), form if shows else ""


def _chunks(request: BaseHTTPRequestHandler) -> bytes:
    """Return a body that came in chunks."""
    body = b""
    if request.headers.get("Transfer-Encoding") == "chunked":
        while size := int(request.rfile.readline(), 16):
            body += request.rfile.read(size)
            request.rfile.readline()
        request.rfile.readline()
    return body


def _split(body: bytes) -> tuple[str, bytes]:
    if body.startswith(b"INSERT"):
        statement, _, rows = body.partition(b"FORMAT Native\n")
        return statement.decode() + "FORMAT Native", rows
    return body.decode(), b""


def _send(request: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]) -> None:
    request.send_response(status)
    for name, value in (headers | {"Content-Length": str(len(body)), "X-ClickHouse-Summary": json.dumps({})}).items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)
