"""Roles and permissions, edited while the site runs: they act at once, and nobody reaches beyond themselves."""

from typing import Any

import httpx
import pytest

from stoa.shared.database import Database
from tests.auth.calls import API, assert_problem, me
from tests.matrix.table import RIGHTS
from tests.people import People

ROLES = f"{API}/admin/roles"


async def make_role(admin: httpx.AsyncClient, name: str, *permissions: str) -> str:
    body = {"name": name, "description": "Of the tests", "permissions": permissions}
    answer = await admin.post(ROLES, json=body)
    assert answer.status_code == 201, answer.text
    return name


async def give(admin: httpx.AsyncClient, role: str, *permissions: str) -> httpx.Response:
    return await admin.patch(f"{ROLES}/{role}", json={"permissions": permissions})


async def permissions_of_role(admin: httpx.AsyncClient, name: str) -> set[str]:
    items = (await admin.get(ROLES)).json()["items"]
    return next(set(item["permissions"]) for item in items if item["name"] == name)


class TestCreating:
    async def test_whoever_has_it_may_do_so(self, admin: httpx.AsyncClient, people: People) -> None:
        await make_role(admin, "tagger", "create:tag", "create:tag")
        tagger = await people.client("tagger")
        assert (await tagger.post(f"{API}/tags", json={"name": "New"})).status_code == 201
        assert (await tagger.delete(f"{API}/tags/new")).status_code == 403

    async def test_a_taken_name_is_told(self, admin: httpx.AsyncClient) -> None:
        answer = await admin.post(ROLES, json={"name": "viewer", "description": "Another"})
        assert "another name" in assert_problem(answer, 409)["detail"]

    async def test_an_unknown_permission_is_told_at_its_field(self, admin: httpx.AsyncClient) -> None:
        body = {"name": "odd", "description": "Odd", "permissions": ["create:tag", "rule:world"]}
        problem = assert_problem(await admin.post(ROLES, json=body), 422)
        assert problem["errors"][0]["field"] == "body.permissions"
        assert "rule:world" in problem["detail"]
        assert "odd" not in (await admin.get(ROLES)).text

    @pytest.mark.parametrize(
        "fields",
        [
            {"name": "Admin"}, {"name": "a"}, {"name": "a b"}, {"name": "-a"}, {"name": "x" * 41}, {"name": "a\n"},
            {"name": None}, {"description": ""}, {"description": "x" * 201}, {"description": "a\u0000b"},
            {"permissions": "create:tag"}, {"permissions": [None]}, {"permissions": ["create:tag"] * 201},
            {"is_builtin": True},
        ],
        ids=str,
    )  # fmt: skip
    async def test_bad_input_is_told(self, admin: httpx.AsyncClient, fields: dict[str, Any]) -> None:
        answer = await admin.post(ROLES, json={"name": "helper", "description": "Helps", **fields})
        assert_problem(answer, 422)


class TestChanging:
    async def test_acts_on_the_next_request(self, admin: httpx.AsyncClient, people: People) -> None:
        await make_role(admin, "tagger")
        tagger = await people.client("tagger")
        assert (await tagger.post(f"{API}/tags", json={"name": "One"})).status_code == 403
        assert (await give(admin, "tagger", "create:tag")).json()["permissions"] == ["create:tag"]
        assert (await tagger.post(f"{API}/tags", json={"name": "One"})).status_code == 201
        await give(admin, "tagger")
        assert (await tagger.post(f"{API}/tags", json={"name": "Two"})).status_code == 403
        assert (await me(tagger)).json()["permissions"] == []

    async def test_what_is_left_out_stays(self, admin: httpx.AsyncClient) -> None:
        await make_role(admin, "tagger", "create:tag")
        changed = (await admin.patch(f"{ROLES}/tagger", json={"description": "Tags things"})).json()
        assert (changed["description"], changed["permissions"]) == ("Tags things", ["create:tag"])
        assert (await give(admin, "tagger")).json()["description"] == "Tags things"

    @pytest.mark.parametrize("lost", ["manage:users", "manage:roles"])
    async def test_admins_keep_what_undoes_it(self, admin: httpx.AsyncClient, lost: str) -> None:
        assert "keeps" in assert_problem(await give(admin, "admin", *(RIGHTS["admin"] - {lost})), 422)["detail"]
        assert await permissions_of_role(admin, "admin") == RIGHTS["admin"]

    async def test_an_admin_takes_back_what_the_role_lost(self, admin: httpx.AsyncClient) -> None:
        assert (await give(admin, "admin", *(RIGHTS["admin"] - {"view:audit"}))).status_code == 200
        assert (await admin.get(f"{API}/admin/audit")).status_code == 403
        assert (await give(admin, "admin", *RIGHTS["admin"])).status_code == 200
        assert (await admin.get(f"{API}/admin/audit")).status_code == 200

    async def test_what_is_not_there_cannot_be_changed(self, admin: httpx.AsyncClient) -> None:
        assert_problem(await give(admin, "nobody"), 404)
        assert_problem(await admin.patch(f"{ROLES}/viewer", json={"name": "reader"}), 422)


