"""`python -m tests.fakes.upstream [--port 19000]`: the fake provider by hand; `make fake-upstream` does it."""

import argparse

from aiohttp import web

from tests.fakes.upstream.app import Upstream


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=19_000)
    options = parser.parse_args()
    web.run_app(Upstream().app(), host="127.0.0.1", port=options.port)


if __name__ == "__main__":
    main()
