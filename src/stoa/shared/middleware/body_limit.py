"""No request body over the limit, neither announced nor sent, and none that trickles in for ever."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stoa.shared.errors import MalformedInput, StoaError, TooLarge
from stoa.shared.problems import send_problem


class BodyTooSlow(StoaError):
    status = 408
    code = "body-too-slow"
    title = "The request took too long to arrive"


class BodyLimit:
    """Faults met while the route reads the body rise through the route and become problem documents there."""

    def __init__(self, app: ASGIApp, *, limit: int, seconds: float) -> None:
        self._app = app
        self._limit = limit
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        fault = self._announced_fault(scope)
        if fault is not None:
            await send_problem(scope, receive, send, fault)
            return
        await self._app(scope, self._limited(receive), send)

    def _announced_fault(self, scope: Scope) -> StoaError | None:
        lengths = [value for name, value in scope["headers"] if name == b"content-length"]
        if not lengths:
            return None
        if len(lengths) > 1 or not lengths[0].isdigit():
            return MalformedInput("The header Content-Length is not one whole number.")
        return self._too_large() if int(lengths[0][:20]) > self._limit else None

    def _limited(self, receive: Receive) -> Receive:
        received = 0
        complete = False
        deadline = asyncio.get_running_loop().time() + self._seconds

        async def receive_limited() -> Message:
            nonlocal received, complete
            if complete:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise BodyTooSlow(f"The body did not arrive within {self._seconds:.0f} seconds.") from None
            received += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if received > self._limit:
                raise self._too_large()
            return message

        return receive_limited

    def _too_large(self) -> TooLarge:
        return TooLarge(f"The body may have at most {self._limit} bytes.")
