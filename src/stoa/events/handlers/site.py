"""What those are told who run the site: what was given up, what does not leave, what came in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.dead_letters import HandlerGaveUp
from stoa.events.event import Event
from stoa.events.registry import Handler, on
from stoa.modules.ai.events import AiBudgetLow
from stoa.modules.auth.people.service import who_may
from stoa.modules.content.importing.events import ImportFinished
from stoa.modules.deliveries.channels.apprise import APPRISE, to_service
from stoa.modules.deliveries.events import DeliveryFailed
from stoa.modules.deliveries.service import DeliveryService
from stoa.modules.notifications.catalogue import TYPES
from stoa.modules.notifications.schemas import Notice
from stoa.modules.notifications.service import NotificationService
from stoa.modules.notifications.wording.wording import Wording
from stoa.modules.webhooks.events import WebhookDisabled

GROUP = "notices"
_LOOKED_AFTER = ("mail", "sms", APPRISE)  # browsers come and go, and each webhook has its own log and notice
_COUNTS = ("imported", "updated", "unchanged", "skipped", "failed")


@dataclass(frozen=True, slots=True)
class _Occasion:
    """`permission` says who hears of it; of what happens again before it was read, only the number grows."""

    permission: str
    kind: str
    event: Event
    payload: Mapping[str, str | int]
    url: str | None = None
    group: str | None = None


def site_notices(wording: Wording, services: int) -> tuple[Handler[Any], ...]:
    """`services` is how many the site's own Apprise addresses are: these hear what needs attention, too."""

    @on(HandlerGaveUp, group=GROUP)
    async def dead_letter(event: HandlerGaveUp, session: AsyncSession) -> None:
        about = {"event_id": str(event.event_id), "event_type": event.event_type, "handler": event.handler}
        occasion = _Occasion("manage:events", "dead_letter", event, about, group=event.handler)
        await _tell_people(session, wording, occasion)
        await _tell_services(session, wording, occasion, services)

    @on(DeliveryFailed, group=GROUP)
    async def delivery_failed(event: DeliveryFailed, session: AsyncSession) -> None:
        if event.channel not in _LOOKED_AFTER:
            return
        about = {"channel": event.channel, "kind": event.kind, "reason": event.reason}
        occasion = _Occasion("view:mail", "delivery_failed", event, about, group=event.channel)
        await _tell_people(session, wording, occasion)
        if event.channel != APPRISE:  # a service that takes nothing is not told so, without end
            await _tell_services(session, wording, occasion, services)

    @on(WebhookDisabled, group=GROUP)
    async def webhook_disabled(event: WebhookDisabled, session: AsyncSession) -> None:
        about = {"host": event.host, "reason": event.reason}
        url = f"/admin/webhooks/{event.endpoint_id}"
        occasion = _Occasion("manage:webhooks", "webhook_disabled", event, about, url=url)
        await _tell_people(session, wording, occasion)
        await _tell_services(session, wording, occasion, services)

    @on(ImportFinished, group=GROUP)
    async def import_finished(event: ImportFinished, session: AsyncSession) -> None:
        about = {name: getattr(event, name) for name in _COUNTS}
        occasion = _Occasion("moderate:article", "import_finished", event, about, url="/studio")
        await _tell_people(session, wording, occasion)

    @on(AiBudgetLow, group=GROUP)
    async def budget_low(event: AiBudgetLow, session: AsyncSession) -> None:
        kind, _, name = event.scope.partition(":")
        about = {"period": event.period, "spent": _dollars(event.spent_micros), "limit": _dollars(event.limit_micros)}
        if kind == "user":
            notice = Notice("own_ai_budget_low", UUID(name), event.id, about, url="/settings/ai")
            await NotificationService(session, wording).notify(notice)
            return
        whose = "The site's" if kind == "site" else f"The tier {name}'s"
        group = f"{event.scope}:{event.period}"
        occasion = _Occasion("manage:ai", "ai_budget_low", event, {"whose": whose, **about}, "/admin/ai", group)
        await _tell_people(session, wording, occasion)
        await _tell_services(session, wording, occasion, services)

    return budget_low, dead_letter, delivery_failed, webhook_disabled, import_finished


def _dollars(micros: int) -> str:
    return f"${micros / 1_000_000:,.4f}".rstrip("0").rstrip(".")


async def _tell_people(session: AsyncSession, wording: Wording, occasion: _Occasion) -> None:
    key = f"{occasion.kind}:{occasion.group}" if occasion.group else None
    for user_id in await who_may(session, occasion.permission):
        notice = Notice(occasion.kind, user_id, occasion.event.id, occasion.payload, url=occasion.url, group_key=key)
        await NotificationService(session, wording).notify(notice)


async def _tell_services(session: AsyncSession, wording: Wording, occasion: _Occasion, services: int) -> None:
    if services:
        words = await wording.words(
            session, TYPES[occasion.kind], occasion.payload, person="all", url=occasion.url or "/"
        )
        for number in range(services):
            message = to_service(number, occasion.kind, words.subject, words.text, source_id=occasion.event.id)
            await DeliveryService(session).send(message)
