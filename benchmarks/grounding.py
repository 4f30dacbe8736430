"""How well questions are answered from the site's own articles, without a model: by words, by meaning, by both.

`stoa import` the articles that `benchmarks/questions/grounding.json` names, wait until the worker has made their
vectors, then `python -m benchmarks.grounding --dsn ...` prints the table of docs/ai.md. Nothing is written.
"""

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stoa.modules.ai.chat.citing import CitationCheck
from stoa.modules.ai.chat.grounding import Passage
from stoa.modules.ai.plain.quoting import quoted
from stoa.modules.content.passages.reading import FoundPassage, PassageReads
from stoa.shared.database import Database
from stoa.shared.embedding import Embedder
from stoa.shared.settings_parts import DatabaseSettings

_HEAD = (
    "| found by | first is the right article | it is among the sources | quoted from it | citations that hold "
    "| not found, of those not answered here | p50 | p95 |\n|---|---|---|---|---|---|---|---|"
)
QUESTIONS = Path(__file__).parent / "questions" / "grounding.json"


@dataclass(slots=True)
class Tally:
    first: int = 0
    among: int = 0
    quoted: int = 0
    citations: int = 0
    holding: int = 0
    not_found: int = 0
    wrong: list[str] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dsn", required=True, help="a database with those articles, postgresql://...")
    parser.add_argument("--verbose", action="store_true", help="print what is not answered as it should be")
    parser.add_argument(
        "--tuning", action="store_true", help="ask the other questions, which thresholds were chosen by"
    )
    options = parser.parse_args()
    asked: dict[str, Any] = json.loads(QUESTIONS.read_text(encoding="utf-8"))
    asked = asked["tuning"] if options.tuning else asked
    print(_HEAD)
    async with Database(DatabaseSettings(), options.dsn) as database, Embedder() as embedder:
        for name in ("both", "words", "meaning"):
            tally = await measured(PassageReads(database.reads, None if name == "words" else embedder), asked, name)
            _print(name, tally, asked)
            if options.verbose:
                print("\n".join(f"  {name}: {line}" for line in tally.wrong))


async def measured(reads: PassageReads, asked: dict[str, Any], name: str) -> Tally:
    tally = Tally()
    await reads.nearest("the first one reads the model")
    for question, slug in [*asked["answered"], *((one, None) for one in asked["unanswered"])]:
        started = time.perf_counter()
        found = await (_by_meaning(reads, question) if name == "meaning" else reads.answering(question))
        tally.milliseconds.append((time.perf_counter() - started) * 1000)
        passages = [
            Passage(number, one.title, one.url, one.heading, one.text) for number, one in enumerate(found, start=1)
        ]
        answer = quoted(question, passages)
        if slug is None:
            tally.not_found += not answer
            if answer:
                tally.wrong.append(f"{question} is answered: {answer[:100]!r}")
            continue
        slugs = [one.slug for one in found]
        tally.first += slugs[:1] == [slug]
        tally.among += slug in slugs
        cited = {one.number for one in passages if f"[{one.number}]" in answer}
        tally.quoted += any(slugs[number - 1] == slug for number in cited)
        _check(answer, passages, tally)
        if slugs[:1] != [slug]:
            tally.wrong.append(f"{question} -> {slugs[:3]}, not {slug}")
    return tally


async def _by_meaning(reads: PassageReads, question: str) -> Sequence[FoundPassage]:
    """Vectors alone; what is nearest is always something, so that a likeness is asked for."""
    found = await reads.nearest(question, limit=60)
    near = sorted((one for one in found if one.likeness is not None), key=lambda one: -(one.likeness or 0))
    return [one for one in near if (one.likeness or 0) >= 0.84][:6]


def _check(answer: str, passages: Sequence[Passage], tally: Tally) -> None:
    """Each citation goes through the check that every answer goes through: what does not hold is taken out there."""
    check = CitationCheck(passages)
    kept = check.feed(answer) + check.finish()
    for one in passages:
        tally.citations += answer.count(f"[{one.number}]")
        tally.holding += kept.count(f"[{one.number}]")


def _print(name: str, tally: Tally, asked: dict[str, Any]) -> None:
    answered, unanswered = len(asked["answered"]), len(asked["unanswered"])
    ordered = sorted(tally.milliseconds)
    print(
        f"| {name} | {tally.first}/{answered} | {tally.among}/{answered} | {tally.quoted}/{answered} | "
        f"{tally.holding}/{tally.citations} | {tally.not_found}/{unanswered} | {statistics.median(ordered):.0f} ms | "
        f"{ordered[int(len(ordered) * 0.95)]:.0f} ms |"
    )


if __name__ == "__main__":
    asyncio.run(main())
