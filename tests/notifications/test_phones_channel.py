"""SMS on their way: what the provider is sent, what its answers mean, and that none is ever sent twice in doubt."""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from stoa.modules.deliveries.channels.channel import Channel, TryAgain
from stoa.modules.deliveries.deliverer import Deliverer
from stoa.modules.deliveries.schemas import Message
from stoa.modules.deliveries.service import DeliveryService
from stoa.modules.notifications.phones.channel import SmsChannel
from stoa.modules.notifications.phones.short_text import short_text
from stoa.modules.notifications.phones.twilio import Twilio
from stoa.shared.database import Database
from stoa.shared.settings import Settings
from tests.webhooks.receiver import Receiver, answer, receiving

NUMBER = "+41791234567"
TOKEN = "a-secret-of-the-tests"
ACCEPTED = answer(201, "content-type: application/json", body=b'{"sid": "SM123", "status": "queued"}')


def refusal(status: int, code: int, message: str, *headers: str) -> bytes:
    return answer(status, *headers, body=orjson.dumps({"code": code, "message": message, "status": status}))


class Phones:
    """What a worker does about SMS, a step at a time."""

    def __init__(self, database: Database, channel: Channel) -> None:
        self.database, self.channel = database, channel

    async def send(self, words: str = "Hello.", **about: Any) -> None:
        message = Message("sms", "notice", NUMBER, {"text": words}, **about)
        await self.database.transact(lambda session: DeliveryService(session).send(message))

    async def deliver(self) -> bool:
        return await Deliverer(self.database, self.channel).deliver()

    async def one(self) -> Any:
        async def read(session: AsyncSession) -> Any:
            found = await session.execute(
                text("SELECT state, reason, reference, next_at, content::text FROM deliveries")
            )
            return found.mappings().one()

        return await self.database.transact(read)


@pytest.fixture
async def provider() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch, provider: Receiver) -> Settings:
    for name, value in {
        "provider": "twilio", "url": f"http://127.0.0.1:{provider.port}/", "account": "AC42", "token": TOKEN,
        "from": "+41790000000",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"STOA_SMS_{name.upper()}", value)
    return Settings.load(env_file=None)


@pytest.fixture
def phones(db: Database, chosen: Settings) -> Phones:
    return Phones(db, SmsChannel(chosen))


