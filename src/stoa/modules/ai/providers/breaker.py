"""Leaves a provider alone that failed too often, and lets one call try whether it is well again. Pure."""

import time
from collections import deque
from collections.abc import Callable
from typing import Final, Literal

State = Literal["closed", "open", "half-open"]
_FAILURES: Final = 5
_WITHIN_SECONDS: Final = 30.0
_REST_SECONDS: Final = 15.0


class Breaker:
    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._failures: deque[float] = deque(maxlen=_FAILURES)
        self._opened_at: float | None = None
        self._probing = False

    @property
    def state(self) -> State:
        if self._opened_at is None:
            return "closed"
        return "half-open" if self._now() - self._opened_at >= _REST_SECONDS else "open"

    def allows(self) -> bool:
        """Whether to ask now. While half open only one call is let through until it is known how it went."""
        if self.state == "closed":
            return True
        if self.state == "open" or self._probing:
            return False
        self._probing = True
        return True

    def succeeded(self) -> None:
        self._failures.clear()
        self._opened_at = None
        self._probing = False

    def failed(self) -> None:
        now = self._now()
        self._failures.append(now)
        was_probe, self._probing = self._probing, False
        if was_probe or (len(self._failures) == _FAILURES and now - self._failures[0] <= _WITHIN_SECONDS):
            self._opened_at = now

    def released(self) -> None:
        """The call was given up by us: it says nothing of the provider."""
        self._probing = False
