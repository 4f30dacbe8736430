"""The gateway, measured in one run: Stoa beside LiteLLM's proxy and a bare pass-through, before one mock provider.

`python -m benchmarks.gateway` starts each candidate anew in every round, drives it over loopback and prints the tables
of docs/performance.md. LiteLLM gets a virtual environment of its own, once; `--without-litellm` leaves it out.
"""

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import asyncpg
import psutil

from benchmarks.posting import post
from stoa.local.servers import running_servers
from stoa.modules.auth.api_keys.schemas import ApiKeyIn
from stoa.modules.auth.api_keys.service import ApiKeyService
from stoa.modules.users.schemas import NewUser
from stoa.modules.users.service import UserService
from stoa.shared.database import Database
from stoa.shared.schema import upgrade
from stoa.shared.security import Actor
from stoa.shared.settings_parts import DatabaseSettings

UPSTREAM_PORT, PORT = 18_300, 18_301
PATH: Final = "/v1/chat/completions"
_MASTER: Final = "sk-bench-master"


@dataclass(slots=True)
class Seen:
    """One candidate in all rounds."""

    plain: list[float] = field(default_factory=list)
    stream: list[float] = field(default_factory=list)
    plain_p50: list[float] = field(default_factory=list)
    start: list[float] = field(default_factory=list)
    idle_mb: list[float] = field(default_factory=list)
    loaded_mb: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Candidate:
    """`start` gives the command and its environment; `model` is what it calls the mock's model."""

    name: str
    command: Callable[[], list[str]]
    environment: dict[str, str]
    key: str
    model: str = "gpt-4o-mini"


def main() -> None:
    options = _options()
    with contextlib.ExitStack() as stack:
        stack.enter_context(_process([sys.executable, "-m", "benchmarks.peers.mock_upstream", str(UPSTREAM_PORT)], {}))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stoa-bench-gateway-")))
        folder.chmod(0o755)
        servers = stack.enter_context(running_servers(folder / "data"))
        upgrade(servers.database_url)
        key = asyncio.run(_prepared(servers.database_url))
        candidates = [_bare(), _stoa(servers.database_url, servers.redis_url, folder, key)]
        if not options.without_litellm:
            candidates.append(_litellm(options.litellm, folder))
        seen = {candidate.name: Seen() for candidate in candidates}
        direct = Seen()
        for round_ in range(options.rounds):
            _drive(UPSTREAM_PORT, "", "gpt-4o-mini", options.seconds, direct)
            for candidate in candidates[round_ % len(candidates) :] + candidates[: round_ % len(candidates)]:
                _round(candidate, options.seconds, seen[candidate.name])
        _print(direct, seen, options)
        if options.calls:
            _flat(candidates[1], options.calls)


def _round(candidate: Candidate, seconds: float, seen: Seen) -> None:
    began = time.perf_counter()
    with _process(candidate.command(), candidate.environment) as process:
        _wait_for_answer(process, candidate)
        seen.start.append(time.perf_counter() - began)
        seen.idle_mb.append(_memory(process))
        _drive(PORT, candidate.key, candidate.model, seconds, seen)
        seen.loaded_mb.append(_memory(process))


def _drive(port: int, key: str, model: str, seconds: float, seen: Seen) -> None:
    headers = f"authorization: Bearer {key}\r\n" if key else ""
    plain, stream = _body(model, stream=False), _body(model, stream=True)
    for body, rates in ((plain, seen.plain), (stream, seen.stream)):
        post(port, PATH, body, headers, seconds=1.0)
        load = post(port, PATH, body, headers, seconds=seconds)
        if set(load.statuses) != {200}:
            raise SystemExit(f"answers were not all 200: {load.statuses}")
        rates.append(load.rate)
    alone = post(port, PATH, plain, headers, connections=1, seconds=seconds / 2)
    seen.plain_p50.append(alone.p50)


def _flat(candidate: Candidate, calls: int) -> None:
    """Memory after each fifth of many calls."""
    headers = f"authorization: Bearer {candidate.key}\r\n"
    with _process(candidate.command(), candidate.environment) as process:
        _wait_for_answer(process, candidate)
        sizes = []
        for part in range(5):
            body = _body(candidate.model, stream=bool(part % 2))
            post(PORT, PATH, body, headers, seconds=600, most=calls // 5)
            sizes.append(_memory(process))
    print(f"\nmemory of {candidate.name} over {calls:,} calls, plain and streamed in turn, MiB: "
          + ", ".join(f"{size:.0f}" for size in sizes))  # fmt: skip


def _body(model: str, *, stream: bool) -> bytes:
    message = {"role": "user", "content": "Say twenty words about the river in the morning."}
    asked: dict[str, object] = {"model": model, "messages": [message]}
    return json.dumps({**asked, "stream": True} if stream else asked, separators=(",", ":")).encode()


def _bare() -> Candidate:
    upstream = f"http://127.0.0.1:{UPSTREAM_PORT}"
    command = [sys.executable, "-m", "benchmarks.peers.pass_through", str(PORT), upstream]
    return Candidate("bare", lambda: command, {}, "")


def _stoa(database_url: str, redis_url: str, folder: Path, key: str) -> Candidate:
    environment = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "STOA_DATA_DIR": str(folder),
        "STOA_LOG_FORMAT": "json",
        "STOA_OPENAI_API_KEY": "sk-mock",
        "STOA_OPENAI_BASE_URL": f"http://127.0.0.1:{UPSTREAM_PORT}/v1",
        "STOA_AI_EMBEDDED": "false",
    }
    return Candidate("Stoa", lambda: [sys.executable, "-m", "stoa", "serve", "--port", str(PORT)], environment, key)


