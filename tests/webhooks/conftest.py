"""A site that may send to machines inside, so that tests can receive."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from stoa.shared.settings import Settings
from tests.webhooks.receiver import Receiver, receiving
from tests.webhooks.sending import Site


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("STOA_PRIVATE_TARGETS", "true")
    return settings.load(env_file=None)


@pytest.fixture
def site(app: FastAPI, admin: httpx.AsyncClient) -> Site:
    return Site(app, admin)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made
