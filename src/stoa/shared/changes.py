"""Tells every web process, within moments, that something public changed.

A writer announces inside its transaction, so that nothing is heard of before it is committed, nor of what was rolled
back. A listener that loses its connection says so, and whoever keeps answers must then keep none.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Self

import asyncpg
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

log = structlog.get_logger("stoa.changes")
_CHANNEL = "stoa_changed"
_CHECK_SECONDS = 5.0
_RETRY_SECONDS = 1.0


async def announce_change(session: AsyncSession) -> None:
    """Have all listeners told once this transaction commits."""
    await session.execute(text(f"NOTIFY {_CHANNEL}"))


class ChangeListener:
    """Calls `changed` for each announcement, `connected` and `disconnected` as the connection comes and goes.

    `heard` gets what was announced, for channels whose announcements say something.
    """

    def __init__(
        self,
        url: str,
        *,
        connected: Callable[[], None],
        changed: Callable[[], None] | None = None,
        disconnected: Callable[[], None],
        channel: str = _CHANNEL,
        heard: Callable[[str], None] | None = None,
    ) -> None:
        self._url = url
        self._channel = channel
        self._connected = connected
        self._changed = changed
        self._heard = heard
        self._disconnected = disconnected
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._listen_for_ever(), name="change listener")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _listen_for_ever(self) -> None:
        while True:
            try:
                await self._listen()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning(
                    "not hearing of changes, going on without", channel=self._channel, error=type(error).__name__
                )
            await asyncio.sleep(_RETRY_SECONDS)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._url, timeout=_CHECK_SECONDS)
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        try:
            await connection.add_listener(self._channel, lambda *said: self._tell(str(said[-1])))
            self._connected()
            while not lost.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), _CHECK_SECONDS)
                if not lost.is_set():
                    await asyncio.wait_for(connection.execute("SELECT 1"), _CHECK_SECONDS)
        finally:
            self._disconnected()
            connection.terminate()

    def _tell(self, payload: str) -> None:
        if self._changed is not None:
            self._changed()
        if self._heard is not None:
            self._heard(payload)
