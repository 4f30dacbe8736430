"""Services of the site's own choice, by Apprise: what needs attention arrives there, and no secret address is kept."""

from collections.abc import AsyncIterator

import pytest

from stoa.events.handlers.all import all_work
from stoa.events.publisher import publish
from stoa.events.streams import RedisStreams
from stoa.modules.deliveries.channels.apprise import AppriseChannel
from stoa.modules.deliveries.deliverer import Deliverer
from stoa.modules.webhooks.events import WebhookDisabled
from stoa.shared.database import Database
from stoa.shared.ids import new_id
from stoa.shared.settings import Settings
from tests.events.engine import opened, rows, until, working
from tests.webhooks.receiver import Receiver, answer, receiving

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what Apprise imports


@pytest.fixture
async def service() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


@pytest.fixture
async def database(own_database_url: str) -> AsyncIterator[Database]:
    async with opened(own_database_url) as made:
        yield made


async def disable_a_webhook(database: Database, settings: Settings, redis_url: str) -> None:
    """And have it handled."""
    event = WebhookDisabled(endpoint_id=new_id(), host="hooks.example.com", reason="It failed for 5 days.")
    async with RedisStreams(redis_url) as streams, working(database, streams, all_work(settings)):
        await database.transact(lambda session: publish(session, event))

        async def is_told() -> object:
            return await rows(database.url, "SELECT FROM deliveries WHERE channel = 'apprise'")

        await until(is_told, "a delivery to the service")


class TestServices:
    async def test_are_told_what_needs_attention_again_if_need_be(
        self, database: Database, redis_url: str, service: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("STOA_APPRISE_URLS", f"json://user:secret-word@127.0.0.1:{service.port}/hook")
        settings = Settings.load(env_file=None)
        await disable_a_webhook(database, settings, redis_url)
        deliverer = Deliverer(database, AppriseChannel(settings))
        service.answers = [answer(503)]
        assert await deliverer.deliver()
        await rows(database.url, "UPDATE deliveries SET next_at = now() WHERE channel = 'apprise'")
        assert await deliverer.deliver()
        assert "hooks.example.com" in service.got[-1].json["message"]
        (delivery,) = await rows(database.url, "SELECT * FROM deliveries WHERE channel = 'apprise'")
        assert (delivery["state"], delivery["recipient"]) == ("sent", "service 1")
        assert "secret-word" not in str(delivery)

    async def test_an_address_that_apprise_does_not_know_is_told(
        self, database: Database, redis_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("STOA_APPRISE_URLS", "nonsense://secret-word")
        settings = Settings.load(env_file=None)
        await disable_a_webhook(database, settings, redis_url)
        await Deliverer(database, AppriseChannel(settings)).deliver()
        (delivery,) = await rows(database.url, "SELECT * FROM deliveries WHERE channel = 'apprise'")
        assert (delivery["state"], "none that Apprise knows" in delivery["reason"]) == ("failed", True)
        assert "secret-word" not in str(delivery)
