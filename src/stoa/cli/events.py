"""`stoa events`: where is event X now, what was given up, try it again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

if TYPE_CHECKING:
    from stoa.cli.context import Opened
    from stoa.modules.auth.parts import AuthParts
    from stoa.shared.security import Actor

events = typer.Typer(help="See where events are, and try again what was given up.", no_args_is_help=True)
DataDir = Annotated[Path | None, typer.Option(envvar="STOA_DATA_DIR", help="Folder of the embedded servers.")]
EventId = Annotated[UUID, typer.Argument(help="Id of the event, as `stoa events tail` shows it.")]


@events.command()
def tail(
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, max=1000, help="How many.")] = 20,
    data_dir: DataDir = None,
) -> None:
    """Show the newest events, the newest last."""
    from stoa.cli.context import run
    from stoa.events.service import EventReads

    async def read(opened: "Opened") -> list[Any]:
        return await EventReads(opened.database.reads).tail(lines)

    for row in reversed(run(data_dir, "stoa events", read)):
        print(f"{row['at']:%Y-%m-%d %H:%M:%S}  {row['id']}  {row['type']:<22} {row['aggregate']:<45} {_state(row)}")


@events.command()
def show(event_id: EventId, data_dir: DataDir = None) -> None:
    """Show the whole way of one event."""
    import json

    from stoa.cli.context import run
    from stoa.events.handlers.all import all_work
    from stoa.events.upkeep import whole_way

    async def read(opened: "Opened") -> bytes:
        expected = all_work(opened.settings).registry.expected()
        return await whole_way(opened.database.reads, event_id, expected)

    way = json.loads(run(data_dir, "stoa events", read))
    for name, value in (
        ("event", f"{way['type']} {way['id']}"),
        ("about", way["aggregate"]),
        ("data", json.dumps(way["data"])),
        ("caused by", way["trace"] or "no request"),
        ("recorded", way["recorded_at"]),
        ("relayed", f"{way['relayed_at']} (sent {way['relays']} times)" if way["relayed_at"] else "not yet"),
    ):
        print(f"{name:<10} {value}")
    for handler in way["handlers"]:
        print(f"{'handler':<10} {handler['handler']}: {_handler_words(handler)}")
    for delivery in way["deliveries"]:
        print(f"{'delivery':<10} {_delivery_words(delivery)}")


@events.command()
def dead(data_dir: DataDir = None) -> None:
    """List what was given up, newest first."""
    import json

    from stoa.cli.context import run
    from stoa.events.schemas import DeadQuery
    from stoa.events.service import EventReads

    async def read(opened: "Opened") -> list[str]:
        return (await EventReads(opened.database.reads).dead(DeadQuery(limit=100))).items

    found = [json.loads(item) for item in run(data_dir, "stoa events", read)]
    for letter in found:
        print(f"{letter['given_up_at']}  {letter['event_id']}  {letter['type']}  {letter['handler']}")
        print(f"    {letter['error']}")
    if not found:
        print("Nothing was given up.")


@events.command()
def replay(
    event_id: EventId,
    handler: Annotated[str | None, typer.Option(help="Only for this handler.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Try a dead letter again."""
    from stoa.cli.all_rights import act_with_all_rights
    from stoa.events.upkeep import replay as again

    async def write(parts: "AuthParts", actor: "Actor") -> list[str]:
        return await parts.database.transact(lambda session: again(session, event_id, handler, actor))

    print(f"Tried again for {', '.join(act_with_all_rights(data_dir, write))}.")


def _state(row: Any) -> str:
    if row["relayed_at"] is None:
        return "recorded"
    words = [f"{row[name]} {name}" for name in ("handled", "retrying", "dead") if row[name]]
    return ", ".join(words) or "sent"


def _delivery_words(delivery: dict[str, Any]) -> str:
    words = f"{delivery['channel']} to {delivery['recipient']} ({delivery['kind']}): {delivery['state']}"
    more = [delivery["ended_at"] or f"next try {delivery['next_at']}", delivery["reason"], delivery["reference"]]
    return "; ".join([words, *(one for one in more if one)])


def _handler_words(handler: dict[str, Any]) -> str:
    match handler["state"]:
        case "handled":
            return f"handled {handler['handled_at']}"
        case "dead":
            return f"given up after {handler['failures']} failures: {handler['error']}"
        case "retrying":
            why = handler["error"] or "the worker that had it ended"
            return f"{handler['failures']} failures, next try {handler['next_try_at']}: {why}"
        case state:
            return str(state)
