"""No request body over the limit, neither announced nor sent, and none that trickles in for ever."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stoa.shared.errors import MalformedInput, StoaError, TooLarge

SLOWEST = 256 * 1024  # bytes a second; an upload may take longer than other bodies
Answer = Callable[[Request, Exception], Awaitable[Response]]


class BodyTooSlow(StoaError):
    status = 408
    code = "body-too-slow"
    title = "The request took too long to arrive"


class BodyLimit:
    """Faults met while the route reads the body rise through the route; those met before are given to `answer`.

    `uploads` are the paths that take more, with their limits; one that ends in `/` is every path right below it.
    """

    def __init__(
        self, app: ASGIApp, *, answer: Answer, limit: int, seconds: float, uploads: Mapping[str, int] | None = None
    ) -> None:
        self._app = app
        self._answer = answer
        self._limit = limit
        self._seconds = seconds
        self._uploads = uploads or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        above = path[: path.rfind("/") + 1]
        limit = max(self._limit, self._uploads.get(path, 0), self._uploads.get(above, 0))
        fault = _announced_fault(scope, limit)
        if fault is not None:
            response = await self._answer(Request(scope), fault)
            await response(scope, receive, send)
            return
        await self._app(scope, self._limited(receive, limit), send)

    def _limited(self, receive: Receive, limit: int) -> Receive:
        received = 0
        complete = False
        seconds = max(self._seconds, (limit - self._limit) / SLOWEST)
        deadline = asyncio.get_running_loop().time() + seconds

        async def receive_limited() -> Message:
            nonlocal received, complete
            if complete:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise BodyTooSlow(f"The body did not arrive within {seconds:.0f} seconds.") from None
            received += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if received > limit:
                raise _too_large(limit)
            return message

        return receive_limited


def _announced_fault(scope: Scope, limit: int) -> StoaError | None:
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    if not lengths:
        return None
    if len(lengths) > 1 or not lengths[0].isdigit():
        return MalformedInput("The header Content-Length is not one whole number.")
    return _too_large(limit) if int(lengths[0][:20]) > limit else None


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body may have at most {limit} bytes.")
