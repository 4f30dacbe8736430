"""`stoa doctor`: checks every part, one line each, and says how to mend what is wrong."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

_WIDTH = 14
_LONGEST_UNSENT = 60


def doctor(
    data_dir: Annotated[
        Path | None, typer.Option(envvar="STOA_DATA_DIR", help="Folder of the embedded servers.")
    ] = None,
) -> None:
    """Check every part and say how to mend what is wrong. Exit code 1 when something is."""
    import asyncio

    from stoa.cli.context import data_folder, load_settings, servers

    settings = load_settings(data_dir=data_dir)
    _say("settings", True, f"valid, for {settings.server.environment}")
    folder = data_folder(settings.server.data_dir)
    healthy = [_folder(folder)]
    with servers(data_dir, "stoa doctor") as running:
        for name, check, url in (
            ("PostgreSQL", _postgresql, running.database_url),
            ("schema", _schema, running.database_url),
            ("audit log", _audit, running.database_url),
            ("Valkey", _valkey, running.redis_url),
            ("events", _events, running.database_url),
        ):
            healthy.append(asyncio.run(_tell(name, check, url)))
    healthy.append(_say("media", *_media(folder)))
    healthy.append(_say("mail", *asyncio.run(_mail())))
    if not all(healthy):
        raise typer.Exit(1)
    print("All is well.")


def _say(name: str, well: bool, words: str) -> bool:
    print(f"{'ok  ' if well else 'FAIL'} {name:<{_WIDTH}} {words}")
    return well


def _folder(folder: Path) -> bool:
    import os
    import shutil

    if not os.access(folder, os.W_OK | os.X_OK):
        return _say("data folder", False, f"{folder} cannot be written: give it to the account that runs Stoa")
    free = shutil.disk_usage(folder).free // 1_048_576
    return _say("data folder", free > 200, f"{folder}, {free:,} MiB free" + ("" if free > 200 else ": make room"))


async def _tell(name: str, check: Callable[[str], Awaitable[tuple[bool, str]]], url: str) -> bool:
    import asyncpg
    from redis.exceptions import RedisError

    from stoa.shared.errors import StoaError

    try:
        return _say(name, *await check(url))
    except StoaError as error:
        return _say(name, False, error.detail)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, RedisError) as error:
        return _say(
            name, False, f"does not answer ({type(error).__name__}: {error}): is it running, is its address right?"
        )


async def _postgresql(url: str) -> tuple[bool, str]:
    import asyncpg

    connection = await asyncpg.connect(url, timeout=5)
    try:
        version = await connection.fetchval("SHOW server_version")
        encoding = await connection.fetchval("SHOW server_encoding")
    finally:
        await connection.close()
    if encoding != "UTF8":
        return False, f"{version}, but its encoding is {encoding}: create the database with UTF8"
    return True, f"{version} answers"


async def _schema(url: str) -> tuple[bool, str]:
    from stoa.cli.context import current_revision
    from stoa.shared.migrations import head

    current = await current_revision(url)
    if current != head():
        return False, f"at {current or 'nothing'}, not at {head()}: run `stoa migrate up`"
    return True, f"at {current}, the newest"


async def _audit(url: str) -> tuple[bool, str]:
    from stoa.cli.context import load_settings
    from stoa.modules.audit.service import AuditReads
    from stoa.shared.database import Database

    if not (await _schema(url))[0]:
        return False, "cannot be checked before the schema is the newest"
    async with Database(load_settings().database, url) as database:
        audit = AuditReads(database.reads)
        report, seal = await audit.check(), await audit.seal()
    if not report.is_whole:
        return False, f"broken at position {report.broken_at}: {report.fault}. docs/audit.md says what to do"
    return True, f"{report.length} events, chain whole, {seal.words}"


async def _events(url: str) -> tuple[bool, str]:
    import orjson

    from stoa.cli.context import load_settings
    from stoa.events.service import EventReads
    from stoa.shared.database import Database

    if not (await _schema(url))[0]:
        return False, "cannot be checked before the schema is the newest"
    async with Database(load_settings().database, url) as database:
        state = orjson.loads(await EventReads(database.reads).state())
    seconds = state["oldest_unrelayed_seconds"] or 0
    if seconds > _LONGEST_UNSENT:
        return False, f"{state['unrelayed']} wait, the oldest for {seconds:.0f} s: does `stoa worker` run?"
    if state["dead"]:
        return False, f"{state['dead']} were given up: `stoa events dead` tells why"
    return True, f"{state['unrelayed']} wait to be sent, {state['retrying']} to be tried again, none given up"


def _media(folder: Path) -> tuple[bool, str]:
    from stoa.cli.context import load_settings
    from stoa.shared.errors import Unavailable
    from stoa.shared.media.choosing import media_store

    try:
        return True, f"pictures are kept {media_store(load_settings(), folder).check()}"
    except Unavailable:
        return False, "the bucket cannot be written: are STOA_S3_ENDPOINT, _BUCKET and the keys right, is it there?"
    except OSError as error:
        return False, f"{error.filename or 'the folder of pictures'} cannot be written: {error.strerror}"


async def _mail() -> tuple[bool, str]:
    from stoa.cli.context import load_settings
    from stoa.modules.deliveries.channels.channel import CannotDeliver
    from stoa.modules.deliveries.channels.mail import MailChannel

    settings = load_settings()
    if settings.mail.smtp_host is None:
        return True, "no server is set (STOA_SMTP_HOST), mails wait at /admin/mail"
    try:
        return True, f"{settings.mail.smtp_host} lets us in: {await MailChannel(settings).greet()}"
    except CannotDeliver as error:
        return False, str(error)


async def _valkey(url: str) -> tuple[bool, str]:
    from redis.asyncio import Redis

    client = Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
    try:
        info = await client.info("server")
    finally:
        await client.aclose()
    return True, f"{info.get('valkey_version') or info.get('redis_version')} answers"
