"""Use cases of the audit log: record an act, read the log, check its chain. Never changes or deletes a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.audit import queries
from stoa.modules.audit.chain import Chain, ChainReport, Link
from stoa.modules.audit.repository import AuditRepository
from stoa.modules.audit.schemas import AuditQuery
from stoa.shared.database import ReadSession
from stoa.shared.pagination import Slice, decode_cursor, encode_cursor
from stoa.shared.security import Actor, Origin

MOST_DETAILS = 4096
_BATCH = 2000
_CURSOR: Final = "audit"
_FILTERS = ("actor", "subject_type", "subject_id", "since", "until")


@dataclass(frozen=True, slots=True)
class Seal:
    """Whether the database itself keeps this role from changing the log."""

    is_sealed: bool
    words: str


class AuditService:
    """Writes to the log; the caller's unit of work commits it together with the act."""

    def __init__(self, session: AsyncSession) -> None:
        self._audit = AuditRepository(session)

    async def record(
        self,
        action: str,
        *,
        actor: Actor | None,
        origin: Origin | None = None,
        subject_type: str | None = None,
        subject_id: UUID | str | None = None,
        request_id: str | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        """Append one row, as the last step of the act: others who record wait until this transaction ends.

        Kind and address are the actor's, unless `origin` says otherwise. Details hold ids and values, never names or
        mail addresses; ValueError above 4 KB of JSON.
        """
        encoded = orjson.dumps(dict(details or {}))
        if len(encoded) > MOST_DETAILS:
            raise ValueError(f"details of {action} take {len(encoded)} bytes of JSON: {MOST_DETAILS} are the most")
        came_from = origin or (actor.origin if actor else Origin())
        await self._audit.append(
            action,
            actor.id if actor else None,
            actor.credential if actor else "nobody",
            subject_type,
            None if subject_id is None else str(subject_id),
            came_from.address and came_from.address.replace("\0", "")[:100],
            request_id and request_id.replace("\0", "")[:100],
            details=encoded.decode(),
        )


class AuditReads:
    """Reads the log, and proves that nobody changed it."""

    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def page(self, query: AuditQuery) -> Slice:
        """One page as JSON, newest first. Raises MalformedInput for a cursor of another list."""
        values = _values_of(query)
        names = frozenset(values)
        rows = await self._reads.fetch(queries.page(names, query.limit, query.skip), **values)
        total = await self._reads.fetch_value(queries.total(names), **values) if query.count else None
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        cursor = encode_cursor(_CURSOR, rows[-1]["position"]) if more else None
        return Slice([row["item"] for row in rows], cursor, total)

    async def check(self) -> ChainReport:
        """Walk the whole chain, 2,000 rows at a time, while others may go on writing."""
        chain, after = Chain(), None
        while True:
            rows = await self._reads.fetch(queries.BATCH, after=after, limit=_BATCH)
            links = [
                Link(r["position"], r["previous_hash"], r["hash"], r["digest"])
                for r in rows
                if r["position"] is not None
            ]
            fault = chain.follow(links)
            if fault:
                return fault
            if len(links) < _BATCH:
                return chain.end(rows[0]["head_position"], rows[0]["head_hash"])
            after = chain.position

    async def seal(self) -> Seal:
        """Whether this database role could change the log, and what to do about it."""
        row = await self._reads.fetch_row(queries.SEAL)
        if row is None or row["is_superuser"]:
            return Seal(False, "not sealed: Stoa signs in to PostgreSQL as a superuser; give it a role of its own")
        if row["is_owner"] or row["may_write"]:
            return Seal(False, "not sealed: run `stoa migrate seal --admin-url` with a superuser's address")
        return Seal(True, "sealed")


def _values_of(query: AuditQuery) -> dict[str, object]:
    values = {name: value for name in _FILTERS if (value := getattr(query, name)) is not None}
    if query.action:
        values["prefix" if query.action.endswith(".") else "action"] = query.action
    if query.cursor:
        (values["before"],) = decode_cursor(query.cursor, _CURSOR, int)
    return values
