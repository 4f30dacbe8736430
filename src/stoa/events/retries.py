"""Takes retries that are due, one at a time: a handler that kills the process harms no other event."""

from stoa.shared.database import Database

from .dispatch import Dispatcher
from .loops import Stop, until_done
from .pace import Pace
from .points import Hook, nothing
from .registry import Registry
from .repository import Inbox, Taken


class Retries:
    def __init__(
        self,
        database: Database,
        registry: Registry,
        dispatcher: Dispatcher,
        *,
        pace: Pace,
        stop: Stop,
        at: Hook = nothing,
    ) -> None:
        self._database = database
        self._registry = registry
        self._dispatcher = dispatcher
        self._pace = pace
        self._stop = stop
        self._at = at

    async def retry(self) -> bool:
        """Try one; false when none is due. One whose database went away was no try: it is due again soon."""
        names = self._registry.handlers
        lease = self._pace.lease + max((handler.seconds for handler in names.values()), default=0.0)
        taken = await self._database.transact(lambda session: Inbox(session).take(names, lease))
        if taken is None:
            return False
        self._at("retry.taken")
        tried = False
        try:
            await self._dispatcher.retry(names[taken.handler], taken)
            tried = True
        finally:
            if not tried:
                await until_done(lambda: self._release(taken), self._stop)
        return True

    async def _release(self, taken: Taken) -> None:
        wait = self._pace.backoff(1)
        await self._database.transact(
            lambda session: Inbox(session).release(taken.handler, taken.envelope.id, wait=wait)
        )