def _litellm(venv: Path, folder: Path) -> Candidate:
    if not (venv / "bin" / "litellm").exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(venv / "bin" / "pip"), "install", "--quiet", "litellm[proxy]"], check=True)
    config = folder / "litellm.yaml"
    parameters = f"model: openai/gpt-4o-mini, api_base: http://127.0.0.1:{UPSTREAM_PORT}/v1, api_key: sk-mock"
    config.write_text(
        f"model_list:\n  - model_name: gpt-4o-mini\n    litellm_params: {{{parameters}}}\n"
        f"general_settings:\n  master_key: {_MASTER}\n"
    )
    command = [str(venv / "bin" / "litellm"), "--config", str(config), "--port", str(PORT), "--host", "127.0.0.1"]
    environment = {"LITELLM_LOG": "ERROR", "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION"}
    return Candidate("LiteLLM", lambda: command, environment, _MASTER)


async def _prepared(url: str) -> str:
    """An owner's key, a tier that allows much, and a budget that limits and suffices: all that is on in earnest."""
    async with Database(DatabaseSettings(), url) as database, database.unit_of_work() as session:
        new = NewUser(display_name="Bench", email="bench@example.com", username="bench", role="admin")
        user = await UserService(session).create(new)
        actor = Actor(user.id, "bench", "admin", frozenset({"use:gateway"}), "shell")
        made = await ApiKeyService(session).create(ApiKeyIn(name="bench", scopes=["use:gateway"]), actor)
    connection = await asyncpg.connect(url)
    await connection.execute(
        "UPDATE ai_tiers SET requests_per_minute = 10000000, tokens_per_minute = 2000000000, streams = 10000"
    )
    await connection.execute("INSERT INTO ai_budgets VALUES ('site', 'month', 1000000000000)")
    await connection.close()
    return made.key


@contextmanager
def _process(command: list[str], environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, env={**kept, **environment}, stdout=log, stderr=log) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for_answer(process: "subprocess.Popen[bytes]", candidate: Candidate) -> None:
    """Until the first whole answer through the candidate."""
    headers = {"content-type": "application/json", "authorization": f"Bearer {candidate.key}"}
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{PATH}", _body(candidate.model, stream=False), headers)
    for _ in range(1200):
        if process.poll() is not None:
            raise SystemExit(f"{candidate.name} ended with {process.returncode}")
        try:
            urllib.request.urlopen(request, timeout=10).read()
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{candidate.name} answers {error.code}: {error.read()[:300]!r}") from None
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"{candidate.name} does not answer")


def _memory(process: "subprocess.Popen[bytes]") -> float:
    """MiB of the process and all it started."""
    tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    return sum(one.memory_info().rss for one in tree) / 1_048_576


def _print(direct: Seen, seen: dict[str, Seen], options: argparse.Namespace) -> None:
    middle = statistics.median
    print(f"{options.rounds} rounds, {options.seconds:g} s each, 32 connections, one worker; medians\n")
    print("| gateway | plain | streams of 20 chunks | p50 alone | added | idle | after load | first answer after |")
    print("|---|---|---|---|---|---|---|---|")
    print(f"| none: the mock itself | {middle(direct.plain):,.0f}/s | {middle(direct.stream):,.0f}/s "
          f"| {middle(direct.plain_p50):.2f} ms | | | | |")  # fmt: skip
    for name, one in seen.items():
        added = middle(one.plain_p50) - middle(direct.plain_p50)
        print(
            f"| {name} | {middle(one.plain):,.0f}/s | {middle(one.stream):,.0f}/s | {middle(one.plain_p50):.2f} ms "
            f"| {added:.2f} ms | {middle(one.idle_mb):.0f} MiB | {middle(one.loaded_mb):.0f} MiB "
            f"| {middle(one.start):.1f} s |"
        )
    if "LiteLLM" in seen:
        for kind in ("plain", "stream"):
            ratios = [a / b for a, b in zip(getattr(seen["Stoa"], kind), getattr(seen["LiteLLM"], kind), strict=True)]
            print(f"\nStoa beside LiteLLM, {kind}: {middle(ratios):.1f} times ({min(ratios):.1f} to {max(ratios):.1f})")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--calls", type=int, default=20_000, help="how many for the look at memory; 0: none")
    parser.add_argument("--without-litellm", action="store_true")
    parser.add_argument("--litellm", type=Path, default=Path(tempfile.gettempdir()) / "stoa-bench-litellm")
    return parser.parse_args()


if __name__ == "__main__":
    main()
