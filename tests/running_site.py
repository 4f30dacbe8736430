"""A site as a process of its own, on a port of this machine, for clients that are not ours."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NO_CHROMIUM = "no Chromium here: install Debian's package `chromium`"


@contextmanager
def served(
    database_url: str, redis_url: str, folder: Path, *, workers: int = 1, log: Path | None = None
) -> Iterator[str]:
    """The address of a site that runs on these servers; `log` gets all that it has to say."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ, "DATABASE_URL": database_url, "REDIS_URL": redis_url, "STOA_DATA_DIR": str(folder),
        "STOA_LOG_LEVEL": "debug" if log else "error", "STOA_LOG_FORMAT": "json",
        "STOA_PUBLIC_URL": f"http://localhost:{port}",
    }  # fmt: skip
    command = [sys.executable, "-m", "stoa", "serve", "--port", str(port), "--workers", str(workers)]
    with (
        (log or Path(os.devnull)).open("wb") as out,
        subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT if log else None) as server,
    ):
        try:
            _wait(f"http://127.0.0.1:{port}/healthz", server)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()


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
