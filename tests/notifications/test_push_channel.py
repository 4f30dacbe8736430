"""Push notices on their way: encrypted for one browser, signed by this site, and what a push service's answer means."""

import base64
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI
from http_ece import ECEException  # type: ignore[import-untyped] # it has none
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.auth.parts import AuthParts
from stoa.modules.deliveries.deliverer import Deliverer
from stoa.modules.deliveries.schemas import Message
from stoa.modules.deliveries.service import DeliveryService
from stoa.modules.notifications.push.channel import PushChannel
from stoa.modules.notifications.push.encrypting import MOST_BYTES
from stoa.modules.notifications.push.service import PushService
from stoa.shared.database import Database
from stoa.shared.settings import Settings
from tests.notifications.browser import TestBrowser
from tests.people import People, Person
from tests.webhooks.receiver import Receiver, answer, receiving

PUSH = "/api/v1/notifications/push"
NOTICE = {"title": "Your password was changed", "body": "If it was not you, act now.", "url": "/settings", "tag": "n-1"}
CREATED = answer(201)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Those of tests, with a push service on this machine."""
    monkeypatch.setenv("STOA_ENVIRONMENT", "test")
    monkeypatch.setenv("STOA_PAGE_CACHE_MB", "0")
    monkeypatch.setenv("STOA_PRIVATE_TARGETS", "true")
    monkeypatch.setenv("STOA_MAIL_FROM", "hello@example.org")
    return Settings.load(env_file=None)


@pytest.fixture
async def service() -> AsyncIterator[Receiver]:
    """A push service."""
    async with receiving() as receiver:
        receiver.answers = [CREATED]
        yield receiver


class Device:
    """A browser of somebody who is signed in there, and what a worker does about it."""

    def __init__(self, app: FastAPI, settings: Settings, person: Person, client: httpx.AsyncClient) -> None:
        self.browser = TestBrowser()
        self.person, self.client = person, client
        self.settings = settings
        self._parts: AuthParts = app.state.auth
        self.id = ""

    @property
    def database(self) -> Database:
        return self._parts.database

    async def subscribe(self, service: Receiver) -> None:
        made = await self.client.post(f"{PUSH}/subscriptions", json=self.browser.subscription(service.url))
        assert made.status_code == 201
        self.id = made.json()["id"]

    async def send(self, content: dict[str, Any] | None = None) -> None:
        message = Message("push", "notice", self.id, content or NOTICE, user_id=self.person.id)
        await self.database.transact(lambda session: DeliveryService(session).send(message))

    async def deliver(self) -> bool:
        channel = PushChannel(self.settings, self.database, self._parts.keyring)
        return await Deliverer(self.database, channel).deliver()

    async def state(self) -> Any:
        async def read(session: AsyncSession) -> Any:
            return (await session.execute(text("SELECT state, reason, next_at FROM deliveries"))).mappings().one()

        return await self.database.transact(read)

    async def receivers(self) -> list[UUID]:
        return await self.database.transact(lambda session: PushService(session).receivers(self.person.id))


@pytest.fixture
async def device(app: FastAPI, settings: Settings, people: People, service: Receiver) -> Device:
    person = await people.person()
    made = Device(app, settings, person, await people.client_of(person))
    await made.subscribe(service)
    return made


class TestArrives:
    async def test_encrypted_for_that_browser_alone(self, device: Device, service: Receiver) -> None:
        await device.send()
        assert await device.deliver()
        (got,) = service.got
        assert device.browser.read(got.body) == NOTICE
        assert b"password" not in got.body
        with pytest.raises(ECEException):
            TestBrowser().read(got.body)
        assert (await device.state())["state"] == "sent"

    async def test_with_what_the_push_service_must_know(self, device: Device, service: Receiver) -> None:
        service.answers = [CREATED, CREATED, CREATED]
        for tag in ("n-1", "n-1", "n-2"):
            await device.send({**NOTICE, "tag": tag})
            await device.deliver()
        first, again, other = (got.headers for got in service.got)
        assert first["content-encoding"] == "aes128gcm"
        assert (first["ttl"], first["urgency"]) == ("86400", "normal")
        assert first["topic"] == again["topic"] != other["topic"]
        assert len(first["topic"]) <= 32

    async def test_signed_by_this_site_for_that_push_service(self, device: Device, service: Receiver) -> None:
        await device.send()
        await device.deliver()
        scheme, _, rest = service.got[0].headers["authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        assert scheme == "vapid"
        assert parts["k"] == (await device.client.get(f"{PUSH}/key")).json()["key"]
        point = base64.urlsafe_b64decode(parts["k"] + "=")
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        claims = jwt.decode(parts["t"], public, ["ES256"], audience=f"http://127.0.0.1:{service.port}")
        assert claims["sub"] == "mailto:hello@example.org"
        assert time.time() + 3600 < claims["exp"] <= time.time() + 86_400

    @pytest.mark.parametrize("words", ["word " * 5000, "\u00fc" * 20_000, '"\\\n' * 9000])
    async def test_too_many_words_are_cut(self, device: Device, service: Receiver, words: str) -> None:
        await device.send({**NOTICE, "body": words, "title": words[:3000]})
        await device.deliver()
        read = device.browser.read(service.got[0].body)
        assert (read["url"], read["tag"]) == (NOTICE["url"], NOTICE["tag"])
        assert read["body"].endswith("...")
        assert read["body"][:20] == words.strip()[:20]
        assert len(service.got[0].body) <= MOST_BYTES + 110


class TestDoesNotArrive:
    @pytest.mark.parametrize("status", [404, 410])
    async def test_at_a_browser_that_withdrew_which_is_then_forgotten(
        self, device: Device, service: Receiver, status: int
    ) -> None:
        service.answers = [answer(status)]
        await device.send()
        await device.deliver()
        assert (await device.state())["state"] == "suppressed"  # browsers go: nobody needs to look after it
        assert await device.receivers() == []

    @pytest.mark.parametrize("status", [400, 403, 413])
    async def test_when_the_push_service_refuses_it(self, device: Device, service: Receiver, status: int) -> None:
        service.answers = [answer(status, body=b"VapidPkHashMismatch\x00\x1b[31m")]
        await device.send()
        await device.deliver()
        failed = await device.state()
        assert failed["state"] == "failed"
        assert f"{status}: VapidPkHashMismatch" in failed["reason"]
        assert len(await device.receivers()) == 1

    async def test_a_redirect_is_not_followed(self, device: Device, service: Receiver) -> None:
        async with receiving() as elsewhere:
            service.answers = [answer(307, f"location: {elsewhere.url}")]
            await device.send()
            await device.deliver()
            assert elsewhere.got == []
        assert (await device.state())["state"] == "failed"

    @pytest.mark.parametrize(
        ("headers", "least", "most"),
        [((), 5, 15), (("retry-after: 120",), 110, 130), (("retry-after: 99999999",), 3600, 22_000),
         (("retry-after: soon",), 5, 15)],
    )  # fmt: skip
    async def test_for_now_and_is_tried_again_when_asked_to(
        self, device: Device, service: Receiver, headers: tuple[str, ...], least: int, most: int
    ) -> None:
        service.answers = [answer(429, *headers)]
        await device.send()
        await device.deliver()
        waiting = await device.state()
        assert waiting["state"] == "pending"
        now = datetime.now(UTC)
        assert now + timedelta(seconds=least) < waiting["next_at"] < now + timedelta(seconds=most)

    async def test_a_push_service_in_trouble_is_asked_again(self, device: Device, service: Receiver) -> None:
        service.answers = [answer(503)]
        await device.send()
        await device.deliver()
        assert (await device.state())["state"] == "pending"

    async def test_once_its_owner_has_signed_out(self, device: Device, service: Receiver) -> None:
        await device.send()
        await device.client.post("/api/v1/logout")
        await device.deliver()
        assert service.got == []
        assert "signed out" in (await device.state())["reason"]

    async def test_at_who_uses_the_browser_now(self, device: Device, service: Receiver, people: People) -> None:
        await device.send()
        other = await people.client()
        moved = await other.post(f"{PUSH}/subscriptions", json=device.browser.subscription(service.url))
        assert moved.status_code == 201
        await device.deliver()
        assert service.got == []

    async def test_at_a_device_of_somebody_else(self, device: Device, service: Receiver, people: People) -> None:
        device.person = await people.person()
        await device.send()
        await device.deliver()
        assert service.got == []

    async def test_at_a_device_that_never_was(self, device: Device, service: Receiver) -> None:
        device.id = str(uuid4())
        await device.send()
        await device.deliver()
        assert service.got == []
        assert (await device.state())["state"] == "suppressed"

    async def test_at_a_private_address_where_that_is_not_allowed(self, device: Device, service: Receiver) -> None:
        public = device.settings.notices.model_copy(update={"private_targets": False})
        device.settings = replace(device.settings, notices=public)
        await device.send()
        await device.deliver()
        assert service.got == []
        assert (await device.state())["state"] == "failed"


class TestContact:
    @pytest.mark.parametrize(
        ("url", "sender", "contact"),
        [
            ("https://example.org", None, "https://example.org"),
            ("https://example.org", "me@example.org", "mailto:me@example.org"),
            ("http://localhost:8000", None, "mailto:noreply@localhost"),
        ],
    )
    async def test_is_the_sites_own(
        self, device: Device, service: Receiver, url: str, sender: str | None, contact: str
    ) -> None:
        device.settings = replace(
            device.settings,
            server=device.settings.server.model_copy(update={"public_url": url}),
            mail=device.settings.mail.model_copy(update={"mail_from": sender}),
        )
        await device.send()
        await device.deliver()
        token = service.got[0].headers["authorization"].split("t=")[1].split(",")[0]
        assert jwt.decode(token, options={"verify_signature": False})["sub"] == contact
