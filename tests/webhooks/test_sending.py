"""What a receiver gets, how it can tell that it is ours, and what becomes of it when it does not take it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.webhooks.receiver import Receiver, answer
from tests.webhooks.sending import HOOKS, Site

WAITS = [5, 300, 1800, 7200, 18_000, 36_000]


def waited(delivery: dict[str, Any]) -> float:
    """Seconds until the next try, since the last."""
    last = datetime.fromisoformat(delivery["history"][-1]["at"])
    return (datetime.fromisoformat(delivery["next_at"]) - last).total_seconds()


class TestReceiving:
    async def test_event_arrives_signed_for_the_reference_verifier(self, site: Site, receiver: Receiver) -> None:
        endpoint = await site.endpoint(receiver.url, "user.verified")
        event = await site.happen()
        assert await site.deliver() == 1
        got = receiver.got[0]
        assert got.line == "POST /hook HTTP/1.1"
        assert got.headers["content-type"] == "application/json"
        assert Webhook(endpoint["secret"]).verify(got.body, got.headers) == got.json
        assert got.json == {
            "type": "user.verified", "timestamp": event.at.isoformat(), "data": {"user_id": str(event.user_id)},
        }  # fmt: skip
        delivery = await site.delivery(endpoint)
        assert (delivery["state"], delivery["reference"], delivery["tries"]) == ("sent", "Answered 200.", 1)
        assert delivery["id"] == got.headers["webhook-id"]
        assert delivery["content"] == got.json
        assert [one["outcome"] for one in delivery["history"]] == ["sent"]

    async def test_signature_of_another_secret_or_body_is_none(self, site: Site, receiver: Receiver) -> None:
        endpoint = await site.endpoint(receiver.url)
        other = await site.endpoint(receiver.url, "article.published")
        await site.test(endpoint)
        await site.deliver()
        got = receiver.got[0]
        for secret, body in ((other["secret"], got.body), (endpoint["secret"], got.body + b" ")):
            with pytest.raises(WebhookVerificationError):
                Webhook(secret).verify(body, got.headers)

    async def test_hears_what_it_listens_to_once(self, site: Site, receiver: Receiver) -> None:
        everything = await site.endpoint(f"{receiver.url}/all")
        await site.endpoint(f"{receiver.url}/articles", "article.published", "article.changed")
        off = await site.endpoint(f"{receiver.url}/off")
        await site.change(off, is_enabled=False)
        event = await site.happen()
        await site.run("UPDATE event_log SET relayed_at = NULL WHERE id = :id", id=event.id)
        await site.run("DELETE FROM event_inbox")  # as if nothing was known of it any more
        await site.deliver()
        await site.happen()
        assert await site.deliver() == 1
        assert [got.line for got in receiver.got] == ["POST /hook/all HTTP/1.1"] * 2
        assert len((await site.read(everything, "/deliveries"))["items"]) == 2

    async def test_both_secrets_sign_for_a_day_after_rotation(self, site: Site, receiver: Receiver) -> None:
        endpoint = await site.endpoint(receiver.url)
        rotated = (await site.admin.post(f"{HOOKS}/{endpoint['id']}/rotate-secret")).json()
        assert rotated["secret"] != endpoint["secret"]
        await site.test(endpoint)
        await site.deliver()
        got = receiver.got[0]
        assert len(got.headers["webhook-signature"].split()) == 2
        for secret in (endpoint["secret"], rotated["secret"]):
            Webhook(secret).verify(got.body, got.headers)
        await site.run("UPDATE webhook_endpoints SET former_until = now() - interval '1 second'")
        await site.test(endpoint)
        await site.deliver()
        Webhook(rotated["secret"]).verify(receiver.got[1].body, receiver.got[1].headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(endpoint["secret"]).verify(receiver.got[1].body, receiver.got[1].headers)


class TestTryingAgain:
    async def test_waits_longer_each_time_under_the_same_id_then_gives_up(self, site: Site, receiver: Receiver) -> None:
        endpoint = await site.endpoint(receiver.url)
        delivery_id = await site.test(endpoint)
        receiver.answers = [answer(500)] * 7
        for wait in WAITS:
            assert await site.deliver(now=True) == 1
            delivery = await site.delivery(endpoint, delivery_id)
            assert delivery["state"] == "pending"
            assert delivery["reason"].startswith("Answered 500")
            assert wait * 0.9 - 1 <= waited(delivery) <= wait * 1.1 + 1
        await site.deliver(now=True)
        delivery = await site.delivery(endpoint, delivery_id)
        assert (delivery["state"], delivery["tries"], len(delivery["history"])) == ("failed", 7, 7)
        assert {got.headers["webhook-id"] for got in receiver.got} == {delivery_id}
        assert len({got.body for got in receiver.got}) == 1
        assert await site.deliver(now=True) == 0

    async def test_replay_keeps_the_id_and_adds_to_the_history(self, site: Site, receiver: Receiver) -> None:
        endpoint = await site.endpoint(receiver.url)
        delivery_id = await site.test(endpoint)
        assert (await site.replay(endpoint, delivery_id)).status_code == 404, "it is under way"
        await site.deliver()
        assert (await site.replay(endpoint, delivery_id)).status_code == 202
        await site.deliver()
        assert [got.headers["webhook-id"] for got in receiver.got] == [delivery_id] * 2
        delivery = await site.delivery(endpoint, delivery_id)
        assert [one["number"] for one in delivery["history"]] == [1, 2]

    async def test_redirect_is_a_failure_that_says_why(self, site: Site, receiver: Receiver) -> None:
        endpoint = await site.endpoint(receiver.url)
        await site.test(endpoint)
        receiver.answers = [answer(308, f"location: {receiver.url}/other")]
        await site.deliver()
        assert (await site.delivery(endpoint))["reason"] == "Answered 308: redirects are not followed."
        assert len(receiver.got) == 1

    @pytest.mark.parametrize(
        ("said", "least", "most"),
        [
            ("120", 120, 121), ("0", 4, 6), ("-5", 4, 6), ("soon", 4, 6), ("9" * 60, 86_400, 86_401),
            ("in an hour", 3500, 3601),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 4, 6),
        ],
    )  # fmt: skip
    async def test_comes_back_when_it_was_asked_to_within_bounds(
        self, site: Site, receiver: Receiver, said: str, least: float, most: float
    ) -> None:
        endpoint = await site.endpoint(receiver.url)
        await site.test(endpoint)
        if said == "in an hour":
            said = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
        receiver.answers = [answer(503, f"retry-after: {said}")]
        await site.deliver()
        assert least <= waited(await site.delivery(endpoint)) <= most

    async def test_broken_answer_leaves_it_open_whether_it_arrived(self, site: Site, receiver: Receiver) -> None:
        endpoint = await site.endpoint(receiver.url)
        await site.test(endpoint)
        receiver.answers = [b""]
        await site.deliver()
        delivery = await site.delivery(endpoint)
        assert (delivery["state"], delivery["history"][0]["outcome"]) == ("uncertain", "uncertain")


class TestSwitchingOff:
    async def test_after_five_days_of_failures_with_a_reason_and_an_event(self, site: Site, receiver: Receiver) -> None:
        endpoint = await site.endpoint(receiver.url)
        receiver.answers = [answer(500)] * 3
        await self._fail(site, endpoint)
        assert (await site.read(endpoint))["failing_since"] is not None
        await site.run("UPDATE webhook_endpoints SET failing_since = now() - interval '4 days 23 hours'")
        await self._fail(site, endpoint)
        assert (await site.read(endpoint))["is_enabled"]
        assert await site.events("webhook.disabled") == []
        await site.run("UPDATE webhook_endpoints SET failing_since = now() - interval '5 days'")
        await self._fail(site, endpoint)
        found = await site.read(endpoint)
        assert (found["is_enabled"], found["disabled_because"]) == (False, "Nothing has arrived there for 5 days.")
        (event,) = await site.events("webhook.disabled")
        assert event["endpoint_id"] == endpoint["id"]
        assert event["host"] == "127.0.0.1"
        assert await site.deliver(now=True) == 2, "the first two are under way still"
        for delivery in (await site.read(endpoint, "/deliveries"))["items"]:
            assert delivery["state"] == "failed"
            assert delivery["reason"] == "The endpoint is switched off. Nothing has arrived there for 5 days."
        assert len(receiver.got) == 3

    async def _fail(self, site: Site, endpoint: dict[str, Any]) -> None:
        await site.test(endpoint)
        await site.deliver()

    async def test_what_arrives_makes_up_for_failures(self, site: Site, receiver: Receiver) -> None:
        endpoint = await site.endpoint(receiver.url)
        receiver.answers = [answer(500)]
        await self._fail(site, endpoint)
        await site.run("UPDATE webhook_endpoints SET failing_since = now() - interval '9 days'")
        await site.test(endpoint)
        await site.deliver()
        assert (await site.read(endpoint))["failing_since"] is None
        receiver.answers = [answer(500)]
        await self._fail(site, endpoint)
        assert (await site.read(endpoint))["is_enabled"]

    async def test_at_once_when_it_is_gone(self, site: Site, receiver: Receiver) -> None:
        endpoint = await site.endpoint(receiver.url)
        receiver.answers = [answer(410)]
        await self._fail(site, endpoint)
        found = await site.read(endpoint)
        assert not found["is_enabled"]
        assert "410" in found["disabled_because"]
        assert (await site.delivery(endpoint))["state"] == "failed"
        assert len(await site.events("webhook.disabled")) == 1
        assert (await site.admin.post(f"{HOOKS}/{endpoint['id']}/test")).status_code == 409
        switched_on = await site.change(endpoint, is_enabled=True)
        assert (switched_on["is_enabled"], switched_on["disabled_because"]) == (True, None)
        await site.test(endpoint)
        await site.deliver()
        assert (await site.delivery(endpoint))["state"] == "sent"

    async def test_nothing_is_sent_to_a_deleted_one(self, site: Site, receiver: Receiver) -> None:
        endpoint = await site.endpoint(receiver.url)
        delivery_id = await site.test(endpoint)
        assert (await site.admin.delete(f"{HOOKS}/{endpoint['id']}")).status_code == 204
        await site.deliver()
        assert receiver.got == []
        (failed,) = await site.events("delivery.failed")
        assert failed["reason"] == "The endpoint was deleted."
        assert failed["delivery_id"] == delivery_id

    async def test_its_own_failures_are_not_told_to_it(self, site: Site, receiver: Receiver) -> None:
        endpoint = await site.endpoint(receiver.url)
        await site.run("UPDATE webhook_endpoints SET url = 'https://user@example.com/'")
        await site.test(endpoint)
        await site.deliver()
        delivery = await site.delivery(endpoint)
        assert (delivery["state"], delivery["tries"]) == ("failed", 1)
        assert len(await site.events("delivery.failed")) == 1
        await site.happen()
        assert [one["kind"] for one in (await site.read(endpoint, "/deliveries"))["items"]] == [
            "user.verified", "webhook.test",
        ]  # fmt: skip
