"""The four queues as the runner sees them: which Python runs them, how they are set up, and whether they are idle."""

from collections.abc import Callable
from dataclasses import dataclass

from redis import Redis

from benchmarks.queues.queue import REDELIVERED_SECONDS

Count = Callable[[str], int]
"""Runs a statement in the database of the round, and gives its number."""
Valkey = Redis


@dataclass(frozen=True, slots=True)
class System:
    name: str
    settings: str
    is_idle: Callable[[Count, Valkey], bool]
    """Nothing waits and nothing is held by a worker, dead or alive."""
    is_ours: bool = False
    has_valkey: bool = True


def _stoa_idle(count: Count, valkey: Valkey) -> bool:
    open_ = (
        "SELECT count(*) FROM event_log WHERE relayed_at IS NULL "
        "OR NOT EXISTS (SELECT FROM event_inbox WHERE event_id = id)"
    )
    return (
        not count(open_) and not count("SELECT count(*) FROM event_retry") and _held(valkey, "stoa:events:bench") == 0
    )


def _celery_idle(_: Count, valkey: Valkey) -> bool:
    return valkey.llen("celery") == 0 and valkey.hlen("unacked") == 0


def _taskiq_idle(_: Count, valkey: Valkey) -> bool:
    return _held(valkey, "taskiq") == 0


def _procrastinate_idle(count: Count, _: Valkey) -> bool:
    waiting = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'effect' AND status IN ('todo', 'doing')"
    return count(waiting) == 0


def _held(valkey: Valkey, stream: str) -> int:
    """Entries that a stream's groups have not read or not acknowledged; of a stream without groups, all."""
    if not valkey.exists(stream):
        return 0
    groups = valkey.xinfo_groups(stream)
    return sum(group["pending"] + (group["lag"] or 0) for group in groups) if groups else int(valkey.xlen(stream))


SYSTEMS = (
    System(
        "stoa",
        f"published in the transaction of the change; redelivered after {REDELIVERED_SECONDS} s (`Pace.claim_idle`)",
        _stoa_idle,
        is_ours=True,
    ),
    System(
        "celery",
        "`task_acks_late`, `task_reject_on_worker_lost`, `worker_cancel_long_running_tasks_on_connection_loss`, "
        "`worker_prefetch_multiplier=1`, `task_ignore_result`; "
        f"prefork pool with one child for each worker; Redis transport, `visibility_timeout={REDELIVERED_SECONDS}`, "
        "looked after each 5 s; `apply_async` after the commit with its own retries",
        _celery_idle,
    ),
    System(
        "taskiq",
        "`RedisStreamBroker` with `consumer_id=0`, acknowledged when executed, up to 100 jobs at once on 10 "
        f"connections, `idle_timeout` {REDELIVERED_SECONDS} s; `kiq` after the commit",
        _taskiq_idle,
    ),
    System(
        "procrastinate",
        "deferred in the transaction of the change; `concurrency=10` on 10 connections; heartbeat each 2.5 s, jobs of "
        f"workers silent for {REDELIVERED_SECONDS} s retried by a periodic task each 5 s, as its manual shows",
        _procrastinate_idle,
        has_valkey=False,
    ),
)
