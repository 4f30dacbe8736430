"""What commands share: settings, the servers to talk to, and an open database."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from stoa.local.servers import Servers
    from stoa.shared.database import Database
    from stoa.shared.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Opened:
    """All that a command needs to call services."""

    settings: "Settings"
    database: "Database"
    redis_url: str
    data_dir: Path


def load_settings(**overrides: Any) -> "Settings":
    """The settings of this process. Raises SettingsFault with all that is wrong."""
    from stoa.shared.settings import Settings

    return Settings.load(**overrides)


def data_folder(chosen: Path | None) -> Path:
    """The data folder, chosen or the platform's, made if need be."""
    from stoa.local.data_folder import data_folder as resolve

    return resolve(chosen)


@contextmanager
def servers(data_dir: Path | None, command: str) -> "Iterator[Servers]":
    """The servers of the settings; without them those of a running `stoa up`, or our own for as long as this lasts.

    `command` is our name for others who want the same data folder meanwhile. Not to be called in an event loop.
    """
    from stoa.local.servers import running_servers

    settings = load_settings(data_dir=data_dir)
    database, cache = settings.database.database_url, settings.cache.redis_url
    with running_servers(
        settings.server.data_dir,
        database_url=database.get_secret_value() if database else None,
        redis_url=cache.get_secret_value() if cache else None,
        command=command,
    ) as running:
        yield running


def run(data_dir: Path | None, command: str, work: "Callable[[Opened], Awaitable[T]]") -> "T":
    """Do `work` with an open database whose schema is the newest, in an event loop of its own."""
    import asyncio

    from stoa.shared.database import Database
    from stoa.shared.errors import InvalidInput
    from stoa.shared.migrations import head

    settings = _as_the_site_has_them(data_dir)

    async def open_and_work(database_url: str, redis_url: str) -> T:
        current = await current_revision(database_url)
        if current != head():
            raise InvalidInput(f"The schema is at {current or 'nothing'}, not at {head()}: run `stoa migrate up`.")
        async with Database(settings.database, database_url) as database:
            return await work(Opened(settings, database, redis_url, data_folder(settings.server.data_dir)))

    with servers(data_dir, command) as running:
        return asyncio.run(open_and_work(running.database_url, running.redis_url))


def _as_the_site_has_them(data_dir: Path | None) -> "Settings":
    """The settings; where they do not say how the site is called, what a running `stoa up` calls it."""
    from stoa.local.servers import site_url

    settings = load_settings(data_dir=data_dir)
    if "public_url" in settings.server.model_fields_set:
        return settings
    return load_settings(data_dir=data_dir, public_url=site_url(settings.server.data_dir))


async def current_revision(database_url: str) -> str | None:
    """The revision a database is at; None when it is empty. Raises Unavailable when it does not answer."""
    import asyncpg

    from stoa.shared.errors import Unavailable

    try:
        connection = await asyncpg.connect(database_url, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Unavailable(f"PostgreSQL does not answer ({error}). Is it running, and is DATABASE_URL right?") from None
    try:
        revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()
    return revision
