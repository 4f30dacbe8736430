"""A site as a process of its own, on a port of this machine, for clients that are not ours."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import BinaryIO

from playwright.async_api import Browser, async_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NO_CHROMIUM = "no Chromium here: install Debian's package `chromium`"


@contextmanager
def served(
    database_url: str,
    redis_url: str,
    folder: Path,
    *,
    workers: int = 1,
    log: Path | None = None,
    with_worker: bool = False,
    **settings: str,
) -> Iterator[str]:
    """The address of a site that runs on these servers; `log` gets all that it has to say.

    `with_worker`: what happens is handled too, by a process of its own. `settings` are set as STOA_..., in capitals.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ, "DATABASE_URL": database_url, "REDIS_URL": redis_url, "STOA_DATA_DIR": str(folder),
        "STOA_LOG_LEVEL": "debug" if log else "error", "STOA_LOG_FORMAT": "json",
        "STOA_PUBLIC_URL": f"http://localhost:{port}",
        **{f"STOA_{name.upper()}": value for name, value in settings.items()},
    }  # fmt: skip
    serve = ["serve", "--port", str(port), "--workers", str(workers)]
    with (log or Path(os.devnull)).open("ab") as out, ExitStack() as running:
        server = running.enter_context(_process(serve, environment, out, is_logged=log is not None))
        if with_worker:
            running.enter_context(_process(["worker"], environment, out, is_logged=log is not None))
        _wait(f"http://127.0.0.1:{port}/healthz", server)
        yield f"http://localhost:{port}"


@contextmanager
def _process(
    command: list[str], environment: dict[str, str], out: BinaryIO, *, is_logged: bool
) -> "Iterator[subprocess.Popen[bytes]]":
    errors = subprocess.STDOUT if is_logged else None
    with subprocess.Popen([sys.executable, "-m", "stoa", *command], env=environment, stdout=out, stderr=errors) as one:
        try:
            yield one
        finally:
            one.terminate()


@asynccontextmanager
async def launched_browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        options = ["--no-sandbox", "--disable-background-networking", "--disable-quic", "--no-first-run"]
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield launched
        await launched.close()


def _wait(address: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        assert server.poll() is None
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 # our own server
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the site did not come up")
