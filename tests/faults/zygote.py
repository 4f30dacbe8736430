"""Has everything imported and forks workers on demand, so that a killed one is back within milliseconds.

`zygote.py DATABASE REDIS ACKNOWLEDGED`: reads `worker`, `relay` or `app` per line, answers with a process number.
"""

import asyncio
import ctypes
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from stoa.events.points import nothing
from stoa.events.publisher import publish
from tests.events.engine import FAST, BallThrown
from tests.faults.worker import main, opened_when_it_answers

# Slower than in tests of one thing: many processes share two cores, and what is only slow is not to be called dead.
CHAOS = replace(FAST, poll=0.2, block=0.2, claim_idle=2.0, first_retry=0.1, lease=2.0, patience=5.0, sweep=1.0)


async def record(database_url: str, acknowledged: Path) -> None:
    """Events for ever, each in a transaction of its own; its id is written down once the commit is acknowledged."""
    with acknowledged.open("ab", buffering=0) as told:
        async with opened_when_it_answers(database_url) as database:
            while True:
                event = BallThrown(ball="red")
                try:
                    await database.transact(lambda session, one=event: publish(session, one))  # type: ignore[misc] # a default
                except Exception:  # noqa: BLE001 # whatever it is, this one was not acknowledged
                    await asyncio.sleep(0.05)
                else:
                    told.write(f"{event.id}\n".encode())
                    await asyncio.sleep(0.01)


_PR_SET_PDEATHSIG = 1  # prctl(2)


def serve(database_url: str, redis_url: str, acknowledged: Path) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: the kernel clears them away
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # nobody of us outlives a run that was cut off
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the answers are ours alone
            role = line.strip()
            if role == "app":
                asyncio.run(record(database_url, acknowledged))
            asyncio.run(main(database_url, redis_url, nothing, pace=CHAOS, only_relay=role == "relay"))
            os._exit(0)
        print(pid, flush=True)  # noqa: T201 # its answer


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
