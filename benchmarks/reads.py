"""Reading, measured in one run: Stoa beside bare Starlette with asyncpg and beside FastAPI with ORM and Pydantic.

`make bench` starts embedded servers in a folder of its own, fills 100,000 articles once (kept for the next run), starts
each candidate with one worker, drives it over loopback and prints the tables of docs/performance.md.
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import asyncpg
import psutil

from benchmarks.corpus import Words, fill
from benchmarks.corpus import words as sampled_words
from benchmarks.load import Load, drive
from benchmarks.readers import EMAIL, PASSWORD, fill_readers
from stoa.local.servers import running_servers
from stoa.shared.schema import upgrade

PORT = 18_200
CANDIDATES = ("stoa", "bare", "orm")
_SEED = 7


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for."""

    slugs: list[str]
    words: Words


def main() -> None:
    options = _options()
    folder = options.data_dir or Path(tempfile.gettempdir()) / "stoa-bench"
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    with running_servers(folder / "data") as servers:
        os.environ.update(DATABASE_URL=servers.database_url, REDIS_URL=servers.redis_url, STOA_DATA_DIR=str(folder))
        upgrade(servers.database_url)
        asked = asyncio.run(_corpus(servers.database_url, options.articles))
        print(f"{options.articles:,} articles, {options.seconds:g} s a run, 16 connections, one worker, loopback\n")
        _uncached(asked, options.seconds)
        _lists(asked, options.seconds)
        _pages(asked, options.seconds)
        _cached(asked, options.seconds)
        _searches(asked.words)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--data-dir", type=Path)
    return parser.parse_args()


async def _corpus(url: str, articles: int) -> Asked:
    connection = await asyncpg.connect(url)
    try:
        present = await connection.fetchval("SELECT count(*) FROM articles")
        if present < articles:
            started = time.perf_counter()
            await fill(url, articles=articles, seed=_SEED)
            await connection.execute("VACUUM ANALYZE")
            print(f"filled in {time.perf_counter() - started:.0f} s")
        await fill_readers(url)
        slugs = await connection.fetch(
            "SELECT slug FROM articles WHERE status = 'published' AND visibility = 'public' ORDER BY id LIMIT 20000"
        )
        words = await sampled_words(connection)
    finally:
        await connection.close()
    return Asked([row[0] for row in slugs], words)


@contextmanager
def _server(name: str, **environment: str) -> Iterator[int]:
    """A candidate on its port; yields the id of its process."""
    command = {
        "stoa": [sys.executable, "-m", "stoa", "serve", "--port", str(PORT)],
        "bare": _uvicorn("benchmarks.peers.bare:app"),
        "orm": _uvicorn("benchmarks.peers.orm:app"),
    }[name]
    settings = {**os.environ, "STOA_LOG_FORMAT": "json", **environment}
    with tempfile.TemporaryFile() as log, subprocess.Popen(command, env=settings, stdout=log) as process:
        try:
            _wait_until_it_answers(process)
            yield process.pid
        finally:
            process.terminate()
            process.wait(30)


def _uvicorn(application: str) -> list[str]:
    module = [sys.executable, "-m", "uvicorn", application]
    return [*module, "--port", str(PORT), "--log-level", "error", "--no-access-log", "--http", "httptools"]


def _wait_until_it_answers(process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/v1/articles", timeout=5).read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server does not answer")


def _measure(next_path: Callable[[], str], seconds: float, headers: str = "") -> Load:
    drive(PORT, next_path, seconds=1.5, headers=headers)  # warms plans, pools and caches of the database
    load = drive(PORT, next_path, seconds=seconds, headers=headers)
    if set(load.statuses) - {200}:
        raise SystemExit(f"answers were not all 200: {load.statuses}")
    return load


def _uncached(asked: Asked, seconds: float) -> None:
    """The list of 20 and one article over the API, nothing kept."""
    pick = random.Random(_SEED)
    jobs: dict[str, Callable[[], str]] = {
        "list of 20": lambda: "/api/v1/articles?limit=20",
        "list of an author": lambda: f"/api/v1/articles?limit=20&author=author-{pick.randrange(500)}",
        "list of a tag": lambda: f"/api/v1/articles?limit=20&tags=tag-{pick.randrange(300)}",
        "one article": lambda: f"/api/v1/articles/{pick.choice(asked.slugs)}",
    }
    found: dict[tuple[str, str], Load] = {}
    for name in CANDIDATES:
        with _server(name, STOA_PAGE_CACHE_MB="0"):
            for job, next_path in jobs.items():
                found[name, job] = _measure(next_path, seconds)
    print("| over the API, not cached | Stoa | bare | FastAPI + ORM | of bare | x ORM |")
    print("|---|---|---|---|---|---|")
    for job in jobs:
        stoa, bare, orm = (found[name, job] for name in CANDIDATES)
        cells = [f"{load.rate:,.0f}/s, p99 {load.p99:.1f} ms" for load in (stoa, bare, orm)]
        print(f"| {job} | {' | '.join(cells)} | {stoa.rate / bare.rate:.2f} | {stoa.rate / orm.rate:.1f} |")
    print()