class TestDeleting:
    async def test_only_when_nobody_has_it(self, admin: httpx.AsyncClient, people: People) -> None:
        await make_role(admin, "tagger")
        person = await people.person("tagger")
        assert "another role" in assert_problem(await admin.delete(f"{ROLES}/tagger"), 409)["detail"]
        await admin.patch(f"{API}/admin/users/{person.username}", json={"role": "viewer"})
        assert (await admin.delete(f"{ROLES}/tagger")).status_code == 204
        assert "tagger" not in (await admin.get(ROLES)).text
        assert_problem(await admin.delete(f"{ROLES}/tagger"), 404)

    @pytest.mark.parametrize("name", ["viewer", "creator", "moderator", "admin"])
    async def test_those_of_stoa_stay(self, admin: httpx.AsyncClient, name: str) -> None:
        assert_problem(await admin.delete(f"{ROLES}/{name}"), 409)


class TestReach:
    """Somebody who manages roles, and nothing else."""

    @pytest.fixture(params=["a person", "a key of an admin"])
    async def clerk(
        self, request: pytest.FixtureRequest, admin: httpx.AsyncClient, people: People
    ) -> httpx.AsyncClient:
        if request.param == "a person":
            return await people.client(await make_role(admin, "clerk", "manage:roles"))
        return await people.client_of(await people.person("admin"), by="key", scopes=["manage:roles"])

    async def test_gives_nobody_what_they_may_not(self, clerk: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
        body = {"name": "spy", "description": "Spies", "permissions": ["view:mail"]}
        assert_problem(await clerk.post(ROLES, json=body), 403)
        assert_problem(await give(clerk, "viewer", "manage:roles", "view:mail"), 403)
        assert await permissions_of_role(admin, "viewer") == RIGHTS["viewer"]

    async def test_takes_from_nobody_what_they_may_not(
        self, clerk: httpx.AsyncClient, admin: httpx.AsyncClient
    ) -> None:
        assert_problem(await give(clerk, "admin", "manage:roles", "manage:users"), 403)
        assert_problem(await give(clerk, "creator"), 403)
        assert await permissions_of_role(admin, "admin") == RIGHTS["admin"]

    async def test_passes_on_their_own(self, clerk: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
        await make_role(admin, "second-clerk")
        assert (await give(clerk, "second-clerk", "manage:roles")).json()["permissions"] == ["manage:roles"]


async def test_the_log_says_what_was_given_and_taken(admin: httpx.AsyncClient, db: Database) -> None:
    await make_role(admin, "tagger", "create:tag", "edit:tag")
    await give(admin, "tagger", "edit:tag", "delete:tag")
    async with db.reads.connection() as connection:
        details = await connection.fetchval("SELECT details FROM audit.events ORDER BY position DESC LIMIT 1")
    assert '"delete:tag"' in details
    assert '"create:tag"' in details
    assert '"edit:tag"' not in details
