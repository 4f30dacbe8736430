"""How fast a queue is: what enqueueing costs, how late effects come at a steady rate, how fast a burst is drained."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.queues.processes import Here, Producing, Workers
from benchmarks.queues.rounds import Round

_BOUND_SECONDS = 60.0
_WARM_UP_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from the commit to the effect."""

    p50: float
    p99: float
    missing: int
    """Events without an effect a minute later; they are in neither figure."""


def enqueue_cost(here: Here, count: int) -> float:
    """Milliseconds that handing over adds to a transaction of one row."""
    with Producing(here, "cost", count) as producing:
        found = producing.end()
    return float(found["told"] - found["plain"])


def steady(here: Here, round_: Round, rate: int, seconds: float) -> Latency:
    with Workers(here, 2), Producing(here, "flow", rate) as producing:
        time.sleep(_WARM_UP_SECONDS)
        began = time.time()
        time.sleep(seconds)
        committed: dict[str, float] = producing.end()["committed"]
        asked = {event_id: at for event_id, at in committed.items() if at >= began}
        wait_until(lambda: not round_.lost(), _BOUND_SECONDS)
    effects = {str(row["event_id"]): row["at"].timestamp() for row in round_.rows("SELECT event_id, at FROM effects")}
    late = sorted((effects[event_id] - at) * 1000 for event_id, at in asked.items() if event_id in effects)
    return Latency(late[len(late) // 2], late[int(len(late) * 0.99)], len(asked) - len(late))


def burst(here: Here, round_: Round, count: int, workers: int) -> float | None:
    """Effects a second from the first to the last, of jobs that wait when the workers start; None: not all came."""
    with Producing(here, "burst", count) as producing:
        wanted = len(producing.end()["committed"])
    with Workers(here, workers):
        if not wait_until(lambda: round_.effects() >= wanted, _BOUND_SECONDS):
            return None
    row = round_.rows("SELECT extract(epoch FROM max(at) - min(at))::float8 AS took FROM effects")[0]
    return wanted / float(row["took"])


def wait_until(ask: Callable[[], bool], seconds: float) -> bool:
    """False when it did not come true in time."""
    end = time.monotonic() + seconds
    while not ask():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
