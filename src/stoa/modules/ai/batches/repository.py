"""The writing SQL of batches.

A batch is locked before its items, but by whoever claims one: that waits for nobody, so nobody waits in a circle.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import CursorResult, RowMapping, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.batches.models import AiBatch, AiBatchItem

_LOCK_SPACE: Final = 0x42415443  # the batches' own among advisory locks
_CLAIM: Final = text(
    """
    UPDATE ai_batch_items i
    SET status = 'running', tries = i.tries + 1, claim_id = :claim_id, due_at = now() + :lease
    FROM ai_batches b
    WHERE b.id = i.batch_id AND (i.batch_id, i.number) = (
      SELECT batch_id, number FROM ai_batch_items WHERE status IN ('queued', 'running') AND due_at <= now()
      ORDER BY number, batch_id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING i.batch_id, i.number, i.call, i.body::text AS body, i.tries, b.user_id, b.api_key_id, b.created_at,
      b.cancelled_at IS NOT NULL AS is_cancelled
    """
)
_END: Final = text(
    """
    UPDATE ai_batch_items SET status = :status, result = CAST(:result AS json), error = CAST(:error AS json),
      ended_at = now(), claim_id = NULL
    WHERE batch_id = :batch_id AND number = :number AND claim_id = :claim_id AND status = 'running'
    """
)


class BatchRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, batch: AiBatch, items: Sequence[Mapping[str, Any]]) -> None:
        self._session.add(batch)
        await self._session.flush()
        await self._session.execute(insert(AiBatchItem), [{**item, "batch_id": batch.id} for item in items])

    async def count_open(self, user_id: UUID) -> int:
        """How many of theirs are not finished; whoever else asks waits until this transaction ends."""
        key = int.from_bytes(user_id.bytes[-4:], signed=True)
        await self._session.execute(select(func.pg_advisory_xact_lock(_LOCK_SPACE, key)))
        found = select(func.count()).where(AiBatch.user_id == user_id, AiBatch.finished_at.is_(None))
        return await self._session.scalar(found) or 0

    async def batch(self, batch_id: UUID, user_id: UUID | None = None) -> AiBatch | None:
        """Locked; with `user_id` only if it is theirs."""
        found = select(AiBatch).where(AiBatch.id == batch_id)
        if user_id is not None:
            found = found.where(AiBatch.user_id == user_id)
        found = found.with_for_update().execution_options(populate_existing=True)
        return (await self._session.scalars(found)).one_or_none()

    async def cancel_queued(self, batch_id: UUID) -> int:
        """Items that nobody takes at this moment; how many there were."""
        waiting = (
            select(AiBatchItem.number)
            .where(AiBatchItem.batch_id == batch_id, AiBatchItem.status == "queued")
            .with_for_update(skip_locked=True)
        )
        numbers = list(await self._session.scalars(waiting))
        await self._session.execute(
            update(AiBatchItem)
            .where(AiBatchItem.batch_id == batch_id, AiBatchItem.number.in_(numbers))
            .values(status="cancelled", ended_at=func.now())
            .execution_options(synchronize_session=False)
        )
        return len(numbers)

    async def delete(self, batch: AiBatch) -> None:
        await self._session.execute(delete(AiBatch).where(AiBatch.id == batch.id))

    async def claim(self, claim_id: UUID, lease: timedelta) -> RowMapping | None:
        """The next item that is due or whose worker died, first ones of all batches first; nobody else gets it."""
        found = await self._session.execute(_CLAIM, {"claim_id": claim_id, "lease": lease})
        return found.mappings().one_or_none()

    async def keep(self, batch_id: UUID, number: int, claim_id: UUID, lease: timedelta) -> None:
        """It is still worked on."""
        await self._session.execute(
            update(AiBatchItem)
            .where(*_mine(batch_id, number, claim_id))
            .values(due_at=func.now() + lease)
            .execution_options(synchronize_session=False)
        )

    async def end(self, values: Mapping[str, Any]) -> bool:
        """Whether it was still that claim's."""
        return cast("CursorResult[Any]", await self._session.execute(_END, dict(values))).rowcount == 1

    async def put_back(self, batch_id: UUID, number: int, claim_id: UUID, due_at: datetime, tries: int) -> None:
        """To be begun later."""
        await self._session.execute(
            update(AiBatchItem)
            .where(*_mine(batch_id, number, claim_id))
            .values(status="queued", claim_id=None, due_at=due_at, tries=tries)
            .execution_options(synchronize_session=False)
        )

    async def wait_all(self, batch_id: UUID, due_at: datetime) -> None:
        """None of its queued items begins earlier."""
        await self._session.execute(
            update(AiBatchItem)
            .where(AiBatchItem.batch_id == batch_id, AiBatchItem.status == "queued", AiBatchItem.due_at < due_at)
            .values(due_at=due_at)
            .execution_options(synchronize_session=False)
        )

    async def forget(self, user_id: UUID) -> None:
        await self._session.execute(delete(AiBatch).where(AiBatch.user_id == user_id))

    async def purge(self, before: datetime) -> None:
        await self._session.execute(delete(AiBatch).where(AiBatch.created_at < before))


def _mine(batch_id: UUID, number: int, claim_id: UUID) -> tuple[Any, ...]:
    return (
        AiBatchItem.batch_id == batch_id,
        AiBatchItem.number == number,
        AiBatchItem.claim_id == claim_id,
        AiBatchItem.status == "running",
    )
