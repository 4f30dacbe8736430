"""The outermost layer: a request id in and out, what the request cost, one line in the access log."""

import re
import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stoa.shared.ids import new_id
from stoa.shared.measure import start_measuring

log = structlog.get_logger("stoa.access")
_ASKED_BY_MACHINES = {"/healthz", "/readyz"}
_ACCEPTED_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")


class RequestContext:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        cost = start_measuring()
        request_id = _request_id(scope)
        scope["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)  # what is logged or recorded on the way
        status = 0

        async def send_with_context(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                milliseconds = (time.perf_counter() - started) * 1000
                timing = (
                    f'app;dur={milliseconds:.1f}, db;dur={cost.seconds * 1000:.1f};desc="{cost.statements} statements"'
                )
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", request_id.encode()),
                    (b"server-timing", timing.encode()),
                ]
            await send(message)

        try:
            await self._app(scope, receive, send_with_context)
        finally:
            tell = log.debug if scope["path"] in _ASKED_BY_MACHINES and status == 200 else log.info
            tell(
                "request",
                request_id=request_id,
                method=scope["method"],
                path=scope["path"],
                status=status,
                ms=round((time.perf_counter() - started) * 1000, 2),
                statements=cost.statements,
            )


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _ACCEPTED_ID.fullmatch(value):
            return str(value.decode())
    return new_id().hex
