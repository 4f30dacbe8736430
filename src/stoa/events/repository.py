"""The writing SQL of the event engine. Every statement may be repeated: a second time it changes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Interval, Text, bindparam, text
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncSession

from .event import Envelope

CHANNEL = "stoa_events"
_SWEEP_LOCK = 7_864_020_519  # any number, the same in every process that sweeps
_RELAY_LOCK = 7_864_020_520
_ids = bindparam("ids", type_=ARRAY(UuidType()))
_names = bindparam("handlers", type_=ARRAY(Text()))
_types = bindparam("types", type_=ARRAY(Text()))
_in = bindparam("wait", type_=Interval())
_COLUMNS = "id, type, schema_version, aggregate, aggregate_version, at, trace, data::text AS data"

# The NOTIFY only wakes whoever sleeps; that the row is there is what counts.
_ADD = text(f"""
WITH added AS (
  INSERT INTO event_log (id, type, schema_version, aggregate, aggregate_version, data, trace, at)
  VALUES (:id, :type, :schema_version, :aggregate, :aggregate_version, CAST(:data AS jsonb), :trace, :at)
  ON CONFLICT (id) DO NOTHING
)
SELECT pg_notify('{CHANNEL}', '')
""").bindparams(bindparam("at", type_=TIMESTAMP(timezone=True)), bindparam("aggregate_version"))  # noqa: S608 # constants

# Not "id > the last one": a row whose transaction commits late would be jumped over. What others relay is skipped.
# The lock is shared by all who relay: see `_BETWEEN_RELAYS`.
_UNRELAYED = text(f"""
WITH relaying AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared({_RELAY_LOCK}))
SELECT {_COLUMNS} FROM event_log WHERE relayed_at IS NULL AND (SELECT count(*) FROM relaying) = 1
ORDER BY id LIMIT :most FOR UPDATE OF event_log SKIP LOCKED
""")  # noqa: S608 # constants
_RELAYED = text("""
UPDATE event_log SET relayed_at = clock_timestamp(), relays = relays + 1 WHERE id = ANY(:ids)
""").bindparams(_ids)

# In the order of ids, so that two workers with the same events wait for each other in one direction only.
_CLAIM = text("""
INSERT INTO event_inbox (event_id, handler)
SELECT id, :handler FROM unnest(:ids) AS wanted(id)
WHERE NOT EXISTS (SELECT FROM event_retry WHERE event_id = id AND handler = :handler)
  AND NOT EXISTS (SELECT FROM event_dead WHERE event_id = id AND handler = :handler)
ORDER BY id ON CONFLICT DO NOTHING RETURNING event_id
""").bindparams(_ids)
_CLAIM_RETRY = text("""
INSERT INTO event_inbox (event_id, handler) VALUES (:id, :handler) ON CONFLICT DO NOTHING RETURNING event_id
""")
_END_RETRY = text("DELETE FROM event_retry WHERE event_id = :id AND handler = :handler")

_FAILED = text("""
INSERT INTO event_retry (event_id, handler, failures, due_at, error)
VALUES (:id, :handler, :failures, clock_timestamp() + :wait, :error)
ON CONFLICT (event_id, handler) DO UPDATE
SET failures = event_retry.failures + excluded.failures, starts = 0, due_at = excluded.due_at, error = excluded.error
""").bindparams(_in)
_PARK = text("""
INSERT INTO event_retry (event_id, handler)
SELECT id, :handler FROM unnest(:ids) AS wanted(id)
WHERE NOT EXISTS (SELECT FROM event_inbox WHERE event_id = id AND handler = :handler)
  AND NOT EXISTS (SELECT FROM event_dead WHERE event_id = id AND handler = :handler)
