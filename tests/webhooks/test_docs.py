"""The receiver of docs/webhooks.md, taken out of the document and run."""

import asyncio
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.events.engine import until
from tests.webhooks.sending import Site

DOCUMENT = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")


def block(language: str, port: int) -> str:
    found = re.search(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)
    assert found
    return found[1].replace("9000", str(port))


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    return number


@contextmanager
def documented(port: int, secret: str) -> Iterator["subprocess.Popen[str]"]:
    environment = {**os.environ, "WEBHOOK_SECRET": secret}
    command = [sys.executable, "-c", block("python", port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.terminate()


async def listening(port: int) -> None:
    async def there() -> bool:
        with socket.socket() as asking:
            return asking.connect_ex(("127.0.0.1", port)) == 0

    await until(there, "the receiver of the document")


async def test_receiver_takes_what_is_sent_and_drops_a_repeat(site: Site, port: int) -> None:
    endpoint = await site.endpoint(f"http://127.0.0.1:{port}/")
    with documented(port, endpoint["secret"]) as running:
        await listening(port)
        delivery_id = await site.test(endpoint)
        await site.deliver()
        assert (await site.delivery(endpoint, delivery_id))["reference"] == "Answered 204."
        await site.replay(endpoint, delivery_id)
        await site.deliver()
        await site.happen()
        await site.deliver()
        assert (await site.delivery(endpoint))["state"] == "sent"
        running.terminate()
        assert running.communicate()[0].split() == ["webhook.test", "user.verified"]


async def test_receiver_refuses_what_another_signed(site: Site, port: int) -> None:
    endpoint, other = [await site.endpoint(f"http://127.0.0.1:{port}/") for _ in range(2)]
    with documented(port, other["secret"]):
        await listening(port)
        await site.test(endpoint)
        await site.deliver()
    assert (await site.delivery(endpoint))["reason"].startswith("Answered 401")


async def test_commands_to_try_it_without_a_site(site: Site, port: int) -> None:
    secret = (await site.endpoint("https://hooks.example.com/"))["secret"]
    with documented(port, secret) as running:
        await listening(port)
        for given, status in ((secret, 0), ("whsec_" + "A" * 43 + "=", 22)):
            environment = {**os.environ, "WEBHOOK_SECRET": given}
            trying = await asyncio.create_subprocess_exec("bash", "-c", block("sh", port), env=environment)
            assert await trying.wait() == status
        running.terminate()
        assert running.communicate()[0].split() == ["webhook.test"]
