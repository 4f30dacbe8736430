"""A model in a process of its own, which speaks OpenAI's API on a Unix socket. Ends when whoever started it is gone.

`python -m stoa.modules.ai.providers.model_process SOCKET FILE NAME CONTEXT THREADS`; its end of input is its end.
"""

import os
import sys
from typing import Final

_SLOTS: Final = 2
_TEMPERATURE: Final = 0.3
_SLEEP_SECONDS: Final = 600


def main() -> None:
    socket, file, name, context, threads = sys.argv[1:]
    import xllamacpp  # noqa: PLC0415 # only this process loads it

    params = xllamacpp.CommonParams()
    params.model.path = file
    params.model_alias = {name}
    params.hostnames = [socket]
    params.n_ctx = int(context)
    params.kv_unified = True  # all slots share it
    params.n_parallel = _SLOTS
    params.cpuparams.n_threads = int(threads)
    params.cpuparams_batch.n_threads = int(threads)
    params.n_threads_http = 4
    params.use_jinja = True
    params.sampling.temp = _TEMPERATURE
    params.ui = False
    params.endpoint_slots = False
    params.verbosity = -1
    params.sleep_idle_seconds = _SLEEP_SECONDS  # its memory is given back while nobody asks
    server = xllamacpp.Server(params)
    os.chmod(socket, 0o600)  # noqa: PTH101 # a plain call
    print(server.listening_address, flush=True)  # noqa: T201 # whoever started it waits for this line
    sys.stdin.buffer.read()
    os._exit(0)  # the server's threads have nothing to finish that anybody waits for


if __name__ == "__main__":
    main()
