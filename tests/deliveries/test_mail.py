"""Mail through a real SMTP server: what arrives, what is tried again, what is told when it does not."""

import ipaddress
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from stoa.modules.deliveries.channels.mail import MailChannel
from stoa.modules.deliveries.deliverer import Deliverer
from stoa.modules.deliveries.schemas import Mail
from stoa.modules.deliveries.service import DeliveryService
from stoa.shared.database import Database
from stoa.shared.settings import Settings
from tests.deliveries.post_office import PostOffice, free_port, opened, part, server_context
from tests.events.engine import opened as opened_database
from tests.events.engine import rows

LINK = "https://example.org/verify-email?token=abc_DEF-123"
MAIL = Mail(
    "verify-email",
    "ada@example.com",
    "Confirm your address",
    f"Welcome <b>.\n\nConfirm here:\n{LINK}\n\nBye.",
    unsubscribe_url="https://example.org/unsubscribe/xyz",
)


class Post:
    """What a worker does about mail, a step at a time."""

    def __init__(self, url: str, database: Database, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.url, self.database, self.port = url, database, port
        self.monkeypatch = monkeypatch
        monkeypatch.setenv("STOA_PUBLIC_URL", "https://example.org")
        self.set(smtp_host="127.0.0.1", smtp_port=str(port), smtp_security="none")

    def set(self, **settings: str) -> None:
        for name, value in settings.items():
            self.monkeypatch.setenv(f"STOA_{name.upper()}", value)
        self.channel = MailChannel(Settings.load(env_file=None))

    async def write(self, mail: Mail = MAIL, **about: Any) -> Any:
        return await self.database.transact(lambda session: DeliveryService(session).send(mail.message(**about)))

    async def deliver(self, *, now: bool = False) -> bool:
        """One delivery; `now`: also what is to wait."""
        if now:
            await rows(self.url, "UPDATE deliveries SET next_at = now() WHERE next_at IS NOT NULL")
        return await Deliverer(self.database, self.channel).deliver()

    async def states(self) -> list[str]:
        return [row["state"] for row in await rows(self.url, "SELECT state FROM deliveries ORDER BY id")]

    async def one(self) -> Any:
        (row,) = await rows(self.url, "SELECT * FROM deliveries")
        return row


@pytest.fixture
async def post(own_database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    async with opened_database(own_database_url) as database:
        yield Post(own_database_url, database, free_port(), monkeypatch)


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


class TestArrives:
    async def test_with_the_same_words_as_text_and_html(self, post: Post, office: PostOffice) -> None:
        mail_id = await post.write()
        with opened(office, post.port):
            assert await post.deliver()
            assert not await post.deliver()
        (mail,) = office.mails
        assert (mail["to"], mail["subject"]) == ("ada@example.com", "Confirm your address")
        assert mail["from"] == "Stoa <noreply@example.org>"
        assert mail["message-id"] == f"<{mail_id}@example.org>"
        assert LINK in part(mail, "plain")
        html = part(mail, "html")
        assert re.search(f'<a href="{re.escape(LINK)}"[^>]*>{re.escape(LINK)}</a>', html)
        assert "Welcome &lt;b&gt;." in html
        assert await post.states() == ["sent"]

    async def test_with_one_click_to_end_it(self, post: Post, office: PostOffice) -> None:
        await post.write()
        with opened(office, post.port):
            await post.deliver()
        (mail,) = office.mails
        assert mail["list-unsubscribe"] == "<https://example.org/unsubscribe/xyz>"
        assert mail["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
        assert "https://example.org/unsubscribe/xyz" in part(mail, "plain")

    async def test_a_subject_of_several_lines_writes_no_header(self, post: Post, office: PostOffice) -> None:
        await post.write(Mail("notice", "ada@example.com", "Hello\r\nBcc: eve@example.com", "Words."))
        with opened(office, post.port):
            await post.deliver()
        (mail,) = office.mails
        assert mail["subject"] == "Hello Bcc: eve@example.com"
        assert mail["bcc"] is None

    async def test_once_for_each_event(self, post: Post, office: PostOffice) -> None:
        event = uuid4()
        assert await post.write(source_id=event)
        assert await post.write(source_id=event) is None
        assert await post.write(source_id=uuid4())
        with opened(office, post.port):
            while await post.deliver():
                pass
        assert len(office.mails) == 2

    async def test_by_an_encrypted_connection(self, post: Post, office: PostOffice, tmp_path: Path) -> None:
        certificate, key = certificate_of("127.0.0.1", tmp_path)
        post.set(smtp_security="starttls", smtp_ca_file=certificate)
        await post.write()
        with opened(office, post.port, tls_context=server_context(certificate, key), require_starttls=True):
            await post.deliver()
        assert len(office.mails) == 1

    async def test_not_at_a_server_that_is_not_who_it_says(
        self, post: Post, office: PostOffice, tmp_path: Path
    ) -> None:
        certificate, key = certificate_of("127.0.0.1", tmp_path)
        post.set(smtp_security="starttls")  # the system's certificates do not know this one
        await post.write()
        with opened(office, post.port, tls_context=server_context(certificate, key)):
            await post.deliver()
        assert office.mails == []
        assert "certificate" in (await post.one())["reason"].lower()


class TestIsTriedAgain:
    async def test_a_server_that_is_down_loses_nothing(self, post: Post, office: PostOffice) -> None:
        for number in range(5):
            await post.write(Mail("notice", f"reader-{number}@example.com", "Hello", "Words."))
        for _ in range(3):
            while await post.deliver():
                pass
            assert await post.states() == ["pending"] * 5
            await rows(post.url, "UPDATE deliveries SET next_at = now()")
        assert "does not answer" in (await rows(post.url, "SELECT reason FROM deliveries"))[0]["reason"]
        with opened(office, post.port):
            while await post.deliver():
                pass
        assert sorted(mail["to"] for mail in office.mails) == [f"reader-{n}@example.com" for n in range(5)]
        assert await post.states() == ["sent"] * 5

    async def test_what_is_refused_for_now(self, post: Post, office: PostOffice) -> None:
        office.replies["ada@example.com"] = ["451 greylisted"]
        await post.write()
        with opened(office, post.port):
            await post.deliver()
            waiting = await post.one()
            assert waiting["state"] == "pending"
            assert "451 greylisted" in waiting["reason"]
            assert waiting["next_at"] > datetime.now(UTC) + timedelta(seconds=2)
            assert await post.deliver(now=True)
        assert len(office.mails) == 1

    async def test_what_a_dead_worker_had_in_hand_under_the_same_id(self, post: Post, office: PostOffice) -> None:
        mail_id = await post.write()
        await rows(post.url, "UPDATE deliveries SET state = 'sending', tries = 1, next_at = now()")
        with opened(office, post.port):
            assert await post.deliver()
        assert [mail["message-id"] for mail in office.mails] == [f"<{mail_id}@example.org>"]

    async def test_what_kills_its_worker_each_time_comes_to_an_end(self, post: Post, office: PostOffice) -> None:
        await post.write()
        last = len(post.channel.waits) + 1
        await rows(post.url, "UPDATE deliveries SET state = 'sending', tries = $1, next_at = now()", last)
        with opened(office, post.port):
            await post.deliver()
        assert (office.mails, await post.states()) == ([], ["failed"])

    async def test_until_it_has_failed_and_the_site_is_told(self, post: Post) -> None:
        delivery = await post.write()
        for _ in range(len(post.channel.waits) + 1):
            assert await post.deliver(now=True)
        assert await post.states() == ["failed"]
        assert not await post.deliver()
        (event,) = await rows(post.url, "SELECT data FROM event_log WHERE type = 'delivery.failed'")
        assert str(delivery) in event["data"]
        tries = await rows(post.url, "SELECT outcome FROM delivery_tries")
        assert len(tries) == len(post.channel.waits) + 1


class TestDoesNotLeave:
    async def test_to_an_address_that_the_server_refuses(self, post: Post, office: PostOffice) -> None:
        office.replies["ada@example.com"] = ["550 no such user"]
        await post.write()
        with opened(office, post.port):
            await post.deliver()
        failed = await post.one()
        assert failed["state"] == "failed"
        assert "550 no such user" in failed["reason"]

    async def test_without_a_server(self, post: Post) -> None:
        post.monkeypatch.delenv("STOA_SMTP_HOST")
        post.set()
        await post.write()
        assert await post.deliver()
        kept = await post.one()
        assert (kept["state"], "no mail server" in kept["reason"]) == ("suppressed", True)

    async def test_words_that_open_an_account_are_forgotten_when_they_have_left(
        self, post: Post, office: PostOffice
    ) -> None:
        await post.write(Mail("reset-password", "ada@example.com", "Set a password", f"Here: {LINK}", is_secret=True))
        with opened(office, post.port):
            await post.deliver()
        assert LINK in part(office.mails[0], "plain")
        assert re.search("token=", str((await post.one())["content"])) is None


def certificate_of(address: str, folder: Path) -> tuple[str, str]:
    """Paths of a certificate that signs itself, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_path, key_path = folder / "certificate.pem", folder / "key.pem"
    certificate_path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(certificate_path), str(key_path)
