"""`stoa up`: everything on one machine in one terminal. Only reads choices and makes the plan."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from stoa.local.data_folder import DataFolder
    from stoa.local.server import Pause
    from stoa.local.servers import Servers
    from stoa.local.supervisor import Step

_HOST, _PORT = "127.0.0.1", 8000


def up(
    host: Annotated[
        str | None, typer.Option(envvar="STOA_HOST", show_default=_HOST, help="Address to listen on.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(envvar="STOA_PORT", min=1, max=65535, show_default=str(_PORT), help="Port to listen on."),
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option(envvar="STOA_DATA_DIR", help="Folder of everything the site keeps.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Web server processes.")] = 1,
    *,
    no_demo: Annotated[bool, typer.Option("--no-demo", help="Leave a new site empty.")] = False,
) -> None:
    """Start PostgreSQL, Valkey and the site, and stop them together on Ctrl-C."""
    from stoa.local.address import Address
    from stoa.local.data_folder import choose
    from stoa.local.report import started_at
    from stoa.local.supervisor import Plan, Supervisor

    written = _environment()
    address = Address(host or written.get("STOA_HOST") or _HOST, port or _port(written.get("STOA_PORT")))
    folder = choose(data_dir or (Path(written["STOA_DATA_DIR"]) if written.get("STOA_DATA_DIR") else None))
    plan = Plan(
        folder=folder,
        address=address,
        site=_stoa("serve", "--host", address.host, "--port", str(address.port), "--workers", str(workers)),
        worker=_stoa("worker"),
        steps=lambda servers, pause: _steps(folder, servers, pause, demo=not no_demo),
        database_url=_given("DATABASE_URL", written),
        redis_url=_given("REDIS_URL", written),
        began_at=started_at(),
        greeting=_stoa("user", "owner-link", "--greeting"),
        public_url="" if _given("STOA_PUBLIC_URL", written) else address.local_url,
    )
    Supervisor(plan).run()


def _steps(folder: "DataFolder", servers: "Servers", pause: "Pause", *, demo: bool) -> Iterator["Step"]:
    """Migration when the database is behind; the demo once, on a database that was empty, until it succeeds."""
    from stoa.local.report import say
    from stoa.local.schema import current_revision, is_behind
    from stoa.local.supervisor import Step
    from stoa.shared import migrations

    newest = migrations.head()
    current = current_revision(servers.database_url, pause)
    wanted = folder.demo_pending
    if not demo:
        wanted.unlink(missing_ok=True)
    elif current is None:
        wanted.touch(mode=0o600)
    if is_behind(current, newest):
        yield Step("Schema", _stoa("migrate", "up"), log="migrate", done=f"migrated to {newest}")
    else:
        say("Schema", f"at {newest}, nothing to do")
    if wanted.exists():
        yield Step("Demo site", _stoa("seed"), log="seed", done="filled", is_required=False, after=wanted.unlink)


def _stoa(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "stoa", *arguments]


def _environment() -> dict[str, str]:
    """As the site's settings read it, without loading what they load: the environment wins over `.env`."""
    written: dict[str, str | None] = {}
    if Path(".env").is_file():
        from dotenv import dotenv_values

        written = dotenv_values(".env")
    return {name: value for name, value in {**written, **os.environ}.items() if value}


def _given(name: str, environment: dict[str, str]) -> str | None:
    from stoa.local.errors import BadChoice

    if name in environment or f"{name}_FILE" not in environment:
        return environment.get(name)
    path = environment[f"{name}_FILE"]
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadChoice(f"{name}_FILE names {path}, which cannot be read: {error.strerror}") from None


def _port(written: str | None) -> int:
    from stoa.local.errors import BadChoice

    if not written:
        return _PORT
    if not (written.isascii() and written.isdigit() and 1 <= int(written) <= 65535):
        raise BadChoice(f"STOA_PORT is '{written}': it must be a number from 1 to 65535.")
    return int(written)
