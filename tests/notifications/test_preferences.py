"""What people choose acts at once, what must be heard stays on, and nothing is silent without a reason."""

import httpx
import pytest
from fastapi import FastAPI

from stoa.modules.notifications.unsubscribing import Unsubscribing
from stoa.shared.database import Database
from stoa.shared.errors import NotFound
from stoa.shared.queries import Query
from tests.matrix.things import banned
from tests.notifications.browser import TestBrowser as Browser
from tests.notifications.telling import API, choose, listed, tell, unread, ways
from tests.people import People, Person

_OF_USER = Query.text(
    "SELECT channel, kind, recipient, state, reason, content::text FROM deliveries WHERE user_id = $1", ("user_id",)
)


@pytest.fixture
async def person(people: People) -> Person:
    return await people.person()


@pytest.fixture
async def client(people: People, person: Person) -> httpx.AsyncClient:
    return await people.client_of(person)


async def wish(client: httpx.AsyncClient, category: str, channel: str) -> tuple[str, bool, bool]:
    """Wish, locked, default."""
    grid = (await client.get(f"{API}/preferences")).json()["items"]
    [row] = [row for row in grid if row["category"] == category]
    [cell] = [cell for cell in row["channels"] if cell["channel"] == channel]
    return cell["wish"], cell["is_locked"], cell["is_default"]


class TestGrid:
    async def test_begins_with_the_defaults(self, client: httpx.AsyncClient) -> None:
        assert await wish(client, "security", "mail") == ("instant", True, True)
        assert await wish(client, "content", "mail") == ("off", False, True)
        assert await wish(client, "content", "push") == ("instant", False, True)
        grid = (await client.get(f"{API}/preferences")).json()["items"]
        assert [row["category"] for row in grid] == ["security", "account", "content", "comments", "following", "site"]
        assert all(row["label"] and row["description"] for row in grid)
        assert {cell["wish"] for row in grid for cell in row["channels"] if cell["channel"] == "sms"} == {"off"}

    async def test_keeps_what_was_chosen_and_leaves_the_rest(self, client: httpx.AsyncClient) -> None:
        assert (await choose(client, "content", "mail", "instant")).status_code == 204
        assert (await choose(client, "account", "push", "off")).status_code == 204
        assert await wish(client, "content", "mail") == ("instant", False, False)
        assert await wish(client, "account", "push") == ("off", False, False)
        assert await wish(client, "account", "mail") == ("instant", False, True)

    @pytest.mark.parametrize("channel", ["mail", "in_app"])
    async def test_what_must_be_heard_cannot_be_switched_off(self, client: httpx.AsyncClient, channel: str) -> None:
        refused = await choose(client, "security", channel, "off")
        assert refused.status_code == 422
        assert "cannot be switched off" in refused.json()["detail"]
        assert (await wish(client, "security", channel))[0] == "instant"

    async def test_one_bad_cell_refuses_all(self, client: httpx.AsyncClient) -> None:
        cells = [
            {"category": "content", "channel": "mail", "wish": "instant"},
            {"category": "security", "channel": "mail", "wish": "off"},
            {"category": "site", "channel": "mail", "wish": "daily"},
        ]
        refused = (await client.put(f"{API}/preferences", json={"preferences": cells})).json()
        assert [fault["field"] for fault in refused["errors"]] == ["body.preferences.1.wish", "body.preferences.2.wish"]
        assert "no digests yet" in refused["detail"]
        assert await wish(client, "content", "mail") == ("off", False, True)

    @pytest.mark.parametrize(
        "cell",
        [
            {"category": "weather", "channel": "mail", "wish": "off"},
            {"category": "content", "channel": "pigeon", "wish": "off"},
            {"category": "content", "channel": "mail", "wish": "hourly"},
            {"category": "content", "channel": "mail", "wish": "off", "user_id": "x"},
        ],
    )
    async def test_what_there_is_not_is_refused(self, client: httpx.AsyncClient, cell: dict[str, str]) -> None:
        assert (await client.put(f"{API}/preferences", json={"preferences": [cell]})).status_code == 422


