"""Secrets leave no trace: not in logs, not in Valkey, not in the database but as hashes and in the mails themselves."""

import re
from pathlib import Path

import asyncpg
import httpx
from redis import Redis

from tests.events.engine import rows, until
from tests.running_site import served

EMAIL = "canary-address@example.com"
PASSWORDS = ("canary password one", "canary password two", "canary password wrong")
API = "/api/v1"


def use_everything(site: httpx.Client) -> list[str]:
    """Every way a secret comes in or goes out; answers those that we were given."""
    site.post(f"{API}/register", json={"email": EMAIL, "password": PASSWORDS[0], "display_name": "Canary"})
    site.post(f"{API}/register", json={"email": EMAIL, "password": [PASSWORDS[0]], "display_name": "\0"})
    form = {"grant_type": "password", "username": EMAIL, "password": PASSWORDS[2]}
    assert site.post(f"{API}/token", data=form).status_code == 400
    assert (
        site.post(f"{API}/token", data={**form, "grant_type": "x", "password": [PASSWORDS[2]] * 2}).status_code == 400
    )
    pair = site.post(f"{API}/token", data={**form, "password": PASSWORDS[0]}).json()
    bearer = {"authorization": f"Bearer {pair['access_token']}"}
    key = site.post(f"{API}/api-keys", json={"name": "canary"}, headers=bearer).json()["key"]
    assert site.get(f"{API}/users/me", headers={"authorization": f"Bearer {key}"}).status_code == 200
    next_pair = site.post(f"{API}/token/refresh", json={"refresh_token": pair["refresh_token"]}).json()
    site.get(
        f"{API}/users/me", params={"access_token": pair["access_token"]}, headers={"authorization": "Bearer broken"}
    )
    site.post(f"{API}/password/forgot", json={"email": EMAIL})
    change = {"current_password": PASSWORDS[0], "password": PASSWORDS[1]}
    assert site.post(f"{API}/password/change", json=change, headers=bearer).status_code == 200
    return [pair["access_token"], pair["refresh_token"], next_pair["refresh_token"], next_pair["access_token"], key]


async def texts_of(url: str) -> dict[str, str]:
    """Everything that stands in the database, by table."""
    connection = await asyncpg.connect(url)
    try:
        names = await connection.fetch(
            "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('public', 'audit')"
        )
        return {
            name[0]: str(await connection.fetchval(f"SELECT json_agg(t)::text FROM {name[0]} t"))  # noqa: S608 # names of tables
            for name in names
        }
    finally:
        await connection.close()


async def written(url: str) -> bool:
    """Whether the mails with links are there."""
    kinds = {row["kind"] for row in await rows(url, "SELECT kind FROM deliveries")}
    return {"verify-email", "reset-password"} <= kinds


async def test_no_secret_is_found_anywhere(own_database_url: str, redis_url: str, tmp_path: Path) -> None:
    log = tmp_path / "site.log"
    with (
        served(own_database_url, redis_url, tmp_path, log=log, with_worker=True) as address,
        httpx.Client(base_url=address) as site,
    ):
        given = use_everything(site)
        await until(lambda: written(own_database_url), "both mails")
    tables = await texts_of(own_database_url)
    links = re.findall(r"token=([A-Za-z0-9_-]{20,})", tables.pop("public.deliveries"))
    assert len(links) == 2
    secrets = [*PASSWORDS, *given, *links]
    said = log.read_text(encoding="utf-8")
    assert "/api/v1/password/change" in said
    with Redis.from_url(redis_url) as valkey:
        keys = [key.decode() for key in valkey.keys("*")]
        sent = [str(valkey.xrange(key)) for key in keys if key.startswith("stoa:events:")]
    kept = " ".join([*keys, *sent])
    assert "stoa:throttle:" in kept
    assert "password.forgotten" in kept
    for place, text in {"log": said, "valkey": kept, **tables}.items():
        assert [secret for secret in secrets if secret in text] == [], place
        if place not in {"public.users", "public.one_time_tokens"}:
            assert EMAIL not in text, place
