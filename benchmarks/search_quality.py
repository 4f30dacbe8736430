"""How fast search answers, how near its first page comes to ranking everything, and how many slips it mends.

`python -m benchmarks.search_quality --dsn ...` on a database filled by `benchmarks.corpus` prints the tables of
docs/search.md. Nothing is written.
"""

import argparse
import asyncio
import random
import statistics
import string
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import asyncpg

from benchmarks.corpus import Words, words
from stoa.modules.content.search.reading import SearchReads
from stoa.modules.content.search.schemas import SearchRequest
from stoa.shared.database import Database
from stoa.shared.settings_parts import DatabaseSettings

_ALL_RANKED = """
SELECT ts_rank(vector, wanted) AS rank
FROM article_search,
  websearch_to_tsquery('stoa_english', $1) AS query, websearch_to_tsquery('stoa_english', $2) AS wanted
WHERE vector @@ query AND reach = 2 ORDER BY rank DESC LIMIT 20
"""


@dataclass(frozen=True, slots=True)
class Class:
    """Searches of one kind, with the time 95 of 100 should stay under and the share of rank they should reach."""

    name: str
    searches: list[SearchRequest]
    milliseconds: float
    share: float = 0.85


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dsn", required=True, help="a database filled by benchmarks.corpus, postgresql://...")
    parser.add_argument("--searches", type=int, default=20, help="different searches of each kind")
    parser.add_argument("--runs", type=int, default=5, help="times each search is asked; the median counts")
    parser.add_argument("--slips", type=int, default=300, help="slips of each kind")
    options = parser.parse_args()
    connection = await asyncpg.connect(options.dsn, server_settings={"jit": "off"})
    async with Database(DatabaseSettings(), options.dsn) as database:
        search = SearchReads(database.reads)
        picked = await classes(connection, options.searches)
        await _speed(search, picked, options.runs)
        await _share(search, connection, picked)
        await _slips(search, connection, options.slips)
    await connection.close()


async def classes(connection: asyncpg.Connection, each: int, seed: int = 7) -> list[Class]:
    """Every kind of search, `each` times."""
    rng = random.Random(seed)
    found = await words(connection, most=2 * each + 10)
    rare, common, very = found.rare, found.common, found.very_common
    kinds = [
        ("rare word", rare[:each], 80),
        ("common word", common[:each], 80),
        ("very common word", very[:each], 80),
        ("rare, rare", _pairs(rare, rare[1:], each), 80),
        ("rare, very common", _pairs(rare, very, each), 80),
        ("common, common", _pairs(common, common[1:], each), 80),
        ("common, very common", _pairs(common, very, each), 80),
        ("two very common", _pairs(very, very[1:], each), 80),
        ("three very common", [f"{a} {b}" for a, b in zip(_pairs(very, very[1:], each), very[2:], strict=False)], 80),
        ("very common or very common", _pairs(very, very[1:], each, " or "), 80),
        ("very common, not very common", _pairs(very, very[1:], each, " -"), 80),
        ("phrase from a text", await _phrases(connection, rng, each), 200),
        ("phrase of very common words", [f'"{pair}"' for pair in _pairs(very, very[1:], each)], 200),
    ]
    made = [Class(name, [SearchRequest(words=w) for w in searches], limit) for name, searches, limit in kinds]
    return [*made, *_filtered(found, each)]


def _filtered(found: Words, each: int) -> list[Class]:
    very = found.very_common[:each]
    return [
        Class("very common, by date", [SearchRequest(words=w, sort="published_at") for w in very], 80, 0),
        Class(
            "very common, of an author",
            [SearchRequest(words=w, author=f"author-{n}") for n, w in enumerate(very)],
            80,
            0,
        ),
        Class(
            "very common, with a tag", [SearchRequest(words=w, tags=(f"tag-{n}",)) for n, w in enumerate(very)], 80, 0
        ),
        Class("very common, page 10", [SearchRequest(words=w, skip=180) for w in very], 80, 0),
        Class("very common, with the total", [SearchRequest(words=w, count=True) for w in very], 120, 0),
    ]


def _pairs(one: Sequence[str], other: Sequence[str], most: int, between: str = " ") -> list[str]:
    return [f"{a}{between}{b}" for a, b in zip(one, other, strict=False) if a != b][:most]


async def _phrases(connection: asyncpg.Connection, rng: random.Random, most: int) -> list[str]:
    """Two neighbours of a text, both of them frequent."""
    texts = await connection.fetch("SELECT text FROM article_search WHERE reach = 2 ORDER BY article_id LIMIT 2000")
    frequent = {
        row["word"]
        for row in await connection.fetch(
            "SELECT word FROM search_words WHERE article_count > 0.02 * (SELECT count(*) FROM article_search) "
            "AND numnode(plainto_tsquery('stoa_english', word)) > 0"
        )
    }
    phrases = []
    for row in rng.sample(texts, min(len(texts), 5 * most)):
        found = [(a, b) for a, b in pairwise(row["text"].lower().split()) if a in frequent and b in frequent]
        if found:
            phrases.append('"{} {}"'.format(*rng.choice(found)))
    return phrases[:most]


