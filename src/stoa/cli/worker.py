"""`stoa worker`: everything that happens outside of requests."""

from pathlib import Path
from typing import Annotated

import typer

_PAUSE = 3.0


def worker(
    data_dir: Annotated[Path | None, typer.Option(envvar="STOA_DATA_DIR", help="Folder of media and secrets.")] = None,
) -> None:
    """Bring events to their handlers, run tasks and nightly jobs; SIGTERM finishes what has begun."""
    import asyncio

    from stoa.cli.context import data_folder, load_settings, servers
    from stoa.shared.logs import set_up_logs

    settings = load_settings(data_dir=data_dir)
    set_up_logs(settings.server.log_level, settings.server.log_format)
    with servers(data_dir, "stoa worker") as running:
        asyncio.run(_work(running.database_url, running.redis_url, data_folder(data_dir)))


async def _work(database_url: str, redis_url: str, folder: Path) -> None:
    import asyncio
    import gc
    import signal

    from stoa.cli.context import load_settings
    from stoa.events.handlers.all import all_work
    from stoa.events.handlers.channels import all_channels, senders
    from stoa.events.handlers.schedule import by_the_clock
    from stoa.events.loops import Stop
    from stoa.events.streams import RedisStreams
    from stoa.events.worker import Worker
    from stoa.modules.content.importing.task import Workshop
    from stoa.shared.database import Database
    from stoa.shared.embedding import Embedder, is_installed
    from stoa.shared.keyring import keyring_of
    from stoa.web.ai.batch_work import running_batches

    settings, stop = load_settings(), Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.ask)
    while not await _has_schema(database_url):
        if await stop.within(_PAUSE):
            return
    chosen = settings.database.model_copy(update={"database_pool": 16, "read_pool": 2})
    keyring = keyring_of(settings, folder)
    async with (
        Database(chosen, database_url) as database,
        RedisStreams(redis_url) as streams,
        Embedder() as embedder,
        running_batches(settings.ai, database, redis_url, keyring, stop) as batches,
    ):
        loops = [
            *senders(all_channels(settings, database, keyring), database),
            *batches,
            *by_the_clock(database, embedder if is_installed() else None),
        ]
        work = all_work(settings, keyring, Workshop(database, settings, folder))
        gc.freeze()
        await Worker(database, streams, work, loops=loops, stop=stop).run()


async def _has_schema(database_url: str) -> bool:
    """False while PostgreSQL does not answer: it may come later than we do. Raises InvalidInput for another schema."""
    import structlog

    from stoa.cli.context import current_revision
    from stoa.shared.errors import InvalidInput, Unavailable
    from stoa.shared.migrations import head

    try:
        current = await current_revision(database_url)
    except Unavailable as error:
        structlog.get_logger("stoa.events").warning("waiting", why=error.detail)
        return False
    if current != head():
        raise InvalidInput(f"The schema is at {current or 'nothing'}, not at {head()}: run `stoa migrate up`.")
    return True
