"""The writing SQL of deliveries. A try is numbered: whoever was replaced meanwhile changes nothing any more."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Interval, bindparam, delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.deliveries.channels.channel import Parcel
from stoa.modules.deliveries.models import Delivery

_wait = bindparam("wait", type_=Interval())
# One whose sender is not heard of any more is anybody's again; what became of that try, nobody knows.
_TAKE = text("""
UPDATE deliveries AS one SET state = 'sending', tries = tries + 1, next_at = clock_timestamp() + :wait
FROM (
  SELECT id, state = 'sending' AS was_cut_off FROM deliveries
  WHERE channel = :channel AND next_at <= clock_timestamp() ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED
) AS due
WHERE one.id = due.id
RETURNING one.id, kind, recipient, content::text AS content, tries, created_at, user_id, notification_id, source_id,
  was_cut_off
""").bindparams(_wait)
_OURS = "WHERE id = :id AND tries = :number AND state = 'sending'"
_LATER = text(f"""
UPDATE deliveries SET state = :state, reason = :reason, next_at = clock_timestamp() + :wait {_OURS} RETURNING id
""").bindparams(_wait)  # noqa: S608 # constants
_END = text(f"""
UPDATE deliveries SET state = :state, reason = :reason, reference = :reference, next_at = NULL, ended_at = now(),
  content = CASE WHEN is_secret AND :state = 'sent' THEN content - 'text' - 'html' ELSE content END
{_OURS} RETURNING id
""")  # noqa: S608 # constants
# Numbered through, whereas the counter of a delivery begins anew when it is sent again.
_NOTE = text("""
INSERT INTO delivery_tries (delivery_id, number, outcome, detail, milliseconds)
SELECT :id, coalesce(max(number), 0) + 1, :outcome, :detail, :milliseconds
FROM delivery_tries WHERE delivery_id = :id
""")
# Not what was never tried, for its receiver does not want it, nor what held a link that is forgotten.
_AGAIN = text("""
UPDATE deliveries SET state = 'pending', reason = NULL, reference = NULL, tries = 0, next_at = now(), ended_at = NULL
WHERE id = :id AND channel = :channel AND next_at IS NULL AND tries > 0 AND NOT (is_secret AND state = 'sent')
RETURNING id
""")
_PURGE = text("DELETE FROM deliveries WHERE ended_at < now() - :wait").bindparams(_wait)


class DeliveryRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, values: dict[str, Any]) -> UUID | None:
        """None when the same event has led to the same delivery before."""
        statement = upsert(Delivery).values(values).on_conflict_do_nothing().returning(Delivery.id)
        return await self._session.scalar(statement)

    async def take(self, channel: str, lease: float) -> Parcel | None:
        values = {"channel": channel, "wait": timedelta(seconds=lease)}
        row = (await self._session.execute(_TAKE, values)).mappings().one_or_none()
        if row is None:
            return None
        return Parcel(
            row["id"], row["kind"], row["recipient"], orjson.loads(row["content"]), row["tries"], row["created_at"],
            row["user_id"], row["notification_id"], row["source_id"], row["was_cut_off"],
        )  # fmt: skip

    async def later(self, parcel: Parcel, state: str, reason: str, wait: float) -> bool:
        """False when somebody else has it by now."""
        values = {"state": state, "reason": reason, "wait": timedelta(seconds=wait)}
        return await self._session.scalar(_LATER, {**_ours(parcel), **values}) is not None

    async def end(self, parcel: Parcel, state: str, reason: str | None, reference: str | None) -> bool:
        """False when somebody else has it by now."""
        values = {"state": state, "reason": reason, "reference": reference}
        return await self._session.scalar(_END, {**_ours(parcel), **values}) is not None

    async def note(self, parcel: Parcel, outcome: str, detail: str, milliseconds: int) -> None:
        values = {"id": parcel.id, "outcome": outcome, "detail": detail, "milliseconds": milliseconds}
        await self._session.execute(_NOTE, values)

    async def again(self, delivery_id: UUID, channel: str) -> bool:
        return await self._session.scalar(_AGAIN, {"id": delivery_id, "channel": channel}) is not None

    async def recipient(self, delivery_id: UUID) -> str | None:
        return await self._session.scalar(select(Delivery.recipient).where(Delivery.id == delivery_id))

    async def forget(self, user_id: UUID | None, recipient: str | None) -> None:
        whose = or_(
            *([Delivery.user_id == user_id] if user_id else []),
            *([Delivery.recipient == recipient] if recipient else []),
        )
        await self._session.execute(delete(Delivery).where(whose).execution_options(synchronize_session=False))

    async def purge(self, days: int) -> None:
        await self._session.execute(_PURGE, {"wait": timedelta(days=days)})


def _ours(parcel: Parcel) -> dict[str, object]:
    return {"id": parcel.id, "number": parcel.number}
