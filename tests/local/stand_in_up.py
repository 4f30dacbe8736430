"""`stoa up` with another site. `stand_in_up.py DATA_DIR PORT NOTES MANNER [DATABASE_URL REDIS_URL]`."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from stoa.local.address import Address
from stoa.local.data_folder import choose
from stoa.local.report import started_at
from stoa.local.server import Pause
from stoa.local.servers import Servers
from stoa.local.supervisor import Plan, Step, Supervisor
from stoa.shared.errors import InvalidInput, StoaError

SITE = Path(__file__).with_name("stand_in_site.py")

GREETINGS = {
    "greeted": [sys.executable, "-c", "print('Welcome!'); raise SystemExit(3)"],
    "speechless": ["/no/such/program"],
}


def _steps(_servers: Servers, _pause: Pause) -> Iterator[Step]:
    yield Step("Schema", [sys.executable, "-c", "print('moved')"], log="migrate", done="migrated")


def main() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the suite may run under nohup, which all it starts inherits
    data_dir, port, notes, manner, *given = sys.argv[1:]
    plan = Plan(
        folder=choose(Path(data_dir)),
        address=Address("127.0.0.1", int(port)),
        site=[sys.executable, str(SITE), port, notes, manner],
        steps=_steps,
        database_url=given[0] if given else None,
        redis_url=given[1] if given else None,
        began_at=started_at(),
        greeting=GREETINGS.get(manner, ()),
    )
    try:
        Supervisor(plan).run()
    except StoaError as error:
        print(f"error: {error.detail}", file=sys.stderr)  # noqa: T201 # as the command line does
        sys.exit(2 if isinstance(error, InvalidInput) else 1)


if __name__ == "__main__":
    main()
