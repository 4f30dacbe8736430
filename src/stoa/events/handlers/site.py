"""What those are told who run the site: what was given up, what does not leave, what came in."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.dead_letters import HandlerGaveUp
from stoa.events.event import Event
from stoa.events.registry import Handler, on
from stoa.modules.auth.people.service import who_may
from stoa.modules.content.importing.events import ImportFinished
from stoa.modules.deliveries.events import DeliveryFailed
from stoa.modules.notifications.schemas import Notice
from stoa.modules.notifications.service import NotificationService
from stoa.modules.notifications.wording.wording import Wording
from stoa.modules.webhooks.events import WebhookDisabled

GROUP = "notices"
_COUNTS = ("imported", "updated", "unchanged", "skipped", "failed")


def site_notices(wording: Wording) -> tuple[Handler[Any], ...]:
    @on(HandlerGaveUp, group=GROUP)
    async def dead_letter(event: HandlerGaveUp, session: AsyncSession) -> None:
        about = {"event_id": str(event.event_id), "event_type": event.event_type, "handler": event.handler}
        await _tell_who_may(session, wording, "manage:events", "dead_letter", event, payload=about, group=event.handler)

    @on(DeliveryFailed, group=GROUP)
    async def delivery_failed(event: DeliveryFailed, session: AsyncSession) -> None:
        about = {"channel": event.channel, "kind": event.kind, "reason": event.reason}
        await _tell_who_may(session, wording, "view:mail", "delivery_failed", event, payload=about, group=event.channel)

    @on(WebhookDisabled, group=GROUP)
    async def webhook_disabled(event: WebhookDisabled, session: AsyncSession) -> None:
        about = {"host": event.host, "reason": event.reason}
        url = f"/admin/webhooks/{event.endpoint_id}"
        await _tell_who_may(session, wording, "manage:webhooks", "webhook_disabled", event, payload=about, url=url)

    @on(ImportFinished, group=GROUP)
    async def import_finished(event: ImportFinished, session: AsyncSession) -> None:
        about = {name: getattr(event, name) for name in _COUNTS}
        await _tell_who_may(
            session, wording, "moderate:article", "import_finished", event, payload=about, url="/studio"
        )

    return dead_letter, delivery_failed, webhook_disabled, import_finished


async def _tell_who_may(
    session: AsyncSession,
    wording: Wording,
    permission: str,
    kind: str,
    event: Event,
    *,
    payload: Mapping[str, str | int],
    url: str | None = None,
    group: str | None = None,
) -> None:
    """Everybody with that permission; of what happens again before it was read, only the number grows."""
    for user_id in await who_may(session, permission):
        key = f"{kind}:{group}" if group else None
        notice = Notice(kind, user_id, event.id, payload, url=url, group_key=key)
        await NotificationService(session, wording).notify(notice)
