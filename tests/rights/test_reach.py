"""Nobody acts on those above them, and somebody is always left who runs the site."""

import httpx
import pytest

from tests.auth.calls import assert_problem, me
from tests.auth.test_people import LATER, PEOPLE, ban, change
from tests.auth.test_roles import make_role
from tests.people import People, Person

SCOPES = ["manage:users", "create:comment", "use:ai"]


class TestLastAdmin:
    @pytest.fixture
    async def last(self, people: People) -> Person:
        return await people.person("admin")

    async def test_stays(self, people: People, last: Person) -> None:
        client = await people.client_of(last)
        assert_problem(await change(client, last, role="moderator"), 409)
        assert_problem(await ban(client, last), 409)
        assert (await me(client)).json()["role"] == "admin"

    async def test_one_who_is_banned_does_not_count(self, people: People, last: Person) -> None:
        other = await people.person("admin")
        client = await people.client_of(last)
        assert (await ban(client, other, until=LATER)).status_code == 200
        assert_problem(await change(client, last, role="viewer"), 409)
        assert (await client.delete(f"{PEOPLE}/{other.username}/ban")).status_code == 204
        assert (await change(client, last, role="viewer")).status_code == 200
        assert_problem(await change(client, other, role="viewer"), 403)

    async def test_nobody_bans_themselves(self, people: People, last: Person) -> None:
        await people.person("admin")
        assert "yourself" in assert_problem(await ban(await people.client_of(last), last), 409)["detail"]


class TestReach:
    """Somebody who manages people, and may else what every reader may."""

    @pytest.fixture
    async def clerk(self, admin: httpx.AsyncClient, people: People) -> Person:
        return await people.person(await make_role(admin, "clerk", *SCOPES))

    @pytest.fixture(params=["a person", "a key of an admin"])
    async def client_of_clerk(self, request: pytest.FixtureRequest, people: People, clerk: Person) -> httpx.AsyncClient:
        if request.param == "a person":
            return await people.client_of(clerk)
        return await people.client_of(await people.person("admin"), by="key", scopes=SCOPES)

    @pytest.mark.parametrize("above", ["creator", "admin"])
    async def test_ends_with_those_who_may_more(
        self, client_of_clerk: httpx.AsyncClient, people: People, above: str
    ) -> None:
        person = await people.person(above)
        theirs = await people.client_of(person)
        assert_problem(await change(client_of_clerk, person, role="viewer"), 403)
        assert_problem(await change(client_of_clerk, person, tier="pro"), 403)
        assert_problem(await ban(client_of_clerk, person), 403)
        assert_problem(await client_of_clerk.delete(f"{PEOPLE}/{person.username}/ban"), 403)
        assert_problem(await client_of_clerk.post(f"{PEOPLE}/{person.username}/sign-out"), 403)
        assert (await me(theirs)).json()["role"] == above

    async def test_gives_no_role_that_may_more(
        self, client_of_clerk: httpx.AsyncClient, clerk: Person, people: People
    ) -> None:
        for person in (clerk, await people.person()):
            assert_problem(await change(client_of_clerk, person, role="creator"), 403)
            assert_problem(await change(client_of_clerk, person, role="admin"), 403)

    async def test_acts_on_equals_and_below(self, client_of_clerk: httpx.AsyncClient, people: People) -> None:
        viewer, other = await people.person(), await people.person("clerk")
        assert (await change(client_of_clerk, viewer, role="clerk")).status_code == 200
        assert (await ban(client_of_clerk, other)).status_code == 200
