"""Accounts, measured in one run: times for known and unknown addresses, a storm of sign-ins, the cost of the gate.

`python -m benchmarks.accounts` starts embedded servers and the site with one worker in a folder of its own, and prints
the tables of docs/performance.md. Counters of failed attempts are cleared between calls, or they would slow us down.
"""

import argparse
import asyncio
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from redis import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.local.servers import running_servers
from stoa.modules.auth.accounts.repository import AccountRepository
from stoa.modules.auth.passwords import PasswordHasher
from stoa.modules.users.schemas import NewUser
from stoa.modules.users.service import UserService
from stoa.shared.database import Database
from stoa.shared.schema import upgrade
from stoa.shared.settings_parts import DatabaseSettings

PORT = 18_300
URL = f"http://127.0.0.1:{PORT}"
PASSWORD = "correct horse battery"  # noqa: S105 # of accounts that live as long as the run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=8.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stoa-bench-accounts-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with running_servers(folder / "data") as servers:
            upgrade(servers.database_url)
            emails = asyncio.run(_people(servers.database_url, options.pairs))
            with _site(folder, servers.database_url, servers.redis_url), Redis.from_url(servers.redis_url) as valkey:
                asyncio.run(_measure(valkey, emails, options.seconds))


async def _people(url: str, count: int) -> list[str]:
    emails = [f"person-{number}@example.com" for number in range(count)]
    hasher = PasswordHasher(2)
    made = await hasher.hash(PASSWORD)

    async def store(session: AsyncSession) -> None:
        for number, email in enumerate(emails):
            role = "creator" if number else "admin"
            user = await UserService(session).create(NewUser(f"Person {number}", email, role=role, is_verified=True))
            await AccountRepository(session).set_password(user.id, made)

    async with Database(DatabaseSettings(), url) as database:
        await database.transact(store)
    hasher.close()
    return emails


@contextmanager
def _site(folder: Path, database_url: str, redis_url: str) -> Iterator[None]:
    environment = {
        **os.environ, "DATABASE_URL": database_url, "REDIS_URL": redis_url, "STOA_DATA_DIR": str(folder),
        "STOA_LOG_LEVEL": "error", "STOA_PUBLIC_URL": URL,
    }  # fmt: skip
    command = [sys.executable, "-m", "stoa", "serve", "--port", str(PORT)]
    with subprocess.Popen(command, env=environment) as site:
        try:
            _wait(site)
            yield
        finally:
            site.terminate()


def _wait(site: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        if site.poll() is not None:
            raise RuntimeError("the site ended")
        try:
            with urllib.request.urlopen(f"{URL}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the site did not come up")


async def _measure(valkey: "Redis", emails: Sequence[str], seconds: float) -> None:
    async with httpx.AsyncClient(base_url=URL, limits=httpx.Limits(max_connections=40), timeout=60) as client:
        await _equal_times(client, valkey, emails)
        tokens = await _sign_in(client, emails[0], PASSWORD)
        await _gate(client, tokens.json()["access_token"], seconds)
        await _storm(client, valkey, emails, seconds)


async def _equal_times(client: httpx.AsyncClient, valkey: "Redis", emails: Sequence[str]) -> None:
    print(f"Known and unknown addresses, {len(emails)} pairs in turn; ms\n")
    print("| call | known, median | unknown, median | difference |\n|---|---|---|---|")
    for name, call in (
        ("sign-in, wrong password", lambda email: _sign_in(client, email, "not the password")),
        (
            "register",
            lambda email: _post(client, "register", email=email, password=f"a long one {secrets.token_hex(4)}"),
        ),
        ("forgotten password", lambda email: _post(client, "password/forgot", email=email)),
        ("confirm again", lambda email: _post(client, "verify-email/resend", email=email)),
    ):
        known, unknown = [], []
        for email in emails:
            valkey.flushdb()
            known.append(await _timed(call, email))
            unknown.append(await _timed(call, f"{secrets.token_hex(8)}@example.com"))
        one, other = statistics.median(known), statistics.median(unknown)
        print(f"| {name} | {one:.2f} | {other:.2f} | {abs(one - other):.2f} |")


async def _gate(client: httpx.AsyncClient, token: str, seconds: float) -> None:
    headers = {"authorization": f"Bearer {token}"}
    key = await client.post("/api/v1/api-keys", json={"name": "bench"}, headers=headers)
    print("\nReading one's own account, one connection; ms\n")
    print("| shown | median | p99 |\n|---|---|---|")
    for name, shown in (("access token", token), ("API key", key.json()["key"])):
        times = await _repeat(client, {"authorization": f"Bearer {shown}"}, seconds / 2)
        print(f"| {name} | {statistics.median(times):.2f} | {_p99(times):.2f} |")


async def _storm(client: httpx.AsyncClient, valkey: "Redis", emails: Sequence[str], seconds: float) -> None:
    """Others ask one after the other, every 20 ms, as readers do who do not wait for each other."""
    print("\nOthers while people sign in; ms\n")
    print("| sign-ins at once | sign-ins/s | others, median | others, p99 |\n|---|---|---|---|")
    for at_once in (0, 1, 4, 8):
        done = 0
        stop = asyncio.Event()

        async def sign_in_for_ever(number: int, stop: asyncio.Event = stop) -> None:
            nonlocal done
            while not stop.is_set():
                valkey.flushdb()
                answer = await _sign_in(client, emails[number], PASSWORD)  # awaited within the round
                done += answer.status_code == 200

        storm = [asyncio.create_task(sign_in_for_ever(number)) for number in range(at_once)]
        started = time.perf_counter()
        times = await _readers(client, seconds)
        stop.set()
        await asyncio.gather(*storm)
        rate = done / (time.perf_counter() - started)
        print(f"| {at_once} | {rate:.0f} | {statistics.median(times):.2f} | {_p99(times):.2f} |")


async def _readers(client: httpx.AsyncClient, seconds: float) -> list[float]:
    times: list[float] = []

    async def read() -> None:
        times.append(
            await _timed(lambda _: client.get("/api/v1/tags?limit=5", headers={"cookie": "stoa_session=x"}), "")
        )

    end = time.perf_counter() + seconds
    running = set()
    while time.perf_counter() < end:
        running.add(asyncio.create_task(read()))
        await asyncio.sleep(0.02)
        running = {task for task in running if not task.done()}
    await asyncio.gather(*running)
    return times


async def _repeat(client: httpx.AsyncClient, headers: dict[str, str], seconds: float) -> list[float]:
    end = time.perf_counter() + seconds
    times = []
    while time.perf_counter() < end:
        times.append(await _timed(lambda _: client.get("/api/v1/users/me", headers=headers), ""))
    return times


async def _sign_in(client: httpx.AsyncClient, email: str, password: str) -> httpx.Response:
    return await client.post("/api/v1/token", data={"grant_type": "password", "username": email, "password": password})


async def _post(client: httpx.AsyncClient, path: str, **body: str) -> httpx.Response:
    return await client.post(f"/api/v1/{path}", json=body)


async def _timed(call: Callable[[str], Awaitable[httpx.Response]], argument: str) -> float:
    started = time.perf_counter()
    answer = await call(argument)
    if answer.status_code >= 429:
        raise RuntimeError(f"{answer.status_code}: {answer.text}")
    return (time.perf_counter() - started) * 1000


def _p99(times: Sequence[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


if __name__ == "__main__":
    main()
