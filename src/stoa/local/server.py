"""What PostgreSQL and Valkey have in common for those who start them."""

from collections.abc import Callable
from typing import Protocol

from .process import Program

Pause = Callable[[float], None]
"""Waits so many seconds, and raises if there is a reason to wait no longer."""


class Server(Protocol):
    """A server that can be started in a data folder of ours. All calls need the folder's lock."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def url(self) -> str:
        """Where it answers once it runs."""

    def program(self) -> Program: ...

    def end_orphans(self) -> bool:
        """End processes of a supervisor that is no more and clear away what they left; true if there were any."""

    def prepare(self, pause: Pause) -> None:
        """Make what it needs before it can start. Raises LocalError."""

    def is_ready(self, pid: int) -> bool:
        """Whether the process of this number answers clients."""