async def _speed(search: SearchReads, picked: Sequence[Class], runs: int) -> None:
    print(f"\n{'first page, ranked and highlighted':<32}{'p50 ms':>9}{'p95 ms':>9}{'aim':>6}{'hits':>7}")
    for kind in picked:
        for request in kind.searches:
            await search.search(request)
        timed = []
        hits = []
        for request in kind.searches:
            taken = [await _timed(search.search(request)) for _ in range(runs)]
            timed.append(statistics.median(taken))
            hits.append(len((await search.search(request)).hits))
        p50, p95 = statistics.median(timed), _p95(timed)
        print(f"{kind.name:<32}{p50:>9.1f}{p95:>9.1f}{kind.milliseconds:>6.0f}{statistics.mean(hits):>7.1f}")


async def _share(search: SearchReads, connection: asyncpg.Connection, picked: Sequence[Class]) -> None:
    print(f"\n{'share of the full rank score':<32}{'mean':>9}{'least':>9}{'aim':>6}")
    for kind in picked:
        shares = [await _share_of(search, connection, request) for request in kind.searches if kind.share]
        if shares:
            print(f"{kind.name:<32}{statistics.mean(shares):>9.3f}{min(shares):>9.3f}{kind.share:>6.2f}")


async def _share_of(search: SearchReads, connection: asyncpg.Connection, request: SearchRequest) -> float:
    wanted = request.words.partition(" -")[0]
    best = sum(row["rank"] for row in await connection.fetch(_ALL_RANKED, request.words, wanted))
    ours = sum(hit.rank for hit in (await search.search(request)).hits)
    return ours / best if best else 1.0


async def _slips(search: SearchReads, connection: asyncpg.Connection, each: int) -> None:
    """Words of four letters or more. A slip that makes another known word cannot be seen, and is left out."""
    rows = await connection.fetch("SELECT word, article_count FROM search_words WHERE word ~ '^[a-z]+$' ORDER BY word")
    stems = await _stems(connection, [row["word"] for row in rows])
    known = set(stems.values())
    used = {row["word"]: row["article_count"] for row in rows if len(row["word"]) >= 4 and stems[row["word"]]}
    rng = random.Random(7)
    print(f"\n{'one-letter slips':<36}{'first':>8}{'found':>8}{'p50 ms':>9}{'p95 ms':>9}")
    for name, weights in (("each word once", None), ("as often as used", list(used.values()))):
        for kind, slip in _KINDS.items():
            made = [(word, slip(word, rng)) for word in rng.choices(list(used), weights, k=3 * each)]
            typed_stems = await _stems(connection, [typed for _, typed in made])
            unseen = [(word, typed) for word, typed in made if typed_stems.get(typed, "") not in {"", *known}]
            first, found, timed = 0, 0, []
            for word, typed in unseen[:each]:
                started = time.perf_counter()
                corrected = "".join(await search.corrections(typed)).split(" or ")
                timed.append((time.perf_counter() - started) * 1000)
                meant = [stems.get(one) == stems[word] for one in corrected]
                first, found = first + meant[0], found + any(meant)
            of = len(timed)
            rates = f"{first / of:>8.3f}{found / of:>8.3f}{statistics.median(timed):>9.1f}{_p95(timed):>9.1f}"
            print(f"{f'{kind}, {name}':<36}{rates}")


async def _stems(connection: asyncpg.Connection, known: Sequence[str]) -> dict[str, str]:
    """What search takes each word for; words with the same stem find the same."""
    rows = await connection.fetch(
        "SELECT word, plainto_tsquery('stoa_english', word)::text AS stem FROM unnest($1::text[]) AS word", known
    )
    return {row["word"]: row["stem"] for row in rows}


Slip = Callable[[str, random.Random], str]


def _substitute(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word))
    return word[:at] + rng.choice(string.ascii_lowercase) + word[at + 1 :]


def _insert(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word) + 1)
    return word[:at] + rng.choice(string.ascii_lowercase) + word[at:]


def _leave_out(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word))
    return word[:at] + word[at + 1 :]


def _swap(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


_KINDS: dict[str, Slip] = {"changed": _substitute, "added": _insert, "left out": _leave_out, "swapped": _swap}


async def _timed(work: Awaitable[object]) -> float:
    started = time.perf_counter()
    await work
    return (time.perf_counter() - started) * 1000


def _p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


if __name__ == "__main__":
    asyncio.run(main())
