"""Every page x visitor, answered as the reviewed table says; and no form of another site gets anywhere."""

import re
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from stoa.shared.security import OWN_ACCOUNT, permissions_of
from tests.conftest import client_of
from tests.matrix.table import API, PUBLIC
from tests.people import People
from tests.rights.pages import ACTIONS, PAGES, VISITORS, Action, expected

IDS = (
    "session_id",
    "key_id",
    "notification_id",
    "subscription_id",
    "delivery_id",
    "endpoint_id",
    "comment_id",
    "import_id",
    "conversation_id",
)
NAMES = {"number": "1", "act": "delete", "form": "atom", **dict.fromkeys(IDS, str(UUID(int=0)))}


def address(path: str) -> str:
    """With a name in it that nothing has."""
    return re.sub(r"\{(\w+)(:path)?\}", lambda found: NAMES.get(found[1], "nothing-of-the-kind"), path)


async def visitors(app: FastAPI, people: People) -> dict[str, httpx.AsyncClient]:
    clients = {role: await people.client(role, by="cookie") for role in VISITORS if role != "anonymous"}
    return {"anonymous": client_of(app), **clients}


class TestTable:
    def test_has_a_row_for_every_page_and_no_other(self, app: FastAPI) -> None:
        routes = {
            key: needs for key, needs in permissions_of(app).items() if not key[1].startswith((API, "/v1/", "/metrics"))
        }
        rows = {("GET", page.path): page.needs for page in PAGES}
        rows |= {("POST", action.path): action.needs for action in ACTIONS}
        assert rows == routes


class TestPages:
    async def test_answer_as_the_table_says(self, app: FastAPI, people: People) -> None:
        wrong = []
        for visitor, client in (await visitors(app, people)).items():
            for page in PAGES:
                answer = await client.get(address(page.path))
                if answer.status_code != expected(page, visitor):
                    wrong.append(f"{visitor}, {page.path}: {answer.status_code}, not {expected(page, visitor)}")
        assert wrong == []

    async def test_private_ones_lead_strangers_to_the_sign_in(self, client: httpx.AsyncClient) -> None:
        for page in PAGES:
            if expected(page, "anonymous") == 303 and page.needs != PUBLIC:
                answer = await client.get(address(page.path))
                assert answer.headers["location"].startswith("/sign-in?next=%2F"), page.path
                assert "no-store" in answer.headers.get("cache-control", ""), page.path

    async def test_private_ones_are_kept_by_nobody(self, people: People) -> None:
        admin = await people.client("admin", by="cookie")
        for page in PAGES:
            if page.needs != PUBLIC:
                answer = await admin.get(address(page.path))
                assert "no-store" in answer.headers["cache-control"], page.path

    async def test_an_api_key_sees_none_of_ones_own(self, people: People) -> None:
        key = await people.client("admin", by="key")
        for page in PAGES:
            if page.needs == OWN_ACCOUNT:
                assert (await key.get(address(page.path))).status_code == 403, page.path


class TestActions:
    """The sender has even got hold of the token; what gives it away is where the form comes from."""

    @staticmethod
    async def token(client: httpx.AsyncClient) -> str:
        known: str | None = client.headers.pop("x-csrf-token", None)
        if known is None:
            found = re.search(r'name="csrf_token" value="([^"]+)"', (await client.get("/sign-in")).text)
            assert found
            known = found[1]
        return known

    @pytest.mark.parametrize("action", ACTIONS, ids=lambda action: str(action.path))
    async def test_no_form_of_another_site_gets_anywhere(self, action: Action, app: FastAPI, people: People) -> None:
        for visitor, client in (await visitors(app, people)).items():
            if (visitor, action.path) == ("anonymous", "/sign-out"):
                continue  # there is nothing to end
            token = await self.token(client)
            client.headers["origin"] = "https://evil.example"
            answer = await client.post(address(action.path), data={"csrf_token": token})
            refused = 401 if visitor == "anonymous" and action.needs != PUBLIC else 403
            assert answer.status_code == (action.from_anywhere or refused), visitor
            assert "stoa_session" not in answer.headers.get("set-cookie", "")
