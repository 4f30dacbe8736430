"""Reading notifications: one's own, as JSON made by the database."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import orjson

from stoa.modules.deliveries.service import DeliveryReads
from stoa.modules.notifications import queries
from stoa.modules.notifications.catalogue import CATEGORIES, IN_APP
from stoa.modules.notifications.errors import NotificationNotFound
from stoa.modules.notifications.schemas import NotificationQuery
from stoa.modules.notifications.telling import why_hidden
from stoa.shared.database import ReadSession
from stoa.shared.pagination import Slice, decode_cursor, encode_cursor

_CURSOR: Final = "notifications"
_WAY: Final = ("channel", "recipient", "state", "reason", "tries", "created_at", "ended_at")


@dataclass(frozen=True, slots=True)
class News:
    """What came after a number: `items` as JSON, `last` the greatest number given, all as of one moment."""

    items: list[str]
    unread: int
    last: int


class NotificationReads:
    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def page(self, query: NotificationQuery, user_id: UUID) -> Slice:
        """One page, newest first. Raises MalformedInput for a cursor of another list."""
        values: dict[str, object] = {"user_id": user_id, "category": query.category}
        if query.cursor:
            (values["number"],) = decode_cursor(query.cursor, _CURSOR, int)
        shape = (query.unread, query.archived, query.hidden, query.category is not None)
        statement = queries.page(query.limit, query.skip, after=bool(query.cursor), shape=shape)
        rows = await self._reads.fetch(statement, **values)
        total = await self._reads.fetch_value(queries.total(shape), **values) if query.count else None
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        cursor = encode_cursor(_CURSOR, rows[-1]["number"]) if more else None
        return Slice([row["item"] for row in rows], cursor, total)

    async def unread(self, user_id: UUID) -> int:
        return await self._reads.fetch_value(queries.UNREAD, user_id=user_id) or 0

    async def one(self, user_id: UUID, notification_id: UUID) -> str:
        """A notification with its `deliveries`: how far it got on each way, and why not further.

        Raises NotificationNotFound, also for another's.
        """
        row = await self._reads.fetch_row(queries.ONE, user_id=user_id, id=notification_id)
        if row is None:
            raise NotificationNotFound
        item = orjson.loads(row["item"])
        told = orjson.loads(await DeliveryReads(self._reads).of_notification(notification_id))
        ways = [{name: way[name] for name in _WAY} for way in told]
        return orjson.dumps({**item, "deliveries": [_on_site(item, is_shown=row["is_shown"]), *ways]}).decode()

    async def since(self, user_id: UUID, number: int, limit: int) -> News:
        """Up to `limit` + 1 shown ones beyond that number, in order."""
        row = await self._reads.fetch_row(queries.since(limit), user_id=user_id, number=number)
        return News(row["items"], row["unread"], row["last_number"]) if row else News([], 0, 0)


def _on_site(item: dict[str, str], *, is_shown: bool) -> dict[str, object]:
    """The way that needs no delivery."""
    return {
        "channel": IN_APP,
        "recipient": "",
        "state": "sent" if is_shown else "suppressed",
        "reason": None if is_shown else why_hidden(CATEGORIES[item["category"]]),
        "tries": int(is_shown),
        "created_at": item["created_at"],
        "ended_at": item["created_at"],
    }
