"""Kills and stops everything under load, by a seed: `python -m tests.faults.chaos --seconds 300 --seed 7`.

Prints what was recorded, what was killed, and what is lost or doubled; exit code 1 when anything is.
"""

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import asyncpg
from redis import Redis
from redis.exceptions import RedisError

from stoa.events.publisher import publish
from stoa.shared.schema import upgrade
from tests.events.engine import LASTING, BallThrown, opened, rows
from tests.faults.machine import Machine

HANDLERS = ("catch", "watch", "trip")
_HEALS_SECONDS = 120.0
FAULTS = {
    "kill process": 18,
    "stop process": 5,
    "kill valkey": 3,
    "stop valkey": 2,
    "kill backend": 2,
    "kill postgres": 2,
    "stop postgres": 1,
    "flush": 1,
}
"""How often each happens, among the others."""


@dataclass
class Outcome:
    seed: int
    acknowledged: list[UUID] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    doubled: int = 0
    dead: int = 0
    settled_seconds: float = 0.0
    flush_seconds: float = 0.0

    @property
    def kills(self) -> int:
        return sum(count for name, count in self.done.items() if name.startswith("kill"))

    def __str__(self) -> str:
        told = ", ".join(f"{name} {count}" for name, count in sorted(self.done.items()))
        return (
            f"seed {self.seed}: {len(self.acknowledged)} events to {len(HANDLERS)} handlers, {self.kills} kills "
            f"({told}): lost {self.lost}, doubled {self.doubled}, dead letters {self.dead}; all handled "
            f"{self.settled_seconds:.1f} s after the last fault; a flush with a backlog healed in "
            f"{self.flush_seconds:.1f} s"
        )


def chaos(seconds: float, seed: int, *, backlog: int = 1_000) -> Outcome:
    """One run on servers of its own. Nothing that is random in it comes from elsewhere than the seed."""
    folder = Path(tempfile.mkdtemp(prefix="stoa-chaos-"))
    folder.chmod(0o755)
    outcome = Outcome(seed)
    machine = Machine(folder / "data")
    try:
        upgrade(machine.database_url, admin_url=machine.database_url.replace("//stoa@", "//postgres@", 1))
        asyncio.run(rows(machine.database_url, LASTING))
        machine.start()
        _break_things(machine, seconds, random.Random(seed), outcome)  # noqa: S311 # repeatable on purpose
        outcome.settled_seconds = _until_settled(machine)
        _flush_with_backlog(machine, backlog, outcome)
        _count(machine, outcome)
    finally:
        machine.close()
        shutil.rmtree(folder, ignore_errors=True)
    return outcome


def _break_things(machine: Machine, seconds: float, chance: random.Random, outcome: Outcome) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(chance.uniform(0.05, 0.6))
        fault = chance.choices(list(FAULTS), list(FAULTS.values()))[0]
        outcome.done[_break(machine, fault, chance)] += 1
    machine.end_all()
    outcome.acknowledged = machine.acknowledged
    machine.start(("worker", "worker"))


def _break(machine: Machine, fault: str, chance: random.Random) -> str:
    """What was done."""
    victim, some, short = chance.randrange(len(machine.processes)), chance.random(), chance.uniform(0.1, 2.5)
    role, pid = machine.processes[victim]
    match fault:
        case "kill process":
            machine.kill(victim)
            return f"kill {role}"
        case "stop process":
            machine.pause(pid, short)
            return f"stop {role}"
        case "kill backend":
            machine.kill_backend(some)
        case "kill postgres" | "kill valkey":
            machine.kill_server(fault.partition(" ")[2])
        case "stop postgres" | "stop valkey":
            machine.pause(machine.server_pid(fault.partition(" ")[2]), short / 2)
        case _:
            try:
                with Redis.from_url(machine.redis_url, socket_timeout=5) as valkey:
                    valkey.flushall()
            except RedisError:  # it is down this very moment: its contents may be gone as well
                return "flush of a dead one"
    return fault


def _flush_with_backlog(machine: Machine, backlog: int, outcome: Outcome) -> None:
    """Events are in their streams, nobody has read them, and the streams are gone."""
    machine.end_all()
    outcome.acknowledged += asyncio.run(_record(machine.database_url, backlog))
    machine.start(("relay",))
    _wait(machine, "SELECT count(*) FROM event_log WHERE relayed_at IS NULL")
    with Redis.from_url(machine.redis_url) as valkey:
        valkey.flushall()
    machine.start(("worker", "worker"))
    outcome.flush_seconds = _until_settled(machine)


async def _record(url: str, count: int) -> list[UUID]:
    events = [BallThrown(ball="red", number=number) for number in range(count)]
    async with opened(url) as database, database.unit_of_work() as session:
        for event in events:
            await publish(session, event)
    return [event.id for event in events]


_MISSING = """
SELECT count(*) FROM event_log CROSS JOIN unnest(ARRAY['catch', 'watch', 'trip']) AS name
WHERE type = 'ball.thrown' AND NOT EXISTS (SELECT FROM effects WHERE event_id = id AND handler = name)
"""


def _until_settled(machine: Machine) -> float:
    return _wait(machine, _MISSING)


def _wait(machine: Machine, sql: str) -> float:
    """Until there is nothing of it left, or too long; how long."""
    began = time.monotonic()
    while time.monotonic() - began < _HEALS_SECONDS:
        try:
            if not asyncio.run(rows(machine.database_url, sql))[0][0]:
                break
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            pass
        time.sleep(0.2)
    return time.monotonic() - began


def _count(machine: Machine, outcome: Outcome) -> None:
    def number(sql: str, *values: object) -> int:
        return int(asyncio.run(rows(machine.database_url, sql, *values))[0][0])

    unrecorded = (
        "SELECT count(*) FROM unnest($1::uuid[]) AS a(id) WHERE NOT EXISTS (SELECT FROM event_log l WHERE l.id = a.id)"
    )
    outcome.lost = number(_MISSING) + number(unrecorded, outcome.acknowledged)
    outcome.doubled = number("SELECT count(*) - count(DISTINCT (event_id, handler)) FROM effects")
    outcome.dead = number("SELECT count(*) FROM event_dead")


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seconds", type=float, default=30.0)
    arguments.add_argument("--seed", type=int, default=None)
    chosen = arguments.parse_args()
    outcome = chaos(chosen.seconds, random.randrange(10_000) if chosen.seed is None else chosen.seed)  # noqa: S311 # no secret
    print(outcome)  # noqa: T201 # the result
    sys.exit(1 if outcome.lost or outcome.doubled or outcome.dead else 0)


if __name__ == "__main__":
    main()
