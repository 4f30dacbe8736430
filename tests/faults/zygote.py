"""Has everything imported and forks workers on demand, so that a killed one is back within milliseconds.

`zygote.py DATABASE REDIS`: reads `worker` or `relay` per line, answers with a process number.
"""

import asyncio
import os
import signal
import sys
from dataclasses import replace

from stoa.events.points import nothing
from tests.events.engine import FAST
from tests.faults.worker import main

# Slower than in tests of one thing: many processes share two cores, and what is only slow is not to be called dead.
CHAOS = replace(FAST, poll=0.2, block=0.2, claim_idle=2.0, first_retry=0.1, lease=2.0, patience=5.0, sweep=1.0)


def serve(database_url: str, redis_url: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: the kernel clears them away
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the answers are ours alone
            asyncio.run(main(database_url, redis_url, nothing, pace=CHAOS, only_relay=line.strip() == "relay"))
            os._exit(0)
        print(pid, flush=True)  # noqa: T201 # its answer


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2])
