"""Several keys of one provider: shared by weight, and resting when the provider says so. Pure."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from stoa.modules.ai.setup.snapshot import KeySetup

_FIRST_REST: Final = 5.0
_LONGEST_REST: Final = 300.0
_UNAUTHORISED_REST: Final = 300.0


@dataclass(slots=True)
class _Key:
    setup: KeySetup
    credit: int = 0
    rests_until: float = 0.0
    refusals: int = 0


class Keys:
    """Smooth weighted round robin: of weights 3 and 1 every fourth call takes the second, evenly spread."""

    def __init__(self, keys: Sequence[KeySetup], now: Callable[[], float] = time.monotonic) -> None:
        self._keys = [_Key(key) for key in keys]
        self._now = now

    def pick(self) -> KeySetup | None:
        """None while all of them rest."""
        now = self._now()
        awake = [key for key in self._keys if key.rests_until <= now]
        if not awake:
            return None
        for key in awake:
            key.credit += key.setup.weight
        chosen = max(awake, key=lambda key: key.credit)
        chosen.credit -= sum(key.setup.weight for key in awake)
        return chosen.setup

    def limited(self, key_id: str, retry_after: float | None) -> None:
        """Answered 429: it rests as long as it was told, else twice as long each time."""
        key = self._of(key_id)
        if key is not None:
            rest = _FIRST_REST * 2**key.refusals if retry_after is None else max(0.0, retry_after)
            key.refusals = min(key.refusals + 1, 10)
            key.rests_until = self._now() + min(rest, _LONGEST_REST)

    def unauthorised(self, key_id: str) -> None:
        key = self._of(key_id)
        if key is not None:
            key.rests_until = self._now() + _UNAUTHORISED_REST

    def succeeded(self, key_id: str) -> None:
        key = self._of(key_id)
        if key is not None:
            key.refusals = 0

    def resting_for(self) -> float:
        """Seconds until the first of them is awake; 0 when one is."""
        now = self._now()
        return max(0.0, min((key.rests_until for key in self._keys), default=now) - now)

    def _of(self, key_id: str) -> _Key | None:
        return next((key for key in self._keys if key.setup.id == key_id), None)
