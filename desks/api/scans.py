"""Scans of gates come in: batches that their scanners have signed, which is all that has to be known of who sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Request, Response, Router, post
from litestar.di import NamedDependency, Provide

from desks.api.answers import PRIVATE
from desks.api.caller import open_to_all
from desks.errors import BatchRefused, Turned
from desks.scan_intake import ScanIntake
from desks.shared_intake import SharedIntake
from management.soc_signs import ScansTurned, Sign

__all__ = ["router"]

LARGEST = 16 << 20  # bytes of a batch
STATUSES = {"MALFORMED": 400, "UNKNOWN_DEVICE": 403, "WRONG_GAMES": 409, "GAP": 409, "FORK": 409}


class TakenAnswer(msgspec.Struct, frozen=True):
    """What became of a batch: the scanner may forget its scans up to ``last``."""

    device: str
    last: int
    stored: int
    repeated: int


class Gates:
    """The collector, and who hears of what it does not take."""

    def __init__(self, intake: ScanIntake | SharedIntake, tell: Callable[[Sign], None]) -> None:
        self._intake, self._tell = intake, tell

    async def take(self, data: bytes) -> TakenAnswer:
        """Take a batch; raises ``Turned``."""
        try:
            taken = await self._intake.take(data)
        except BatchRefused as error:
            self._tell(ScansTurned(error.device, error.code))
            raise Turned(STATUSES[error.code], error.code, error.reason) from error
        return TakenAnswer(taken.device, taken.last, taken.stored, taken.repeated)


@post(
    "/scans",
    status_code=200,
    summary="Hand in a batch of scans",
    description="Bytes that the scanner has signed (COSE_Sign1). The same again is taken once.",
    opt=open_to_all,
    request_max_body_size=LARGEST,
)
async def hand_in(request: Request[Any, Any, Any], gates: NamedDependency[Gates]) -> Response[TakenAnswer]:
    return Response(await gates.take(await request.body()), headers=PRIVATE)


def router(intake: ScanIntake | SharedIntake, tell: Callable[[Sign], None]) -> Router:
    """Return the route under ``/v1``."""
    gates = Gates(intake, tell)

    async def the_gates() -> Gates:
        return gates

    return Router("/v1", route_handlers=[hand_in], dependencies={"gates": Provide(the_gates)}, tags=["Scanners"])
