"""A gateway to be killed: ``gateway_process.py LOG TCP-PORT HTTP-PORT``; prints a line when both doors are open."""

from __future__ import annotations

import asyncio
import sys
import time

import uvicorn
from litestar import Litestar

from engine.gateway import Gateway
from engine.http_door import http_door
from engine.sqlite_log import SqliteLog
from engine.tcp_door import open_tcp_door
from podium.log_lines import set_up


async def main(path: str, tcp_port: int, http_port: int) -> None:
    """Serve until killed."""
    set_up(level="warning")  # on standard error: the output says one thing
    gateway = Gateway(SqliteLog.open(path), lambda: time.time_ns() // 1000)
    await open_tcp_door(gateway, port=tcp_port)
    config = uvicorn.Config(
        Litestar([http_door(gateway)]), host="127.0.0.1", port=http_port, log_level="error", lifespan="off", ws="none"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    print("open", flush=True)
    await asyncio.gather(serving, gateway.run())


asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
