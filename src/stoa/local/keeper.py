"""Starts a child again when it has ended, later and later while that does not help."""

import time
from collections.abc import Callable

from .errors import CannotStart
from .process import Child

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 10.0
_LONG_LIFE = 60.0


class Keeper:
    """Keeps one child alive. `tend` does what is due now and never waits."""

    def __init__(self, child: Child, say: Callable[[str, str], None]) -> None:
        self.child = child
        self._say = say
        self._wait = _FIRST_WAIT
        self._due_at: float | None = None

    def tend(self) -> bool:
        """True when the child was started again."""
        if self.child.pid:
            return False
        if self._due_at is None:
            self._plan(self.child.end or "gone")
        elif time.monotonic() >= self._due_at:
            return self._start()
        return False

    def _plan(self, why: str) -> None:
        now = time.monotonic()
        self.child.sweep()
        if now - self.child.started_at > _LONG_LIFE:
            self._wait = _FIRST_WAIT
        self._say(self.child.program.name, f"ended ({why}); starting it again in {self._wait:g} s")
        self._due_at = now + self._wait
        self._wait = min(self._wait * 2, _LONGEST_WAIT)

    def _start(self) -> bool:
        self._due_at = None
        try:
            self.child.start()
        except CannotStart as error:
            self._plan(error.detail)
            return False
        return True
