"""Endpoints made by many at once, with real commits."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.webhooks.errors import TooManyEndpoints
from stoa.modules.webhooks.parts import WebhookParts
from stoa.modules.webhooks.schemas import EndpointIn, EndpointWithSecret
from stoa.modules.webhooks.service import MOST_ENDPOINTS, WebhookService
from stoa.shared.keyring import Keyring
from tests.events.engine import opened, rows
from tests.people import SHELL

NEW = EndpointIn(url="https://hooks.example.com/", event_types=["*"])
PARTS = WebhookParts(Keyring(["k" * 40]), ["user.verified"], False)


async def test_none_counts_past_another(own_database_url: str) -> None:
    async def create(session: AsyncSession) -> EndpointWithSecret:
        return await WebhookService(session, PARTS).create(NEW, SHELL)

    async with opened(own_database_url) as database:
        for _ in range(MOST_ENDPOINTS - 2):
            await database.transact(create)
        done = await asyncio.gather(*(database.transact(create) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(one, EndpointWithSecret) for one in done) == 2
    assert sum(isinstance(one, TooManyEndpoints) for one in done) == 6
    assert (await rows(own_database_url, "SELECT count(*) FROM webhook_endpoints"))[0][0] == MOST_ENDPOINTS
