"""How often and how long: every waiting time of the engine at one place."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """In seconds where nothing else is said."""

    poll: float = 1.0
    """Longest sleep of whoever looks for work in the database; a NOTIFY ends it sooner."""
    block: float = 1.0
    """Longest wait for a stream; also the longest a stop has to wait for it."""
    relay_batch: int = 500
    read_batch: int = 100
    claim_idle: float = 30.0
    """A delivery that nobody acknowledged for so long is taken from its worker."""
    tries: int = 5
    """Failures of a handler before an event is given up for it; also how many deaths of a worker."""
    first_retry: float = 2.0
    lease: float = 30.0
    """How long a retry or a task is somebody's who was not heard of since."""
    patience: float = 60.0
    """An event that is relayed so long and not handled is sent again."""
    sweep: float = 10.0
    retriers: int = 2
    runners: int = 2

    def backoff(self, failures: int) -> float:
        """2, 8, 32, 128 seconds, each up to a fifth more or less, so that what failed together returns apart."""
        return self.first_retry * 4.0 ** (failures - 1) * random.uniform(0.8, 1.2)  # noqa: S311 # spreads, hides nothing
