"""Every route x identity x credential x ownership, each answered as the reviewed table says."""

import io
import os
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image

from stoa.shared.database import Database
from stoa.shared.security import OWN_ACCOUNT, SIGNED_IN, permissions_of
from tests.conftest import client_of
from tests.matrix.table import API, IDENTITIES, PUBLIC, RIGHTS, TABLE, Row, expected
from tests.matrix.things import Things, banned
from tests.people import PASSWORD, Credential, People, Person

CREDENTIALS: tuple[Credential, ...] = ("token", "cookie", "key")
Cell = tuple[str, str, str]


def cells(row: Row) -> Iterator[Cell]:
    """Identity, credential and target of each request."""
    targets = ["own", "foreign", "missing"] if row.thing else ["own"]
    if row.thing == "article":
        targets.append("foreign-draft")
    for identity in IDENTITIES:
        for credential in ("none",) if identity == "anonymous" else CREDENTIALS:
            for target in targets:
                yield identity, credential, target


class Callers:
    """The people of one test; whoever ends their own account is made anew."""

    def __init__(self, people: People, database: Database, row: Row) -> None:
        self._people = people
        self._database = database
        self._needs_password = "{password}" in str(row.body)
        self._is_fatal = row.path.endswith(("/users/me", "/logout", "/sessions", "/password/change"))
        self._made: dict[str, Person] = {}

    async def person(self, identity: str) -> Person | None:
        if identity == "anonymous":
            return None
        if self._is_fatal or identity not in self._made:
            if identity == "banned":
                made = await banned(self._people, self._database, "creator", with_password=self._needs_password)
            else:
                made = await self._people.person(identity, with_password=self._needs_password)
            self._made[identity] = made
        return self._made[identity]


@pytest.fixture
async def things(people: People, db: Database) -> Things:
    await people.person("admin")  # so that no other admin is the last
    return Things(people, db, await people.person("creator"))


def picture() -> bytes:
    """One like no other."""
    out = io.BytesIO()
    Image.frombytes("RGB", (20, 10), os.urandom(600)).save(out, "PNG")
    return out.getvalue()


def _filled(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return value.replace("{password}", PASSWORD).replace("{unique}", uuid4().hex[:8])


def path_of(row: Row, name: str | None) -> str:
    before, _, rest = row.path.partition("{")
    return before + (name or "") + rest.rpartition("}")[2] if row.thing else row.path


async def ask(client: httpx.AsyncClient, row: Row, path: str) -> httpx.Response:
    options: dict[str, Any] = {"headers": dict(row.headers)}
    if row.body is not None and "{picture}" in str(row.body):
        options["files"] = {"file": ("face.png", picture(), "image/png")}
    elif row.body is not None and "{archive}" in str(row.body):
        options["files"] = {"file": ("notes.zip", b"PK")}
        options["data"] = {"source": uuid4().hex}
    elif row.body is not None:
        options["json"] = {name: _filled(value) for name, value in row.body.items()}
    return await client.request(row.method, path, **options)


async def caller(people: People, person: Person | None, credential: str) -> httpx.AsyncClient:
    if person is None:
        return client_of(people.app)
    return await people.client_of(person, by=credential)  # type: ignore[arg-type] # one of the three


async def audited(admin: httpx.AsyncClient, action: str) -> int:
    found = await admin.get(f"{API}/admin/audit", params={"action": action, "count": "true", "limit": 1})
    return int(found.json()["total"])


class TestTable:
    def test_has_a_row_for_every_route_and_no_other(self, app: FastAPI) -> None:
        routes = {
            key: needs for key, needs in permissions_of(app).items() if key[1].startswith((API, "/v1/", "/metrics"))
        }
        assert {(row.method, row.path): row.needs for row in TABLE} == routes

    async def test_names_every_permission_there_is(self, admin: httpx.AsyncClient) -> None:
        there = {item["name"] for item in (await admin.get(f"{API}/admin/permissions")).json()["items"]}
        assert there == RIGHTS["admin"]
        roles = {
            item["name"]: set(item["permissions"]) for item in (await admin.get(f"{API}/admin/roles")).json()["items"]
        }
        assert roles == {name: set(RIGHTS[name]) for name in ("viewer", "creator", "moderator", "admin")}

    def test_every_permission_guards_something(self) -> None:
        in_services = {"moderate:article", "moderate:comment"}
        assert {row.needs for row in TABLE} - {PUBLIC, SIGNED_IN, OWN_ACCOUNT} | in_services == RIGHTS["admin"]


class TestMatrix:
    @pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.method} {row.path}")
    async def test_answers_as_the_table_says(self, row: Row, people: People, db: Database, things: Things) -> None:
        callers = Callers(people, db, row)
        wrong = []
        for identity, credential, target in cells(row):
            person = await callers.person(identity)
            wanted = "foreign" if identity == "banned" and target == "own" else target  # they can make nothing any more
            name = await things.name_of(row.thing, wanted, person) if row.thing else ""
            if name is None:
                continue
            async with await caller(people, person, credential) as client:
                status = (await ask(client, row, path_of(row, name))).status_code
            right = expected(row, identity, credential, target)
            if status != right:
                wrong.append(f"{identity} by {credential}, {target}: {status}, not {right}")
        assert wrong == []

    @pytest.mark.parametrize("row", [row for row in TABLE if row.audit], ids=lambda row: f"{row.method} {row.path}")
    async def test_a_privileged_act_leaves_one_audit_row(
        self, row: Row, admin: httpx.AsyncClient, things: Things
    ) -> None:
        name = await things.name_of(row.thing, "foreign", None) if row.thing else ""
        assert row.audit
        before = await audited(admin, row.audit)
        answer = await ask(admin, row, path_of(row, name))
        assert answer.status_code == row.done, answer.text
        assert await audited(admin, row.audit) == before + 1

    async def test_refusals_and_reading_leave_none(self, admin: httpx.AsyncClient, things: Things) -> None:
        name = await things.name_of("person", "foreign", None)
        lists = ("/admin/audit", "/admin/mail", "/admin/roles", "/admin/permissions", "/users")
        before = (await admin.get(f"{API}/admin/audit", params={"count": "true"})).json()["total"]
        for path in (*lists, f"/admin/users/{name}"):
            assert (await admin.get(f"{API}{path}")).status_code == 200
        assert (await admin.post(f"{API}/admin/users/{name}/ban", json={})).status_code == 422
        assert (await admin.patch(f"{API}/admin/users/nobody", json={"role": "creator"})).status_code == 404
        assert (await admin.get(f"{API}/admin/audit", params={"count": "true"})).json()["total"] == before
