"""Commits changes and hands their jobs over, then prints what it saw as JSON.

`python -m benchmarks.queues.producer QUEUE DATABASE REDIS cost|burst|flow NUMBER`: `cost` compares NUMBER transactions
without and with a job, `burst` makes NUMBER at once, `flow` makes NUMBER a second; each line of input is a new rate,
its end is the end.
"""

import asyncio
import importlib
import json
import statistics
import sys
import time
from typing import Any, cast
from uuid import uuid4

from benchmarks.queues.queue import CONNECTIONS, Desk, Place, Queue

_WARM_UP = 20


class Producer:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._committed: dict[str, float] = {}
        self._refused: dict[str, int] = {}

    async def cost(self, count: int) -> dict[str, Any]:
        """Milliseconds, medians, of transactions that take turns."""
        times: tuple[list[float], list[float]] = ([], [])
        for number in range(_WARM_UP + 2 * count):
            began = time.perf_counter()
            if number % 2:
                await self._desk.enqueue(str(uuid4()), _nothing)
            else:
                await self._desk.change(str(uuid4()))
            if number >= _WARM_UP:
                times[number % 2].append((time.perf_counter() - began) * 1000)
        return {"plain": statistics.median(times[0]), "told": statistics.median(times[1])}

    async def burst(self, count: int) -> dict[str, Any]:
        began = time.perf_counter()

        async def some() -> None:
            for _ in range(count // CONNECTIONS):
                await self._one()

        await asyncio.gather(*(some() for _ in range(CONNECTIONS)))
        return {"seconds": time.perf_counter() - began, **self._outcome()}

    async def flow(self, rate: float) -> dict[str, Any]:
        """At the rate last asked for; what cannot be done at that rate is not made up for."""
        rates = _lines()
        turn = asyncio.Semaphore(4 * CONNECTIONS)
        running: set[asyncio.Task[None]] = set()
        due = time.perf_counter()
        while not rates.at_eof:
            rate = rates.last or rate
            due = max(due + 1 / rate, time.perf_counter() - 1.0)
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await turn.acquire()
            task = asyncio.create_task(self._one())
            running.add(task)
            task.add_done_callback(running.discard)
            task.add_done_callback(lambda _: turn.release())
        await asyncio.gather(*running)
        return self._outcome()

    async def _one(self) -> None:
        event_id = str(uuid4())

        def committed() -> None:
            self._committed[event_id] = time.time()

        try:
            await self._desk.enqueue(event_id, committed)
        except Exception as error:  # noqa: BLE001 # a site answers 500 here and goes on
            if event_id in self._committed:
                name = type(error).__name__
                self._refused[name] = self._refused.get(name, 0) + 1

    def _outcome(self) -> dict[str, Any]:
        return {"committed": self._committed, "refused": self._refused}


class _Lines:
    """What stands on the input, read beside the work."""

    def __init__(self) -> None:
        self.last = 0.0
        self.at_eof = False

    def read(self) -> None:
        line = sys.stdin.readline()
        self.at_eof = not line
        self.last = float(line) if line else self.last
        if self.at_eof:
            asyncio.get_running_loop().remove_reader(sys.stdin)


def _lines() -> _Lines:
    lines = _Lines()
    asyncio.get_running_loop().add_reader(sys.stdin, lines.read)
    return lines


def _nothing() -> None:
    """Nobody notes the time."""


async def produce(queue: Queue, place: Place, what: str, number: int) -> dict[str, Any]:
    async with queue.opened(place) as desk:
        producer = Producer(desk)
        match what:
            case "cost":
                return await producer.cost(number)
            case "burst":
                return await producer.burst(number)
            case _:
                return await producer.flow(number)


def main() -> None:
    name, database_url, redis_url, what, number = sys.argv[1:]
    queue = cast("Queue", importlib.import_module(f"benchmarks.queues.{name}_jobs"))
    print(json.dumps(asyncio.run(produce(queue, Place(database_url, redis_url), what, int(number)))))


if __name__ == "__main__":
    main()
