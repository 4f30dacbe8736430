"""What is lost or doubled when workers are killed at work, when Valkey is killed, and when it is flushed."""

import random
import time
from collections import Counter
from dataclasses import dataclass, field

from redis.exceptions import RedisError

from benchmarks.queues.processes import Here, Producing, Workers
from benchmarks.queues.rounds import Round, Site
from benchmarks.queues.speed import wait_until

_RATE = 200
_TRICKLE = 5
"""Events a second that go on after the faults, as on a site that lives: some queues look after the dead only then."""
_WORKS_SECONDS = 5.0
_LONGEST_PAUSE = 0.3
_KILLING_SECONDS = 60.0
_QUIET_SECONDS = 35.0
_IDLE_SEEN = 3
_PAUSE_SECONDS = 2.0
"""Before it is looked at: what a worker holds in memory is not seen from outside."""


@dataclass
class Outcome:
    """`faults` is how often something was killed or flushed."""

    faults: int = 0
    events: int = 0
    lost: int = 0
    doubled: int = 0
    seconds: float = 0.0
    """From the last fault until nothing waited any more, or the bound."""
    is_quiet: bool = False
    stood_still: bool = False
    """Work waited although the workers lived; they were all killed and started again before it was counted."""
    deaths: int = 0
    """Workers that ended without being killed."""
    unseen: int = 0
    """Kills of a worker that had done nothing yet for 5 seconds."""
    refused: Counter[str] = field(default_factory=Counter)
    """What the producer's calls raised after its commit."""


def kill_workers(here: Here, round_: Round, kills: int, chance: random.Random) -> Outcome:
    """SIGKILL to one of two workers, at a random time after its first effect."""
    outcome = Outcome()
    end = time.monotonic() + _KILLING_SECONDS
    with Workers(here, 2) as workers, Producing(here, "flow", _RATE) as producing:
        while outcome.faults < kills and time.monotonic() < end:
            outcome.faults += 1
            victim, pause = chance.randrange(2), chance.uniform(0, _LONGEST_PAUSE)
            workers.revive()
            pid = workers.pids[victim]
            outcome.unseen += not wait_until(lambda pid=pid: round_.has_effect_of(pid), _WORKS_SECONDS)  # type: ignore[misc] # a default
            time.sleep(pause)
            workers.kill(victim)
        _settle(here, round_, workers, producing, outcome)
    return outcome


def kill_valkey(here: Here, round_: Round, site: Site, kills: int, chance: random.Random) -> Outcome:
    """SIGKILL under a flow of events; it is started again on the file it left."""
    outcome = Outcome(faults=kills)
    round_.shorten_valkeys_file()
    with Workers(here, 2) as workers, Producing(here, "flow", _RATE) as producing:
        wait_until(lambda: round_.effects() > 0, _WORKS_SECONDS)
        for _ in range(kills):
            time.sleep(chance.uniform(0.7, 1.3))
            site.machine.kill_server("valkey")
        _settle(here, round_, workers, producing, outcome)
    return outcome


def flush_valkey(here: Here, round_: Round, events: int) -> Outcome:
    """FLUSHALL when a quarter of a burst is done."""
    outcome = Outcome(faults=1)
    with Producing(here, "burst", events) as producing:
        producing.end()
    with Workers(here, 2) as workers, Producing(here, "flow", _TRICKLE) as producing:
        wait_until(lambda: round_.effects() > events / 4, _WORKS_SECONDS)
        round_.flush_valkey()
        _settle(here, round_, workers, producing, outcome)
    return outcome


def _settle(here: Here, round_: Round, workers: Workers, producing: Producing, outcome: Outcome) -> None:
    """Few events go on until the queue was seen idle; then none, and it is counted."""
    producing.rate(_TRICKLE)
    began = time.monotonic()
    seen = 0
    time.sleep(_PAUSE_SECONDS)

    def quiet() -> bool:
        nonlocal seen
        workers.revive()
        seen += _is_idle(here, round_)
        return seen >= _IDLE_SEEN

    outcome.is_quiet = wait_until(quiet, _QUIET_SECONDS)
    if not outcome.is_quiet:
        outcome.stood_still = True
        for number in range(len(workers.pids)):
            workers.kill(number)
        outcome.is_quiet = wait_until(quiet, _QUIET_SECONDS)
    outcome.seconds = time.monotonic() - began
    outcome.refused.update(producing.end()["refused"])
    seen = 0
    if outcome.is_quiet:
        wait_until(quiet, _WORKS_SECONDS)
    outcome.deaths = workers.deaths
    outcome.events = round_.count("SELECT count(*) FROM changes")
    outcome.lost, outcome.doubled = round_.lost(), round_.doubled()


def _is_idle(here: Here, round_: Round) -> bool:
    try:
        return here.system.is_idle(round_.count, round_.valkey)
    except RedisError:
        return False
