"""Has a queue's library imported and forks workers on demand, so that a killed one is back at once.

`python -m benchmarks.queues.host QUEUE DATABASE REDIS`: a line on its input asks for a worker, the answer is its
process number. At the end of the input, and at its own, all are killed.
"""

import importlib
import os
import signal
import sys
import traceback
from contextlib import suppress
from typing import cast

from benchmarks.queues.queue import Place, Queue


def host(queue: Queue, place: Place) -> None:
    started: list[int] = []
    try:
        for _ in sys.stdin:
            _reap()
            started.append(_fork(queue, place))
            print(started[-1], flush=True)
    finally:
        for pid in started:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)


def _fork(queue: Queue, place: Place) -> int:
    pid = os.fork()
    if pid:
        return pid
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # the answers are the host's alone
    try:
        queue.work(place)
    except BaseException:  # noqa: BLE001 # it ends here, and must not go on as a second host
        traceback.print_exc()
    os._exit(0)


def _reap() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main() -> None:
    name, database_url, redis_url = sys.argv[1:]
    queue = cast("Queue", importlib.import_module(f"benchmarks.queues.{name}_jobs"))
    host(queue, Place(database_url, redis_url))


if __name__ == "__main__":
    main()
