"""The catalogue of docs/events.md, made from the code: `python -m stoa.events.handlers.catalogue docs/events.md`."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import stoa
from stoa.events.event import Event, stream_of
from stoa.events.handlers.all import EVENTS, all_work
from stoa.events.worker import Work
from stoa.shared.settings import Settings

BEGIN, END = "<!-- made by the code: begin -->", "<!-- made by the code: end -->"
_SOURCE = Path(stoa.__file__).parent


def catalogue() -> str:
    """Tables of events and jobs, and the picture of who tells whom."""
    work = all_work(Settings.load(env_file=None))
    lines = [BEGIN, "", "| event | stream | fields | recorded by | handled by |", "|---|---|---|---|---|"]
    lines += [_row(event, work) for event in EVENTS]
    lines += ["", "| job | each day at (UTC) | handler |", "|---|---|---|"]
    lines += [f"| `{job.name}` | {_clock(job.offset.seconds)} | `{job.handler.name}` |" for job in work.jobs]
    return "\n".join([*lines, "", "```mermaid", *_flow(work), "```", "", END])


def _row(event: type[Event], work: Work) -> str:
    fields = ", ".join(f"`{name}`" for name in event.model_fields if name not in {"id", "at"})
    emitters = ", ".join(f"`{name}`" for name in _emitters(event))
    handlers = ", ".join(f"`{name}`" for name in _handlers(event, work)) or "nobody yet"
    return f"| `{event.type}` {event.schema_version} | `{stream_of(event.type)}` | {fields} | {emitters} | {handlers} |"


def _flow(work: Work) -> Iterator[str]:
    yield "flowchart LR"
    for event in EVENTS:
        for emitter in _emitters(event):
            yield f"  {_node(emitter)} --> {_node(event.type)}([{event.type}])"
        for handler in _handlers(event, work):
            yield f"  {_node(event.type)} --> {_node(handler)}[{handler}]"


def _handlers(event: type[Event], work: Work) -> list[str]:
    return [name for name, kind in work.registry.expected() if kind == event.type]


def _emitters(event: type[Event]) -> list[str]:
    """The files of modules, but their `events.py`, that name the class in their code."""
    files = [path for path in (_SOURCE / "modules").rglob("*.py") if path.name != "events.py"]
    return sorted(_dotted(path) for path in files if event.__name__ in _names(path))


def _names(path: Path) -> set[str]:
    tree: Any = ast.parse(path.read_text(encoding="utf-8"))
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(_SOURCE / "modules").with_suffix("").parts)


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
