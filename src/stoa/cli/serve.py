"""`stoa serve`: the web server alone."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from fastapi import FastAPI


def serve(
    host: Annotated[str, typer.Option(envvar="STOA_HOST", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="STOA_PORT", min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Web processes.")] = 1,
    data_dir: Annotated[Path | None, typer.Option(envvar="STOA_DATA_DIR", help="Folder of media and secrets.")] = None,
) -> None:
    """Serve pages and API over servers that run already (DATABASE_URL and REDIS_URL, or those of `stoa up`)."""
    import uvicorn

    from stoa.cli.context import load_settings, servers
    from stoa.shared.logs import set_up_logs

    settings = load_settings(host=host, port=port, data_dir=data_dir)
    set_up_logs(settings.server.log_level, settings.server.log_format)
    with servers(data_dir, "stoa serve") as running:
        os.environ.update(
            DATABASE_URL=running.database_url, REDIS_URL=running.redis_url, STOA_HOST=host, STOA_PORT=str(port)
        )
        if data_dir is not None:
            os.environ["STOA_DATA_DIR"] = str(data_dir)
        uvicorn.run(
            "stoa.cli.serve:application",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            http="stoa.cli.bounded_http:BoundedHttp",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.server.forwarded_allow_ips),
            forwarded_allow_ips=settings.server.forwarded_allow_ips or None,
            timeout_graceful_shutdown=15,
            backlog=2048,
        )


def application() -> "FastAPI":
    """The application of one web process, from the environment."""
    from stoa.cli.context import data_folder, load_settings
    from stoa.main import create_app
    from stoa.shared.logs import set_up_logs

    settings = load_settings()
    set_up_logs(settings.server.log_level, settings.server.log_format)
    database, cache = settings.database.database_url, settings.cache.redis_url
    if database is None or cache is None:
        raise RuntimeError("DATABASE_URL and REDIS_URL must be set in a web process")
    return create_app(
        settings,
        database_url=database.get_secret_value(),
        redis_url=cache.get_secret_value(),
        data_dir=data_folder(settings.server.data_dir),
    )
