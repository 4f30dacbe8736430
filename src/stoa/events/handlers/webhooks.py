"""Every event goes out to the endpoints that listen to its kind."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.event import Event
from stoa.events.registry import Handler
from stoa.modules.deliveries.events import DeliveryFailed
from stoa.modules.webhooks.announcing import CHANNEL, Announcements

GROUP = "webhooks"


def webhooks(events: Iterable[type[Event]]) -> tuple[Handler[Any], ...]:
    return tuple(
        Handler(f"{GROUP}.{event.type.replace('.', '_')}", GROUP, event, announce, seconds=10.0, together=50)
        for event in events
    )


async def announce(event: Event, session: AsyncSession) -> None:
    if isinstance(event, DeliveryFailed) and event.channel == CHANNEL:
        return  # else what cannot be sent would be told to whom it cannot be sent to, without end
    data = event.model_dump(mode="json", exclude={"id", "at"})
    await Announcements(session).announce(event.id, event.type, event.at, data)
