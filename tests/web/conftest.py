"""Somebody signed in by the form, as tests of pages need them."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from tests.conftest import client_of
from tests.people import People
from tests.web.forms import sign_in


@pytest.fixture
async def ada(people: People, app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The browser of Ada, a creator."""
    await people.person("creator", username="ada", display_name="Ada", with_password=True)
    async with client_of(app) as client:
        answer = await sign_in(client, "ada")
        assert answer.status_code == 303, answer.text
        yield client
