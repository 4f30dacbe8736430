"""uvicorn's HTTP protocol with an end to the head of a request: so many bytes, so many seconds.

Bodies are bounded in `shared/middleware/body_limit.py`; here is what no layer of the application ever sees.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_BYTES: Final = 65_536
SECONDS: Final = 15.0


class BoundedHttp(HttpToolsProtocol):
    """Cuts connections whose next request does not come to the end of its headers."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head_bytes = 0
        self._is_in_head = True
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_deadline()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The server stops: answers without an end are told, since it would wait for them."""
        if end := self.app_state.get("ending"):
            end()
        super().shutdown()

    def data_received(self, data: bytes) -> None:
        if self._is_in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._is_in_head and self._head_bytes > MOST_BYTES and not self.transport.is_closing():
            self.send_400_response(f"The head of a request has at most {MOST_BYTES} bytes.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._deadline is None:
            self._expect_head()

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        self._end_deadline()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._is_in_head = True
        self._head_bytes = 0

    def _expect_head(self) -> None:
        self._deadline = self.loop.call_later(SECONDS, self._too_slow)

    def _too_slow(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