class TestTwilio:
    async def test_is_sent_what_it_asks_for(self, phones: Phones, provider: Receiver) -> None:
        provider.answers = [ACCEPTED]
        await phones.send("Täglich & überall: 100 %")
        assert await phones.deliver()
        (got,) = provider.got
        assert got.line == "POST /2010-04-01/Accounts/AC42/Messages.json HTTP/1.1"
        assert got.headers["authorization"] == f"Basic {base64.b64encode(f'AC42:{TOKEN}'.encode()).decode()}"
        assert got.headers["content-type"] == "application/x-www-form-urlencoded"
        assert parse_qs(got.body.decode()) == {
            "From": ["+41790000000"], "To": [NUMBER], "Body": ["Täglich & überall: 100 %"],
        }  # fmt: skip
        sent = await phones.one()
        assert (sent["state"], sent["reference"]) == ("sent", "SM123")

    async def test_a_code_is_forgotten_once_it_has_left(self, phones: Phones, provider: Receiver) -> None:
        provider.answers = [ACCEPTED]
        await phones.send("123456 is your code", is_secret=True)
        await phones.deliver()
        assert "123456" not in (await phones.one())["content"]

    @pytest.mark.parametrize("code", [21211, 21610, 21614])
    async def test_a_number_that_takes_none(self, phones: Phones, provider: Receiver, code: int) -> None:
        provider.answers = [refusal(400, code, f"The 'To' number {NUMBER} is not valid")]
        await phones.send()
        await phones.deliver()
        failed = await phones.one()
        assert failed["state"] == "failed"
        assert str(code) in failed["reason"]
        assert NUMBER not in failed["reason"]

    async def test_another_refusal_is_told_without_the_number(self, phones: Phones, provider: Receiver) -> None:
        provider.answers = [refusal(400, 21612, f"Cannot route to {NUMBER}")]
        await phones.send()
        await phones.deliver()
        failed = await phones.one()
        assert (failed["state"], "Cannot route to ...567" in failed["reason"]) == ("failed", True)

    async def test_refused_credentials_are_tried_again_until_they_are_mended(
        self, phones: Phones, provider: Receiver
    ) -> None:
        provider.answers = [refusal(401, 20003, "Authenticate")]
        await phones.send()
        await phones.deliver()
        waiting = await phones.one()
        assert (waiting["state"], "account or its token" in waiting["reason"]) == ("pending", True)
        assert TOKEN not in waiting["reason"]

    async def test_too_many_at_once_wait_as_long_as_asked(self, phones: Phones, provider: Receiver) -> None:
        provider.answers = [refusal(429, 20429, "Too many requests", "retry-after: 120")]
        await phones.send()
        await phones.deliver()
        waiting = await phones.one()
        assert waiting["state"] == "pending"
        assert waiting["next_at"] > datetime.now(UTC) + timedelta(seconds=100)

    async def test_a_provider_in_trouble_is_asked_again(self, phones: Phones, provider: Receiver) -> None:
        provider.answers = [answer(503, body=b"<html>down</html>")]
        await phones.send()
        await phones.deliver()
        assert (await phones.one())["state"] == "pending"

    async def test_a_provider_that_is_not_there_is_asked_again(
        self, db: Database, monkeypatch: pytest.MonkeyPatch, chosen: Settings
    ) -> None:
        assert chosen.notices.sms_provider == "twilio"
        async with receiving() as gone:
            pass
        monkeypatch.setenv("STOA_SMS_URL", f"http://127.0.0.1:{gone.port}")
        phones = Phones(db, SmsChannel(Settings.load(env_file=None)))
        await phones.send()
        await phones.deliver()
        assert (await phones.one())["state"] == "pending"

    async def test_a_redirect_takes_the_secret_nowhere(self, phones: Phones, provider: Receiver) -> None:
        async with receiving() as elsewhere:
            provider.answers = [answer(307, f"location: {elsewhere.url}")]
            await phones.send()
            await phones.deliver()
            assert elsewhere.got == []
        assert (await phones.one())["state"] == "failed"

    async def test_what_may_have_arrived_is_not_sent_again(self, phones: Phones, provider: Receiver) -> None:
        provider.answers = [b""]  # the connection ends without an answer
        await phones.send()
        await phones.deliver()
        failed = await phones.one()
        assert failed["state"] == "failed"
        assert "may have arrived" in failed["reason"]
        assert not await phones.deliver()
        assert len(provider.got) == 1

    async def test_a_provider_that_never_answers(self, chosen: Settings, provider: Receiver) -> None:
        provider.silent = True
        with pytest.raises(TryAgain, match="may have arrived") as raised:
            await Twilio(chosen.notices, seconds=0.3).send(NUMBER, "Hello.")
        assert raised.value.is_uncertain

    async def test_what_a_dead_worker_had_in_hand_is_not_sent_again(self, phones: Phones, provider: Receiver) -> None:
        await phones.send()

        async def cut_off(session: AsyncSession) -> None:
            await session.execute(text("UPDATE deliveries SET state = 'sending', tries = 1, next_at = now()"))

        await phones.database.transact(cut_off)
        await phones.deliver()
        failed = await phones.one()
        assert (failed["state"], "may have arrived" in failed["reason"]) == ("failed", True)
        assert provider.got == []

    async def test_an_endless_answer_is_cut_and_counts_by_its_status(self, phones: Phones, provider: Receiver) -> None:
        provider.answers = [b"HTTP/1.1 201 Created\r\ncontent-length: 1000000000\r\n\r\n"]
        provider.endless = True
        await phones.send()
        await phones.deliver()
        assert (await phones.one())["state"] == "sent"
        assert provider.written < 50_000_000

    @pytest.mark.parametrize("body", [b"", b"no json", b"[]", b'{"sid": null}', b"\xff\xfe"])
    async def test_an_odd_answer_to_what_was_accepted(self, phones: Phones, provider: Receiver, body: bytes) -> None:
        provider.answers = [answer(201, body=body)]
        await phones.send()
        await phones.deliver()
        sent = await phones.one()
        assert (sent["state"], sent["reference"]) == ("sent", "accepted, without an id")

    async def test_half_a_set_up_sends_nothing_and_says_what_is_missing(
        self, db: Database, monkeypatch: pytest.MonkeyPatch, chosen: Settings, provider: Receiver
    ) -> None:
        assert chosen.notices.sms_from
        monkeypatch.delenv("STOA_SMS_FROM")
        phones = Phones(db, SmsChannel(Settings.load(env_file=None)))
        await phones.send()
        await phones.deliver()
        kept = await phones.one()
        assert (kept["state"], "STOA_SMS_FROM" in kept["reason"]) == ("suppressed", True)
        assert provider.got == []


class TestWithoutProvider:
    async def test_an_sms_is_kept_to_be_read_and_the_log_tells_no_words(self, db: Database, settings: Settings) -> None:
        phones = Phones(db, SmsChannel(settings))
        await phones.send("123456 is your code", is_secret=True)
        with capture_logs() as logs:
            assert await phones.deliver()
        kept = await phones.one()
        assert (kept["state"], "STOA_SMS_PROVIDER" in kept["reason"]) == ("suppressed", True)
        assert "123456" in kept["content"]
        assert "...567" in str(logs)
        assert NUMBER not in str(logs)
        assert "123456" not in str(logs)


class TestWords:
    def test_what_fits_stays(self) -> None:
        assert short_text("a" * 320) == "a" * 320

    def test_what_is_too_long_ends_after_a_word_with_three_dots(self) -> None:
        short = short_text("word " * 100)
        assert short.endswith("word...")
        assert 310 < len(short) <= 320

    def test_one_endless_word_is_cut_as_well(self) -> None:
        assert short_text("a" * 1000) == "a" * 317 + "..."

    def test_typographic_characters_become_plain_ones(self) -> None:
        assert short_text("\u201cWell\u201d \u2013 it\u2019s late\u2026") == '"Well" - it\'s late...'

    def test_lines_become_one(self) -> None:
        assert short_text("One\r\n\ttwo\x00\x1bthree") == "One twothree"

    async def test_the_channel_shortens_them(self, phones: Phones, provider: Receiver) -> None:
        provider.answers = [ACCEPTED]
        await phones.send("word " * 200)
        await phones.deliver()
        (body,) = parse_qs(provider.got[0].body.decode())["Body"]
        assert (len(body) <= 320, body[-3:]) == (True, "...")
