"""Saying where events are sent to: what is refused, what is shown once, and whose business it is."""

from typing import Any

import pytest

from stoa.shared.database import Database
from stoa.shared.settings import Settings
from tests.auth.calls import assert_problem
from tests.people import People
from tests.webhooks.receiver import Receiver
from tests.webhooks.sending import HOOKS, Site, missing

URL = "https://hooks.example.com/a?token=very-secret"


class TestSaying:
    async def test_a_secret_is_shown_once_and_kept_sealed(self, site: Site, db: Database) -> None:
        made = await site.admin.post(HOOKS, json={"url": URL, "event_types": ["*"], "description": "The shop"})
        assert made.status_code == 201
        assert made.headers["location"] == f"{HOOKS}/{made.json()['id']}"
        assert made.headers["cache-control"] == "no-store"
        secret = made.json()["secret"]
        assert secret.startswith("whsec_")
        found = await site.read(made.json())
        assert found == {key: value for key, value in made.json().items() if key != "secret"}
        assert secret not in (await site.admin.get(HOOKS)).text
        async with db.reads.connection() as connection:
            kept = await connection.fetchval("SELECT secret FROM webhook_endpoints")
        assert secret.encode() not in kept

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"url": "http://0x7f.1/"}, "url"), ({"url": "ftp://example.com"}, "url"),
            ({"url": "https://user:pw@example.com"}, "url"), ({"url": ""}, "url"),
            ({"url": "https://example.com/" + "x" * 2000}, "url"), ({"event_types": []}, "event_types"),
            ({"event_types": ["article.invented"]}, "event_types"), ({"event_types": ["*"] * 101}, "event_types"),
            ({"description": "x" * 201}, "description"), ({"description": "a\x00b"}, "description"),
            ({"secret": "whsec_mine"}, "secret"),
        ],
    )  # fmt: skip
    async def test_what_cannot_be_is_refused_at_its_field(self, site: Site, change: dict[str, Any], field: str) -> None:
        endpoint = await site.endpoint(URL, "article.published")
        body = {"url": URL, "event_types": ["article.published"], **change}
        path, headers = f"{HOOKS}/{endpoint['id']}", {"if-match": "*"}
        for answer in (
            await site.admin.post(HOOKS, json=body),
            await site.admin.patch(path, json=body, headers=headers),
        ):
            problem = assert_problem(answer, 422)
            assert any(field in one["field"] for one in problem["errors"])
        assert await site.read(endpoint) == {key: value for key, value in endpoint.items() if key != "secret"}

    async def test_twenty_are_the_most(self, site: Site) -> None:
        for _ in range(20):
            await site.endpoint(URL)
        assert_problem(await site.admin.post(HOOKS, json={"url": URL, "event_types": ["*"]}), 409)
        listed = (await site.admin.get(HOOKS)).json()
        assert len(listed["items"]) == 20
        assert {"article.published", "webhook.disabled"} <= set(listed["known_types"])

    async def test_of_two_who_change_it_the_second_is_told(self, site: Site) -> None:
        endpoint = await site.endpoint(URL)
        path = f"{HOOKS}/{endpoint['id']}"
        read = await site.admin.get(path)
        assert_problem(await site.admin.patch(path, json={"description": "a"}), 428)
        tag = {"if-match": read.headers["etag"]}
        first = await site.admin.patch(path, json={"description": "a"}, headers=tag)
        assert (first.status_code, first.json()["version"]) == (200, 2)
        assert_problem(await site.admin.patch(path, json={"description": "b"}, headers=tag), 412)
        assert_problem(await site.admin.patch(path, json={"description": "b"}, headers={"if-match": "x"}), 400)
        again = await site.admin.patch(path, json={"description": "b"}, headers={"if-match": first.headers["etag"]})
        assert again.json()["description"] == "b"

    async def test_deliveries_are_those_of_that_endpoint(self, site: Site, receiver: Receiver) -> None:
        one, other = await site.endpoint(receiver.url), await site.endpoint(receiver.url)
        sent = [await site.test(one) for _ in range(3)]
        first = await site.read(one, "/deliveries?limit=2")
        assert [item["id"] for item in first["items"]] == sent[:0:-1]
        rest = await site.read(one, f"/deliveries?limit=2&cursor={first['next_cursor']}")
        assert [item["id"] for item in rest["items"]] == sent[:1]
        assert (await site.read(other, "/deliveries"))["items"] == []
        for path in (
            f"{other['id']}/deliveries/{sent[0]}",
            f"{missing()}/deliveries/{sent[0]}",
            f"{missing()}/deliveries",
        ):
            assert_problem(await site.admin.get(f"{HOOKS}/{path}"), 404)
        await site.deliver()
        assert_problem(await site.replay(other, sent[0]), 404)
        assert_problem(await site.replay(one, str(missing())), 404)

    @pytest.mark.parametrize("path", ["", "/test", "/rotate-secret"])
    async def test_one_that_is_not_there(self, site: Site, path: str) -> None:
        address = f"{HOOKS}/{missing()}{path}"
        assert_problem(await (site.admin.post(address) if path else site.admin.get(address)), 404)
        if not path:
            assert_problem(await site.admin.delete(address), 404)
            assert_problem(await site.admin.patch(address, json={}, headers={"if-match": "*"}), 404)


