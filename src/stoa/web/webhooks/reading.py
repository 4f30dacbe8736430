"""What the pages of webhooks show, read once for each page."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import orjson
from starlette.requests import Request

from stoa.modules.webhooks.parts import webhooks_of
from stoa.modules.webhooks.schemas import ALL_EVENTS
from stoa.modules.webhooks.service import WebhookReads
from stoa.shared.clock import moment_of
from stoa.shared.database import reads_of
from stoa.shared.listing import query_of
from stoa.shared.pagination import PageQuery
from stoa.web.contexts import Pager
from stoa.web.webhooks.contexts import DeliveryRow, EndpointRow, TryRow, TypeChoice


async def all_endpoints(request: Request) -> tuple[EndpointRow, ...]:
    return tuple(_endpoint(one) for one in orjson.loads(await WebhookReads(reads_of(request)).all()))


async def one_endpoint(request: Request, endpoint_id: UUID) -> EndpointRow:
    """Raises EndpointNotFound."""
    return _endpoint(orjson.loads(await WebhookReads(reads_of(request)).one(endpoint_id)))


async def some_deliveries(request: Request, endpoint_id: UUID) -> tuple[tuple[DeliveryRow, ...], Pager]:
    """What was sent there, newest first, from where the address says."""
    query = query_of(request, PageQuery) if request.method == "GET" else PageQuery()
    found = await WebhookReads(reads_of(request)).deliveries(endpoint_id, query)
    here = f"/admin/webhooks/{endpoint_id}"
    pager = Pager(
        next_url=f"{here}?{urlencode({'cursor': found.next_cursor})}" if found.next_cursor else None,
        previous_url=here if query.cursor else None,
    )
    return tuple(_delivery(orjson.loads(one)) for one in found.items), pager


async def one_delivery(
    request: Request, endpoint_id: UUID, delivery_id: UUID
) -> tuple[DeliveryRow, str, tuple[TryRow, ...]]:
    """With what was sent, as people read JSON, and its tries. Raises EndpointNotFound, DeliveryNotFound."""
    found = orjson.loads(await WebhookReads(reads_of(request)).delivery(endpoint_id, delivery_id))
    body = orjson.dumps(found["content"], option=orjson.OPT_INDENT_2).decode()
    tries = (
        TryRow(one["number"], datetime.fromisoformat(one["at"]), one["milliseconds"], one["detail"])
        for one in reversed(found["history"])
    )
    return _delivery(found), body, tuple(tries)


def types_of(request: Request, chosen: tuple[str, ...]) -> tuple[TypeChoice, ...]:
    """All events, and each; those that are chosen but unknown as well, so that nothing is lost by saving."""
    known = [ALL_EVENTS, *webhooks_of(request).event_types]
    return tuple(TypeChoice(name, name in chosen) for name in dict.fromkeys((*known, *chosen)))


def _endpoint(one: dict[str, Any]) -> EndpointRow:
    return EndpointRow(
        id=one["id"],
        url=one["url"],
        host=urlsplit(one["url"]).hostname or "",
        description=one["description"],
        event_types=tuple(one["event_types"]),
        is_enabled=one["is_enabled"],
        disabled_because=one["disabled_because"],
        failing_since=moment_of(one["failing_since"]),
        former_until=moment_of(one["former_until"]),
        version=one["version"],
        created_at=datetime.fromisoformat(one["created_at"]),
    )


def _delivery(one: dict[str, Any]) -> DeliveryRow:
    return DeliveryRow(
        id=one["id"],
        kind=one["kind"],
        state=one["state"],
        answer=one["reference"] or one["reason"] or "",
        tries=one["tries"],
        created_at=datetime.fromisoformat(one["created_at"]),
        next_at=moment_of(one["next_at"]),
    )