class TestEffect:
    async def test_acts_on_the_very_next_notice(self, app: FastAPI, client: httpx.AsyncClient, person: Person) -> None:
        await choose(client, "account", "mail", "off")
        await tell(app, "welcome", person.id)
        await choose(client, "account", "mail", "instant")
        await tell(app, "welcome", person.id)
        second, first = await listed(client)
        silent = (await ways(client, first["id"]))["mail"]
        assert (silent["state"], silent["reason"]) == ("suppressed", "You switched Mail off for Account.")
        assert (await ways(client, second["id"]))["mail"]["state"] == "pending"

    async def test_off_on_the_site_is_kept_and_says_why(
        self, app: FastAPI, client: httpx.AsyncClient, person: Person
    ) -> None:
        await choose(client, "account", "in_app", "off")
        await tell(app, "welcome", person.id)
        assert await listed(client) == []
        assert await unread(client) == 0
        [hidden] = await listed(client, hidden="true")
        found = await ways(client, hidden["id"])
        assert found["in_app"]["reason"] == 'You switched "On the site" off for Account.'
        assert found["mail"]["state"] == "pending"

    async def test_quiet_types_are_mailed_once_somebody_asks(
        self, app: FastAPI, client: httpx.AsyncClient, person: Person
    ) -> None:
        counts = {"imported": 1, "updated": 0, "unchanged": 0, "skipped": 0, "failed": 0}
        await tell(app, "import_finished", person.id, **counts)
        await choose(client, "site", "mail", "instant")
        await tell(app, "import_finished", person.id, **counts)
        second, first = await listed(client)
        assert (await ways(client, first["id"]))["mail"]["reason"] == (
            "Mail is off for Import finished unless you switch it on for Running the site."
        )
        assert (await ways(client, second["id"]))["mail"]["state"] == "pending"

    async def test_an_address_nobody_confirmed_gets_nothing(self, app: FastAPI, people: People) -> None:
        stranger = await people.person(is_verified=False)
        await tell(app, "password_changed", stranger.id)
        async with await people.client_of(stranger) as client:
            [item] = await listed(client)
            assert (await ways(client, item["id"]))["mail"]["reason"] == "You have not confirmed your mail address."

    async def test_sms_without_a_number_says_so(self, app: FastAPI, client: httpx.AsyncClient, person: Person) -> None:
        await choose(client, "account", "sms", "instant")
        await tell(app, "welcome", person.id)
        [item] = await listed(client)
        reason = (await ways(client, item["id"]))["sms"]["reason"]
        assert reason == "You gave no telephone number, or have not confirmed it."

    async def test_the_banned_are_told_of_their_ban_only(self, app: FastAPI, people: People, db: Database) -> None:
        person = await banned(people, db, "creator")
        await tell(app, "account_banned", person.id, reason="Spam", until="")
        await tell(app, "article_taken_down", person.id, title="A walk")
        sent = await db.reads.fetch(_OF_USER, user_id=person.id)
        found = {(row["kind"], row["channel"]): (row["state"], row["reason"]) for row in sent}
        assert found["account_banned", "mail"][0] == "pending"
        assert found["article_taken_down", "push"] == ("suppressed", "The account is banned.")

    async def test_each_device_gets_its_own(
        self, app: FastAPI, person: Person, client: httpx.AsyncClient, db: Database
    ) -> None:
        for name in ("one", "two"):
            body = Browser().subscription(f"https://push.example.com/{name}")
            made = await client.post(f"{API}/push/subscriptions", json=body)
            assert made.status_code == 201, made.text
        await tell(app, "role_changed", person.id, role="creator", former_role="viewer", url="/studio")
        sent = await db.reads.fetch(_OF_USER, user_id=person.id)
        pushes = [row for row in sent if row["channel"] == "push"]
        assert {row["state"] for row in pushes} == {"pending"}
        assert len({row["recipient"] for row in pushes}) == 2
        assert '"url": "http://localhost:8000/studio"' in pushes[0]["content"]


class TestOneClick:
    async def test_mails_that_can_be_switched_off_carry_a_link_that_does(
        self, app: FastAPI, client: httpx.AsyncClient, person: Person, db: Database
    ) -> None:
        await tell(app, "welcome", person.id)
        await tell(app, "password_changed", person.id)
        sent = await db.reads.fetch(_OF_USER, user_id=person.id)
        mails = {row["kind"]: row["content"] for row in sent if row["channel"] == "mail"}
        assert "unsubscribe_url" not in mails["password_changed"]
        links = Unsubscribing(app.state.auth.keyring, "http://localhost:8000")
        link = links.link(person.id, "account")
        assert link in mails["welcome"]
        token = link.rpartition("/")[2]
        assert links.category_of(token).label == "Account"
        for _ in range(2):
            await db.transact(lambda session: links.unsubscribe(session, token))
        assert await wish(client, "account", "mail") == ("off", False, False)
        assert await wish(client, "content", "push") == ("instant", False, True)

    async def test_no_other_link_does_anything(
        self, app: FastAPI, people: People, person: Person, client: httpx.AsyncClient, db: Database
    ) -> None:
        links = Unsubscribing(app.state.auth.keyring, "http://localhost:8000")
        token = links.link(person.id, "account").rpartition("/")[2]
        other = await people.person()
        bad = [
            "", "x" * 120, token[:-1], token[:-1] + ("0" if token[-1] != "0" else "1"),
            token.replace(person.id.hex, other.id.hex), token.replace(".account.", ".content."),
            links.link(person.id, "security").rpartition("/")[2], token + "\n",
        ]  # fmt: skip
        for sent in bad:
            async with db.unit_of_work() as session:
                with pytest.raises(NotFound):
                    await links.unsubscribe(session, sent)
        assert await wish(client, "account", "mail") == ("instant", False, True)
