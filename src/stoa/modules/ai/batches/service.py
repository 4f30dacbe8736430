"""Use cases of batches: queue many calls at once, cancel what is left of them, delete them. Knows no HTTP."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.ai.batches.errors import BatchNotFound, BatchOver, TooManyBatches
from stoa.modules.ai.batches.models import AiBatch
from stoa.modules.ai.batches.repository import BatchRepository
from stoa.modules.ai.batches.schemas import BatchIn
from stoa.modules.ai.events import AiBatchDone
from stoa.shared.clock import utc_now
from stoa.shared.ids import new_id
from stoa.shared.security import Actor

MOST_OPEN: Final = 5
"""Batches of one person that are not finished."""
KEPT: Final = timedelta(days=30)


class BatchService:
    """Of one person; the caller's unit of work commits."""

    def __init__(self, session: AsyncSession, actor: Actor) -> None:
        self._session = session
        self._batches = BatchRepository(session)
        self._actor = actor

    async def create(self, new: BatchIn) -> UUID:
        """Queue all of it. Raises TooManyBatches."""
        if await self._batches.count_open(self._actor.user_id) >= MOST_OPEN:
            raise TooManyBatches(MOST_OPEN)
        batch = AiBatch(id=new_id(), user_id=self._actor.user_id, api_key_id=self._actor.key_id, total=len(new.items))
        items = [
            {"number": number, "name": item.id, "call": item.call, "body": item.body.model_dump(mode="json")}
            for number, item in enumerate(new.items, start=1)
        ]
        await self._batches.add(batch, items)
        return batch.id

    async def cancel(self, batch_id: UUID) -> None:
        """What has not begun never does; what runs is stopped by whoever runs it. Raises BatchNotFound, BatchOver."""
        batch = await self._mine(batch_id)
        if batch.finished_at is not None or batch.cancelled_at is not None:
            raise BatchOver
        batch.cancelled_at = utc_now()
        batch.cancelled += await self._batches.cancel_queued(batch_id)
        await finish(self._session, batch)

    async def delete(self, batch_id: UUID) -> None:
        """With its results; what runs is stopped. Raises BatchNotFound."""
        await self._batches.delete(await self._mine(batch_id))

    async def _mine(self, batch_id: UUID) -> AiBatch:
        batch = await self._batches.batch(batch_id, self._actor.user_id)
        if batch is None:
            raise BatchNotFound
        return batch


async def finish(session: AsyncSession, batch: AiBatch) -> None:
    """Say that it is done, once all of its items have ended; its row is locked."""
    if batch.finished_at is not None or batch.done + batch.failed + batch.cancelled < batch.total:
        return
    batch.finished_at = utc_now()
    done = AiBatchDone(
        batch_id=batch.id,
        user_id=batch.user_id,
        status="done" if batch.cancelled_at is None else "cancelled",
        done=batch.done,
        failed=batch.failed,
        cancelled=batch.cancelled,
    )
    await publish(session, done)


async def purge_batches(session: AsyncSession, now: datetime) -> None:
    """Forget what was asked for more than 30 days ago."""
    await BatchRepository(session).purge(now - KEPT)
