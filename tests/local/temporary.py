"""A passing command. `temporary.py DATA_DIR NAME STOP_FILE`: has servers until the file is there."""

import signal
import sys
import time
from pathlib import Path

from stoa.local.errors import LocalError
from stoa.local.servers import running_servers


def main() -> None:
    data_dir, name, stop_file = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background has it ignored
    try:
        with running_servers(Path(data_dir), command=name) as servers:
            print(servers.database_url, flush=True)  # noqa: T201 # its answer
            while not Path(stop_file).exists():
                time.sleep(0.02)
    except LocalError as error:
        sys.exit(f"error: {error.detail}")


if __name__ == "__main__":
    main()
