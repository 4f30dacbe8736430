"""Who handles what. A handler is a plain function under `@on`; nothing is registered by being imported."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic

from sqlalchemy.ext.asyncio import AsyncSession

from .event import E, Event, stream_of

Function = Callable[[E, AsyncSession], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Handler(Generic[E]):
    """What one consumer does about one kind of event, in the given session, which it must not commit.

    It runs once for each event as far as the database is concerned. Up to `together` events share a transaction;
    handlers that take long or wait for others than the database say 1.
    """

    name: str
    """`<group>.<function>`: the inbox knows it by this name, so that another name is another handler."""
    group: str
    event: type[E]
    function: Function[E]
    seconds: float
    together: int


def on(event: type[E], *, group: str, seconds: float = 10.0, together: int = 50) -> Callable[[Function[E]], Handler[E]]:
    """Make a handler of a function: `@on(OrderPaid, group="notifications")`. `seconds` is its time limit."""

    def make(function: Function[E]) -> Handler[E]:
        return Handler(f"{group}.{function.__name__}", group, event, function, seconds, together)

    return make


AnyHandler = Handler[Event]


class Registry:
    """The handlers of one process. Raises ValueError for two of the same name."""

    def __init__(self, handlers: Iterable[Handler[E]]) -> None:
        self.handlers: Mapping[str, AnyHandler] = {}
        for handler in handlers:
            if handler.name in self.handlers:
                raise ValueError(f"two handlers are called {handler.name}")
            self.handlers = {**self.handlers, handler.name: handler}  # type: ignore[dict-item] # opened by its own type

    @property
    def groups(self) -> list[str]:
        return sorted({handler.group for handler in self.handlers.values()})

    def of_group(self, group: str) -> list[AnyHandler]:
        return [handler for handler in self.handlers.values() if handler.group == group]

    def streams_of(self, group: str) -> list[str]:
        return sorted({stream_of(handler.event.type) for handler in self.of_group(group)})

    def expected(self) -> list[tuple[str, str]]:
        """Pairs of handler and type of event."""
        return [(handler.name, handler.event.type) for handler in self.handlers.values()]
