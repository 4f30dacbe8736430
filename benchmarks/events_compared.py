"""Stoa's events beside celery, taskiq and procrastinate, on the same work in the same run: how fast, and what is lost
or doubled when workers and Valkey are killed.

`python -m benchmarks.events_compared` makes an environment for the others once (pip), starts PostgreSQL (fsync on) and
Valkey (append-only file, fsync every second) in a temporary folder, and prints a table. The work: a producer commits a
row for each event and hands its job over as users of the queue do; the job inserts one row.
"""

import argparse
import os
import platform
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.queues.environment import pinned_versions, python_of
from benchmarks.queues.faults import flush_valkey, kill_valkey, kill_workers
from benchmarks.queues.figures import Figures, remarks, table
from benchmarks.queues.processes import Here
from benchmarks.queues.rounds import Round, Site, site
from benchmarks.queues.speed import burst, enqueue_cost, steady
from benchmarks.queues.systems import SYSTEMS, System

_RATE = 200
_COSTS = 300


class Comparison:
    """All parts of the run. What fails is told and counts as not run; the others go on."""

    def __init__(self, site: Site, python: Path, log: Path, arguments: argparse.Namespace) -> None:
        self.found = {system.name: Figures(system.has_valkey) for system in SYSTEMS if system.name in arguments.only}
        self._site = site
        self._python = python
        self._log = log
        self._arguments = arguments
        self._chance = random.Random(arguments.seed)
        self._end = time.monotonic() + 60 * arguments.minutes

    def run(self) -> None:
        for number in range(self._arguments.rounds):
            for system in self._in_any_order():
                self._speed(system)
            for system in self._in_any_order() if number == 0 else ():
                self._faults(system)

    def _speed(self, system: System) -> None:
        figures, chosen = self.found[system.name], self._arguments

        def cost(here: Here, _: Round) -> None:
            figures.costs.append(enqueue_cost(here, _COSTS))

        def latency(here: Here, on: Round) -> None:
            figures.latencies.append(steady(here, on, _RATE, chosen.seconds))

        def drain(workers: int, here: Here, on: Round) -> None:
            figures.bursts[workers].append(burst(here, on, chosen.events, workers))

        self._part(system, "cost", cost)
        self._part(system, "steady", latency)
        self._part(system, "burst for 1 worker", partial(drain, 1))
        self._part(system, "burst for 2 workers", partial(drain, 2))

    def _faults(self, system: System) -> None:
        """By the same seed for all."""
        figures, chosen = self.found[system.name], self._arguments

        def workers(here: Here, on: Round) -> None:
            figures.killed = kill_workers(here, on, chosen.kills, random.Random(chosen.seed))

        def valkey(here: Here, on: Round) -> None:
            figures.valkey_killed = kill_valkey(here, on, self._site, chosen.valkey_kills, random.Random(chosen.seed))

        def flush(here: Here, on: Round) -> None:
            figures.flushed = flush_valkey(here, on, chosen.events)

        self._part(system, "workers killed", workers)
        if system.has_valkey:
            self._part(system, "Valkey killed", valkey)
            self._part(system, "FLUSHALL", flush)

    def _part(self, system: System, name: str, part: Callable[[Here, Round], None]) -> None:
        began = time.monotonic()
        if began > self._end:
            self.found[system.name].errors.append(f"{name} was left out: no time left")
            return
        try:
            with self._site.round() as round_, self._log.open("a", encoding="utf-8") as log:
                part(Here(system, self._python, round_.place, log), round_)
        except Exception as error:  # noqa: BLE001 # it is printed as not run
            traceback.print_exc()
            self.found[system.name].errors.append(f"{name} did not run: {type(error).__name__}: {error}")
        print(f"{system.name}: {name}, {time.monotonic() - began:.0f} s", file=sys.stderr)

    def _in_any_order(self) -> list[System]:
        chosen = [system for system in SYSTEMS if system.name in self.found]
        return self._chance.sample(chosen, len(chosen))


def report(comparison: Comparison, arguments: argparse.Namespace, took: float) -> None:
    print(table(comparison.found, rate=_RATE, burst=arguments.events))
    print(
        f"\nTimes are medians of {arguments.rounds} rounds, in turns; seed {arguments.seed}; {took / 60:.1f} minutes."
    )
    print("Lost: committed, without effect. Doubled: with more than one effect.")
    print(f"{machine()}\n{', '.join(pinned_versions())}\n\nSettings:")
    for system in SYSTEMS:
        print(f"- {system.name}: {system.settings}")
    told = [line for name, figures in comparison.found.items() for line in remarks(name, figures)]
    if told:
        print("\nNoticed:", *told, sep="\n- ")


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[2]
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.release()}, Python "
        f"{platform.python_version()}; load of the last 15 minutes {load:.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=2_000, help="in a burst")
    parser.add_argument("--kills", type=int, default=100, help="of workers, for each queue")
    parser.add_argument("--valkey-kills", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0, help="of the steady rate, in each round")
    parser.add_argument("--rounds", type=int, default=3, help="of what is timed")
    parser.add_argument("--minutes", type=float, default=10.0, help="after which no further part is begun")
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument(
        "--only",
        nargs="+",
        choices=[system.name for system in SYSTEMS],
        default=[system.name for system in SYSTEMS],
        help="some of the queues",
    )
    parser.add_argument("--venv", type=Path, default=None, help="folder of the others' environment")
    parser.add_argument("--log", type=Path, default=Path(os.devnull), help="what the workers write")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that all is ended in order
    began = time.monotonic()
    python = python_of(arguments.venv)
    with site(python) as servers:
        comparison = Comparison(servers, python, arguments.log, arguments)
        comparison.run()
    report(comparison, arguments, time.monotonic() - began)


if __name__ == "__main__":
    main()
