"""The gateway with its doors over a log of its own, and no folds: what is durable per second, and how soon."""

from __future__ import annotations

import asyncio
import gc
import sys
from contextlib import suppress
from pathlib import Path

import uvicorn
import uvloop
from litestar import Litestar

from bench.games import wall_clock
from bench.servers.process import announce, until_closed
from engine.gateway import Gateway
from engine.http_door import http_door
from engine.sqlite_log import SqliteLog
from engine.tcp_door import open_tcp_door

__all__ = ["serve"]


async def serve(path: Path) -> None:
    """Serve until the standard input is closed."""
    log = SqliteLog.open(path)
    gateway = Gateway(log, wall_clock)
    door = await open_tcp_door(gateway)
    app = Litestar([http_door(gateway)], logging_config=None)
    config = uvicorn.Config(app, host="127.0.0.1", port=0, http="httptools", log_level="warning", access_log=False)
    web = uvicorn.Server(config)
    task = asyncio.create_task(web.serve())
    while not web.started:  # noqa: ASYNC110 - it has no event for it
        await asyncio.sleep(0.01)
    gc.collect()
    gc.freeze()
    announce(lines=door.port, http=web.servers[0].sockets[0].getsockname()[1])
    await until_closed()
    web.should_exit = True
    with suppress(TimeoutError):
        await asyncio.wait_for(task, 3)
    await door.close()
    await gateway.close()
    await log.close()


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1])))
