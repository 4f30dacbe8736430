"""A second server on the database of the tests' site, as a process that tests may stop and kill."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from tests.ai.site import AiSite

_TIMES = {"ai_idle_seconds": "60", "ai_first_seconds": "30", "ai_drain_seconds": "1", "ai_embedded": "false"}


@dataclass(frozen=True, slots=True)
class Server:
    """`site` is the same site as this server gives it; `folder` holds its keys."""

    site: AiSite
    process: "subprocess.Popen[bytes]"
    folder: Path

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def ended(self) -> int:
        return await asyncio.to_thread(self.process.wait, 60)


@asynccontextmanager
async def serving(
    site: AiSite, redis_url: str, *, environment: Mapping[str, str] | None = None, **settings: str
) -> AsyncIterator[Server]:
    """Until the block ends. What it makes for a while lies in its own folder too."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="stoa-ai-"))
    variables = {
        **os.environ, "DATABASE_URL": site.database_url, "REDIS_URL": redis_url, "STOA_DATA_DIR": str(folder),
        "TMPDIR": str(folder), "STOA_LOG_LEVEL": "error", "STOA_PUBLIC_URL": f"http://localhost:{port}",
        **(environment or {}),
        **{f"STOA_{name.upper()}": value for name, value in {**_TIMES, **settings}.items()},
    }  # fmt: skip
    command = [sys.executable, "-m", "stoa", "serve", "--port", str(port)]
    process = await asyncio.to_thread(lambda: subprocess.Popen(command, env=variables))
    try:
        await _up(f"http://127.0.0.1:{port}/healthz", process)
        yield Server(replace(site, address=f"http://localhost:{port}"), process, folder)
    finally:
        process.terminate()
        try:
            await asyncio.to_thread(process.wait, 25)
        except subprocess.TimeoutExpired:
            process.kill()
            await asyncio.to_thread(process.wait)
        shutil.rmtree(folder, ignore_errors=True)


async def _up(address: str, process: "subprocess.Popen[bytes]") -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(300):
            assert process.poll() is None
            try:
                await client.get(address, timeout=5)
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
            else:
                return
    raise AssertionError("the server did not come up")
