"""`stoa ai`: which models answer here, whether a provider can be reached, whether the money adds up."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from stoa.cli.context import Opened
    from stoa.modules.ai.calling.schemas import ProviderHealth, ProviderList
    from stoa.modules.ai.engine.service import Engine
    from stoa.modules.ai.ledger.auditing import AuditReport
    from stoa.modules.ai.managing.answers import TryOut

T = TypeVar("T")
ai = typer.Typer(help="See which models answer, try a provider, add the ledger up.", no_args_is_help=True)
DataDir = Annotated[Path | None, typer.Option(envvar="STOA_DATA_DIR", help="Folder of the embedded servers.")]
_MILLION = 1_000_000


@ai.command()
def providers(data_dir: DataDir = None) -> None:
    """List the providers with their last hour, and who answers which task."""
    from stoa.modules.ai.calling.health import providers_now
    from stoa.modules.ai.usage.reading import UsageReads

    async def read(opened: "Opened", engine: "Engine") -> "ProviderList":
        return await providers_now(engine, UsageReads(opened.database.reads))

    told = _with_engine(data_dir, read)
    for one in told.items:
        print(f"{one.name:<20} {one.kind:<12} {'on' if one.is_enabled else 'off':<4} {one.keys} keys  {_hour(one)}")
        if one.models:
            print(f"    {', '.join(one.models)}")
    for task, places in told.routes.items():
        print(f"{'stoa-' + task:<20} {', then '.join(places) or 'nobody answers'}")


@ai.command(name="try")
def try_(
    name: Annotated[str, typer.Argument(help="Name of the provider, as `stoa ai providers` shows it.")],
    data_dir: DataDir = None,
) -> None:
    """Ask a provider which models it has: whether address and key are right. Costs nothing."""
    from stoa.modules.ai.managing.trying import try_provider

    async def ask(_: "Opened", engine: "Engine") -> "TryOut":
        return await try_provider(engine, name)

    told = _with_engine(data_dir, ask)
    if not told.is_good:
        print(f"{name} does not answer as it should: {told.fault}")
        raise typer.Exit(1)
    print(f"{name} answered in {told.milliseconds} ms and has {len(told.models)} models.")
    for model in told.models:
        print(f"    {model}")


@ai.command()
def audit(data_dir: DataDir = None) -> None:
    """Add the ledger up: calls against accounts, open calls against what is reserved, calls against sums by day."""
    from stoa.cli.context import run
    from stoa.modules.ai.ledger.auditing import audit as add_up

    async def read(opened: "Opened") -> "AuditReport":
        return await add_up(opened.database.reads)

    report = run(data_dir, "stoa ai", read)
    print(f"{report.calls} calls, {report.open} of them open, {report.cost / _MILLION:.6f} US dollars.")
    for fault in report.faults:
        print(f"    {fault}")
    if report.faults:
        raise typer.Exit(1)
    print("Everything adds up.")


def _with_engine(data_dir: Path | None, work: "Callable[[Opened, Engine], Coroutine[Any, Any, T]]") -> T:
    """Do `work` with an engine as the site has it."""
    from stoa.cli.context import run
    from stoa.modules.ai.engine.parts import running_engine
    from stoa.shared.keyring import keyring_of

    async def do(opened: "Opened") -> T:
        keyring = keyring_of(opened.settings, opened.data_dir)
        async with running_engine(opened.settings.ai, opened.database, opened.redis_url, keyring) as engine:
            return await work(opened, engine)

    return run(data_dir, "stoa ai", do)


def _hour(one: "ProviderHealth") -> str:
    if not one.calls:
        return "no calls in the last hour"
    return f"{one.calls} calls in the last hour, {one.success_rate or 0:.0%} good, median {one.median_ms} ms"
