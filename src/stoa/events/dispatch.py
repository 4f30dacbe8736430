"""Runs handlers: inbox row, effect and the handler's own events are one transaction, so that each happens once.

Many events of one handler share a transaction while all goes well; when one fails, each gets its own.
"""

import asyncio
from collections.abc import Sequence

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.shared.database import Database

from .dead_letters import HandlerGaveUp
from .event import Envelope, decode
from .outage import HandlerFailed, is_busy, is_gone, words
from .pace import Pace
from .points import Hook, nothing
from .publisher import publish
from .registry import AnyHandler
from .repository import Inbox, Taken

log = structlog.get_logger("stoa.events")
_DIED = "The worker ended {} times while this handler ran."


class Dispatcher:
    def __init__(self, database: Database, pace: Pace, at: Hook = nothing) -> None:
        self._database = database
        self._pace = pace
        self._at = at

    async def handle(self, handler: AnyHandler, envelopes: Sequence[Envelope]) -> None:
        """Handle these, or put down for a retry what fails. Raises only when the database is gone: ask again then."""
        for start in range(0, len(envelopes), handler.together):
            await self._handle(handler, envelopes[start : start + handler.together])

    async def retry(self, handler: AnyHandler, taken: Taken) -> None:
        """Try one again that failed, or that a worker died of. Raises when the database is gone."""
        if taken.starts > self._pace.tries:
            await self._bury(handler.name, taken.envelope, _DIED.format(self._pace.tries), failures=0)
            return
        try:
            async with self._database.unit_of_work() as session:
                if await Inbox(session).claim_retry(handler.name, taken.envelope.id):
                    await self._run(handler, taken.envelope, session)
        except Exception as error:
            if is_gone(error):
                raise
            await self._failed(handler, taken.envelope, error, before=taken.failures)

    async def _handle(self, handler: AnyHandler, envelopes: Sequence[Envelope]) -> None:
        try:
            await self._together(handler, envelopes)
        except Exception as error:
            if is_gone(error):
                raise
            if len(envelopes) == 1:
                await self._failed(handler, envelopes[0], error, before=0)
                return
            for envelope in envelopes:
                await self._handle(handler, [envelope])

    async def _together(self, handler: AnyHandler, envelopes: Sequence[Envelope]) -> None:
        async with self._database.unit_of_work() as session:
            fresh = await Inbox(session).claim(handler.name, [envelope.id for envelope in envelopes])
            self._at("dispatch.before_effect")
            for envelope in {envelope.id: envelope for envelope in envelopes if envelope.id in fresh}.values():
                await self._run(handler, envelope, session)
            self._at("dispatch.before_commit")
        self._at("dispatch.after_commit")

    async def _run(self, handler: AnyHandler, envelope: Envelope, session: AsyncSession) -> None:
        try:
            async with asyncio.timeout(handler.seconds):
                await handler.function(decode(envelope, handler.event), session)
                await session.flush()
        except TimeoutError as error:
            raise HandlerFailed from (error if str(error) else TimeoutError(f"it took more than {handler.seconds:g} s"))
        except Exception as error:
            if is_gone_in_database(error):
                raise
            raise HandlerFailed from error

    async def _failed(self, handler: AnyHandler, envelope: Envelope, error: Exception, *, before: int) -> None:
        failures = before if is_busy(error) else before + 1
        log.warning(
            "a handler failed", handler=handler.name, event_id=str(envelope.id), tries=failures, why=words(error)
        )
        if failures >= self._pace.tries:
            await self._bury(handler.name, envelope, words(error), failures=failures - before)
            return
        wait = self._pace.backoff(max(failures, 1))
        async with self._database.unit_of_work() as session:
            inbox = Inbox(session)
            await inbox.failed(handler.name, envelope.id, words(error), wait=wait, failures=failures - before)

    async def _bury(self, handler: str, envelope: Envelope, error: str, *, failures: int) -> None:
        log.error("given up", handler=handler, event_id=str(envelope.id), why=error)
        async with self._database.unit_of_work() as session:
            await Inbox(session).bury(handler, envelope.id, error, failures=failures)
            if envelope.type != HandlerGaveUp.type:  # else one that fails with these would never come to an end
                gave_up = HandlerGaveUp(event_id=envelope.id, event_type=envelope.type, handler=handler)
                await publish(session, gave_up)


def is_gone_in_database(error: Exception) -> bool:
    """Inside a handler a refused connection may be anybody's; only the database's own words count."""
    return not isinstance(error, OSError) and is_gone(error)