def _lists(asked: Asked, seconds: float) -> None:
    """What only Stoa is asked for, nothing kept: filters together, what readers said, one reader's own feed."""
    pick = random.Random(_SEED)
    with _server("stoa", STOA_PAGE_CACHE_MB="0"):
        key = f"Authorization: Bearer {_token()}\r\n"
        print("| over the API, not cached | rate | p50 | p99 |\n|---|---|---|---|")
        for name, headers, next_path in (
            ("two tags, both, since a date", "", lambda: f"/api/v1/articles?{_two_tags(pick)}"),
            ("an author's with a tag", "", lambda: f"/api/v1/articles?{_author_and_tag(pick)}"),
            ("comments of an article", "", lambda: f"/api/v1/articles/{pick.choice(asked.slugs)}/comments"),
            ("one reader's feed, 40 authors and 20 tags", key, lambda: "/api/v1/feed?limit=20"),
            ("feed of a tag, Atom", "", lambda: f"/tags/tag-{pick.randrange(300)}/feed.atom"),
        ):
            _row(name, _measure(next_path, seconds, headers))
        print()


def _two_tags(pick: random.Random) -> str:
    one, other = pick.sample(range(300), 2)
    return f"limit=20&tags=tag-{one},tag-{other}&tags_match=all&from_date=2022-01-01T00:00:00Z"


def _author_and_tag(pick: random.Random) -> str:
    return f"limit=20&author=author-{pick.randrange(500)}&tags=tag-{pick.randrange(300)}"


def _token() -> str:
    form = urlencode({"grant_type": "password", "username": EMAIL, "password": PASSWORD}).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/v1/token", form, timeout=30) as answer:
        token: str = json.load(answer)["access_token"]
        return token


def _pages(asked: Asked, seconds: float) -> None:
    pick = random.Random(_SEED)
    with _server("stoa", STOA_PAGE_CACHE_MB="0") as pid:
        print("| page, never rendered before | rate | p50 | p99 |\n|---|---|---|---|")
        for name, next_path in (
            ("home", lambda: "/"),
            ("article with its comments", lambda: f"/articles/{pick.choice(asked.slugs)}"),
            ("tag", lambda: f"/tags/tag-{pick.randrange(300)}"),
            ("author", lambda: f"/authors/author-{pick.randrange(500)}"),
        ):
            _row(name, _measure(next_path, seconds))
        print(f"\nmemory of the web process: {psutil.Process(pid).memory_info().rss / 1_048_576:.0f} MiB\n")


def _cached(asked: Asked, seconds: float) -> None:
    pick = random.Random(_SEED)
    few = asked.slugs[:50]
    with _server("stoa"):
        print("| asked again by visitors | rate | p50 | p99 |\n|---|---|---|---|")
        _row("list of 20", _measure(lambda: "/api/v1/articles?limit=20", seconds))
        _row("article page, HTML", _measure(lambda: f"/articles/{pick.choice(few)}", seconds))
        _row("article page, gzip", _measure(lambda: f"/articles/{pick.choice(few)}", seconds, headers=_GZIP))
        print()


_GZIP = "Accept-Encoding: gzip\r\n"


def _row(name: str, load: Load) -> None:
    print(f"| {name} | {load.rate:,.0f}/s | {load.p50:.2f} ms | {load.p99:.1f} ms |")


def _searches(words: Words) -> None:
    """One caller, each question once, nothing kept: what a visitor waits for."""
    classes = {
        "rare word": words.rare,
        "common word": words.common,
        "very common word": words.very_common,
        "rare and very common": _pairs(words.rare, words.very_common),
        "two common words": _pairs(words.common, words.common[1:]),
        "two very common words": _pairs(words.very_common, words.very_common[1:]),
        "phrase of common words": [f'"{pair}"' for pair in _pairs(words.common, words.common[1:])],
        "phrase of very common words": [f'"{pair}"' for pair in _pairs(words.very_common, words.very_common[1:])],
    }
    with _server("stoa", STOA_PAGE_CACHE_MB="0"):
        print("| search over the API | p50 | p95 | worst |\n|---|---|---|---|")
        for name, questions in classes.items():
            times = sorted(_ask(question) for question in questions for _ in range(3))
            print(
                f"| {name} | {times[len(times) // 2]:.0f} ms | {times[int(len(times) * 0.95)]:.0f} ms "
                f"| {times[-1]:.0f} ms |"
            )


def _pairs(first: list[str], second: list[str]) -> list[str]:
    return [f"{one} {other}" for one, other in zip(first, second, strict=False)]


def _ask(question: str) -> float:
    address = f"http://127.0.0.1:{PORT}/api/v1/articles?search={quote(question)}"
    started = time.perf_counter()
    urllib.request.urlopen(address, timeout=30).read()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