ORDER BY id ON CONFLICT DO NOTHING
""").bindparams(_ids)
# Counted before it is tried: if the process dies of it, the number stays.
_TAKE = text("""
UPDATE event_retry AS retry SET starts = starts + 1, due_at = clock_timestamp() + :wait
FROM event_log AS log
WHERE log.id = retry.event_id AND (retry.event_id, retry.handler) = (
  SELECT event_id, handler FROM event_retry WHERE due_at <= clock_timestamp() AND handler = ANY(:handlers)
  ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING retry.handler, retry.failures, retry.starts, log.id, log.type, log.schema_version, log.aggregate,
  log.aggregate_version, log.at, log.trace, log.data::text AS data
""").bindparams(_in, _names)
_RELEASE = text("""
UPDATE event_retry SET starts = 0, due_at = clock_timestamp() + :wait WHERE event_id = :id AND handler = :handler
""").bindparams(_in)
_BURY = text("""
WITH ended AS (DELETE FROM event_retry WHERE event_id = :id AND handler = :handler RETURNING failures)
INSERT INTO event_dead (event_id, handler, type, data, failures, error)
SELECT log.id, :handler, log.type, log.data, coalesce((SELECT failures FROM ended), 0) + :failures, :error
FROM event_log AS log WHERE log.id = :id
ON CONFLICT (event_id, handler) DO UPDATE SET failures = excluded.failures, error = excluded.error, at = now()
""")
_REPLAY = text("""
WITH revived AS (
  DELETE FROM event_dead WHERE event_id = :id AND (CAST(:handler AS text) IS NULL OR handler = :handler)
  RETURNING event_id, handler
)
INSERT INTO event_retry (event_id, handler) SELECT event_id, handler FROM revived
ON CONFLICT DO NOTHING RETURNING handler
""")

_LOCK = text(f"SELECT pg_try_advisory_xact_lock({_SWEEP_LOCK})")  # a constant
# What a relay has sent and not yet marked when streams are lost would look as if it were still to be sent.
_BETWEEN_RELAYS = text(f"SELECT pg_advisory_xact_lock({_RELAY_LOCK})")  # a constant
# The first worker of a site answers for all that was recorded before it; a handler added later, from then on.
_KNOW = text("""
INSERT INTO event_handlers (handler, since)
SELECT name, CASE WHEN EXISTS (SELECT FROM event_handlers) THEN now() ELSE 'epoch' END
FROM unnest(:handlers) AS known(name) ORDER BY name ON CONFLICT DO NOTHING
""").bindparams(_names)
_SINCE = text("SELECT handler, since FROM event_handlers")
_OPEN = """
  SELECT log.id, log.at, log.relayed_at, log.relays
  FROM unnest(:handlers, :types) AS expected(handler, type)
  JOIN event_handlers AS known ON known.handler = expected.handler
  JOIN event_log AS log ON log.type = expected.type AND log.at >= known.since
    AND log.at >= (SELECT swept_to FROM event_sweep)
  WHERE NOT EXISTS (SELECT FROM event_inbox AS b WHERE b.event_id = log.id AND b.handler = expected.handler)
    AND NOT EXISTS (SELECT FROM event_retry AS r WHERE r.event_id = log.id AND r.handler = expected.handler)
    AND NOT EXISTS (SELECT FROM event_dead AS d WHERE d.event_id = log.id AND d.handler = expected.handler)
"""
# Each time it waits longer, up to a bound, so that a long queue is not made longer by what already stands in it.
_SEND_AGAIN = text(f"""
UPDATE event_log SET relayed_at = NULL WHERE id IN (
  SELECT id FROM ({_OPEN}) AS open
  WHERE relayed_at < clock_timestamp() - :wait * least(greatest(relays, 1), 5) ORDER BY id LIMIT 20000
)
RETURNING id
""").bindparams(_names, _types, _in)  # noqa: S608 # constants
# Not up to now: what a transaction that is still open has recorded cannot be seen yet, and is as old as it at most.
_ADVANCE = text(f"""
UPDATE event_sweep SET swept_to = greatest(swept_to, least(
  now() - interval '10 minutes',
  (SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database()) - interval '10 minutes',
  (SELECT min(at) FROM ({_OPEN}) AS open),
  (SELECT min(at) FROM event_log WHERE relayed_at IS NULL)
))
""").bindparams(_names, _types)  # noqa: S608 # constants
_PURGE = (
    """DELETE FROM event_log AS log WHERE at < now() - :wait AND relayed_at IS NOT NULL
    AND at < (SELECT swept_to FROM event_sweep)
    AND NOT EXISTS (SELECT FROM event_retry WHERE event_id = log.id)
    AND NOT EXISTS (SELECT FROM event_dead WHERE event_id = log.id)""",
    """DELETE FROM event_inbox AS b WHERE at < now() - :wait
    AND NOT EXISTS (SELECT FROM event_log WHERE id = b.event_id)""",
    """DELETE FROM queued_tasks WHERE finished_at < now() - :wait""",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A retry that is ours until its lease ends."""

    handler: str
    failures: int
    starts: int
    envelope: Envelope


class EventLog:
    """What is recorded, and what of it was relayed."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, envelope: Envelope) -> None:
        fields = {name: getattr(envelope, name) for name in Envelope.__slots__}
        await self._session.execute(_ADD, {**fields, "data": envelope.data.decode()})

    async def unrelayed(self, most: int) -> list[Envelope]:
        """The oldest, locked until the commit; what another relay has locked is left out."""
        return [_envelope(row) for row in await self._session.execute(_UNRELAYED, {"most": most})]

    async def mark_relayed(self, ids: Sequence[UUID]) -> None:
        await self._session.execute(_RELAYED, {"ids": list(ids)})

    async def purge(self, older_than: timedelta) -> None:
        """Forget what was handled by everybody, and tasks that ended, so long ago."""
        for statement in _PURGE:
            await self._session.execute(text(statement).bindparams(_in), {"wait": older_than})


class Inbox:
    """What is handled, to be tried again, and given up."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def claim(self, handler: str, ids: Sequence[UUID]) -> set[UUID]:
        """Say that these are handled with this commit; answers those that were not, nor are being retried or dead."""
        return set(await self._session.scalars(_CLAIM, {"handler": handler, "ids": list(ids)}))

    async def claim_retry(self, handler: str, event_id: UUID) -> bool:
        """As `claim` for one that is retried, and ends the retry."""
        found = await self._session.scalar(_CLAIM_RETRY, {"handler": handler, "id": event_id})
        await self._session.execute(_END_RETRY, {"handler": handler, "id": event_id})
        return found is not None

    async def failed(self, handler: str, event_id: UUID, error: str, *, wait: float, failures: int = 1) -> None:
        values = {"handler": handler, "id": event_id, "error": error, "failures": failures}
        await self._session.execute(_FAILED, {**values, "wait": timedelta(seconds=wait)})

    async def park(self, handler: str, ids: Sequence[UUID]) -> None:
        """Have these tried one by one: whoever had them died, maybe of one of them."""
        await self._session.execute(_PARK, {"handler": handler, "ids": list(ids)})

    async def take(self, handlers: Iterable[str], lease: float) -> Taken | None:
        """The retry that is due longest, ours for `lease` seconds."""
        values = {"handlers": list(handlers), "wait": timedelta(seconds=lease)}
        row = (await self._session.execute(_TAKE, values)).one_or_none()
        return Taken(row.handler, row.failures, row.starts, _envelope(row)) if row else None

    async def release(self, handler: str, event_id: UUID, *, wait: float) -> None:
        """Not tried after all."""
        values = {"handler": handler, "id": event_id, "wait": timedelta(seconds=wait)}
        await self._session.execute(_RELEASE, values)

    async def bury(self, handler: str, event_id: UUID, error: str, *, failures: int) -> None:
        """Give it up; it stays as a dead letter until somebody replays it."""
        values = {"handler": handler, "id": event_id, "error": error, "failures": failures}
        await self._session.execute(_BURY, values)

    async def replay(self, event_id: UUID, handler: str | None) -> list[str]:
        """Try dead letters again at once; the handlers it is for."""
        return list(await self._session.scalars(_REPLAY, {"id": event_id, "handler": handler}))


class Sweeping:
    """What one process at a time does for all."""

    def __init__(self, session: AsyncSession, expected: Sequence[tuple[str, str]]) -> None:
        self._session = session
        self._expected = {"handlers": [name for name, _ in expected], "types": [kind for _, kind in expected]}

    async def lock(self) -> bool:
        """False when somebody else is at it."""
        return bool(await self._session.scalar(_LOCK))

    async def wait_for_relays(self) -> None:
        """Until what is being sent is marked as sent; none begins before this transaction ends."""
        await self._session.execute(_BETWEEN_RELAYS)

    async def know(self) -> dict[str, datetime]:
        """Remember since when each handler is expected to hear events."""
        await self._session.execute(_KNOW, {"handlers": self._expected["handlers"]})
        return {row.handler: row.since for row in await self._session.execute(_SINCE)}

    async def send_again(self, patience: float) -> int:
        """Have the relay send what should be handled by now and is not; how many events."""
        values = {**self._expected, "wait": timedelta(seconds=patience)}
        return len((await self._session.scalars(_SEND_AGAIN, values)).all())

    async def advance(self) -> None:
        await self._session.execute(_ADVANCE, self._expected)


def _envelope(row: Any) -> Envelope:
    return Envelope(
        row.id, row.type, row.schema_version, row.aggregate, row.aggregate_version, row.at, row.trace,
        row.data.encode(),
    )  # fmt: skip
