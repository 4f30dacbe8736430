"""Reading the mails that were written, as their receivers would."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.handling import handle_events

Mails = Callable[[str], Awaitable[list[dict[str, Any]]]]
LINK_TOKEN = re.compile(r"\?token=([A-Za-z0-9_-]+)")


@pytest.fixture
def mails_to(app: FastAPI, admin: httpx.AsyncClient) -> Mails:
    """The mails to an address, newest first, once what happened is handled."""

    async def read(address: str) -> list[dict[str, Any]]:
        await handle_events(app)
        answer = await admin.get("/api/v1/admin/mail", params={"recipient": address})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    return read


@pytest.fixture
def token_in(mails_to: Mails) -> Callable[[str, str], Awaitable[str]]:
    """The one-time token of the newest mail of a kind."""

    async def read(address: str, kind: str) -> str:
        texts = [mail["text"] for mail in await mails_to(address) if mail["kind"] == kind]
        assert texts, f"no {kind} mail to {address}"
        found = LINK_TOKEN.search(texts[0])
        assert found
        return found[1]

    return read