class TestWhoMay:
    @pytest.mark.parametrize("role", ["viewer", "creator", "moderator"])
    async def test_nobody_else(self, site: Site, people: People, role: str) -> None:
        endpoint = await site.endpoint(URL)
        client = await people.client(role)
        assert_problem(await client.get(f"{HOOKS}/{endpoint['id']}"), 403)
        assert_problem(await client.post(HOOKS, json={"url": URL, "event_types": ["*"]}), 403)

    async def test_each_act_leaves_one_row_and_no_secret(self, site: Site, receiver: Receiver, db: Database) -> None:
        before = await self._log(db)
        endpoint = await site.endpoint(f"{receiver.url}?token=very-secret")
        await site.change(endpoint, event_types=["article.published"])
        await site.change(endpoint, event_types=["article.published"])  # nothing new
        await site.admin.post(f"{HOOKS}/{endpoint['id']}/rotate-secret")
        delivery_id = await site.test(endpoint)
        await site.deliver()
        await site.replay(endpoint, delivery_id)
        await site.read(endpoint, "/deliveries")
        await site.admin.delete(f"{HOOKS}/{endpoint['id']}")
        rows = (await self._log(db))[len(before) :]
        acts = ["created", "changed", "secret_rotated", "tested"]
        assert [row[0] for row in rows] == [
            *(f"webhook.{act}" for act in acts),
            "delivery.sent_again",
            "webhook.deleted",
        ]
        assert "very-secret" not in str(rows)
        assert "whsec_" not in str(rows)

    async def _log(self, db: Database) -> list[tuple[str, str]]:
        async with db.reads.connection() as connection:
            rows = await connection.fetch("SELECT action, details::text FROM audit.events ORDER BY position")
        return [(row[0], row[1]) for row in rows]


class TestInProduction:
    @pytest.fixture
    def settings(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
        monkeypatch.delenv("STOA_PRIVATE_TARGETS")
        return settings.load(env_file=None)

    @pytest.mark.parametrize(
        "url", ["http://example.com/", "https://127.0.0.1/", "https://localhost/", "https://[::ffff:127.0.0.1]/",
                "https://169.254.169.254/", "https://2130706433/", "https://10.0.0.1/", "https://example.com:22/"],
    )  # fmt: skip
    async def test_machines_inside_cannot_be_named(self, site: Site, url: str) -> None:
        problem = assert_problem(await site.admin.post(HOOKS, json={"url": url, "event_types": ["*"]}), 422)
        assert problem["errors"][0]["field"] == "body.url"

    async def test_nor_reached_when_they_stand_in_the_table(self, site: Site, receiver: Receiver) -> None:
        endpoint = await site.endpoint(URL)
        await site.run("UPDATE webhook_endpoints SET url = :url", url=receiver.url)
        await site.test(endpoint)
        await site.deliver()
        delivery = await site.delivery(endpoint)
        assert (delivery["state"], delivery["reason"]) == ("failed", "The address must start with https://.")
        assert receiver.got == []
