"""The catalogue of docs/events.md, made from the code: `python -m stoa.events.handlers.catalogue docs/events.md`."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

from pydantic import AwareDatetime

import stoa
from stoa.events.event import Event, stream_of
from stoa.events.handlers.all import EVENTS, all_work
from stoa.events.handlers.webhooks import GROUP as WEBHOOKS
from stoa.events.worker import Work
from stoa.shared.settings import Settings

BEGIN, END = "<!-- made by the code: begin -->", "<!-- made by the code: end -->"
_SOURCE = Path(stoa.__file__).parent
_EVERY = f"{WEBHOOKS}."
_KINDS = {UUID: "uuid", str: "text", int: "number", AwareDatetime: "time", type(None): "null"}


def catalogue() -> str:
    """Tables of events and jobs, and the picture of who tells whom."""
    work = all_work(Settings.load(env_file=None))
    lines = [BEGIN, "", "| event | stream | fields | recorded by | handled by |", "|---|---|---|---|---|"]
    lines += [_row(event, work) for event in EVENTS]
    lines += ["", "| job | each day at (UTC) | handler |", "|---|---|---|"]
    lines += [f"| `{job.name}` | {_clock(job.offset.seconds)} | `{job.handler.name}` |" for job in work.jobs]
    return "\n".join([*lines, "", "```mermaid", *_flow(work), "```", "", END])


def _row(event: type[Event], work: Work) -> str:
    fields = ", ".join(f"`{name}` {_kind(field.annotation)}" for name, field in _fields(event))
    emitters = ", ".join(f"`{name}`" for name in _emitters(event))
    handlers = ", ".join(f"`{name}`" for name in _handlers(event, work)) or "webhooks only"
    return f"| `{event.type}` {event.schema_version} | `{stream_of(event.type)}` | {fields} | {emitters} | {handlers} |"


def _flow(work: Work) -> Iterator[str]:
    yield "flowchart LR"
    for event in EVENTS:
        for emitter in _emitters(event):
            yield f"  {_node(emitter)} --> {_node(event.type)}([{event.type}])"
        for handler in _handlers(event, work):
            yield f"  {_node(event.type)} --> {_node(handler)}[{handler}]"


def _fields(event: type[Event]) -> Iterator[tuple[str, Any]]:
    return ((name, field) for name, field in event.model_fields.items() if name not in {"id", "at"})


def _kind(annotation: Any) -> str:
    """`uuid`, `text or null`."""
    parts = get_args(annotation) or (annotation,)
    return " or ".join(_KINDS.get(part) or f"'{part}'" for part in parts)


def _handlers(event: type[Event], work: Work) -> list[str]:
    """But the webhooks, to which every event goes."""
    return [name for name, kind in work.registry.expected() if kind == event.type and not name.startswith(_EVERY)]


def _emitters(event: type[Event]) -> list[str]:
    """The files of modules and of the engine, but those of the classes, that name the class in their code."""
    files = [*(_SOURCE / "modules").rglob("*.py"), *(_SOURCE / "events").glob("*.py")]
    return sorted(_dotted(path) for path in files if path.name != "events.py" and event.__name__ in _names(path))


def _names(path: Path) -> set[str]:
    tree: Any = ast.parse(path.read_text(encoding="utf-8"))
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(_SOURCE).with_suffix("").parts).removeprefix("modules.")


def _node(name: str) -> str:
    return name.replace(".", "_").replace("-", "_")


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"


def main() -> None:
    """Put the catalogue into the document."""
    path = Path(sys.argv[1])
    text = path.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    path.write_text(before + catalogue() + after, encoding="utf-8")


if __name__ == "__main__":
    main()
