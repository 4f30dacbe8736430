"""The site of the tests: a web server of a few lines. `stand_in_site.py PORT NOTES plain|stubborn|broken|workers`.

It answers with its process number and the addresses of its servers. When it is asked to stop it notes whether the
database still answers; a stubborn one leaves when it is asked a second time.
One with workers shares its port with a process that outlives it.
"""

import asyncio
import os
import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import asyncpg


async def _one() -> int:
    connection = await asyncpg.connect(os.environ["DATABASE_URL"], timeout=5)
    try:
        return int(await connection.fetchval("SELECT 1"))
    finally:
        await connection.close()


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = f"{os.getpid()} {os.environ['DATABASE_URL']} {os.environ['REDIS_URL']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # the name of the one it replaces
        pass


def main() -> None:
    port, notes, manner = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

    def stop(_number: int, _frame: object) -> None:
        if manner == "stubborn" and not notes.exists():
            notes.write_text("not yet")
            return
        notes.write_text(f"database answers {asyncio.run(_one())}")
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    if manner == "broken":
        sys.exit("the site cannot start: no chairs")
    server = ThreadingHTTPServer(("127.0.0.1", port), _Site)
    if manner == "workers":
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], pass_fds=[server.fileno()])
    server.serve_forever()


if __name__ == "__main__":
    main()
