"""Which tasks there are. A task is a plain function under `@task`; nothing is registered by being imported."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

P = TypeVar("P", bound=BaseModel)


class Run(Protocol):
    """What a running task knows of itself."""

    @property
    def id(self) -> UUID:
        """The same in every try: for whom the task calls, to drop a repeat."""

    async def progress(self, percent: int, note: str = "") -> None:
        """Tell the one who asked how far it is; at once, whatever becomes of the task's transaction."""


Function = Callable[[P, AsyncSession, Run], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Task(Generic[P]):
    """What is written in the session and that the task is done are one transaction: it happens once."""

    name: str
    payload: type[P]
    function: Function[P]
    seconds: float


def task(name: str, payload: type[P], *, seconds: float = 600.0) -> Callable[[Function[P]], Task[P]]:
    """Make a task of a function: `@task("article.summarise", Summarise)`. `seconds` is the time limit of one try."""
    return lambda function: Task(name, payload, function, seconds)


class TaskRegistry:
    """The tasks of one process. Raises ValueError for two of the same name."""

    def __init__(self, tasks: Iterable[Task[Any]] = ()) -> None:
        self.tasks: Mapping[str, Task[Any]] = {}
        for one in tasks:
            if one.name in self.tasks:
                raise ValueError(f"two tasks are called {one.name}")
            self.tasks = {**self.tasks, one.name: one}
