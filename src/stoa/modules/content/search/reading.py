"""The search itself, for one audience at a time. Never writes."""

from collections.abc import Sequence
from dataclasses import replace

from stoa.shared.database import ReadSession

from . import queries
from .queries import Shape
from .query import Reading, beginnings, check, readings
from .schemas import Audience, Hit, SearchHits, SearchRequest
from .text import prepare_words, show
from .typos import MOST_TRIED, Candidate, by_nearness, meant, replaced, typed_words


class SearchReads:
    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def search(self, request: SearchRequest) -> SearchHits:
        """One page of what the words find, highlighted; when they find nothing, of what they nearly say.

        Words too common to be kept ("the") find nothing. Raises InvalidInput or MalformedInput.
        """
        check(request)
        found = await self._search(request, request.words)
        if found.hits or not request.forgive or await self._is_beyond(request, request.words):
            return found
        for corrected in await self.corrections(request.words, request.audience):
            again = await self._search(request, corrected)
            if again.hits or await self._is_beyond(request, corrected):
                return replace(again, corrected=corrected)
        return found

    async def corrections(self, words: str, audience: Audience = Audience.PUBLIC) -> list[str]:
        """The search with each word that finds nothing replaced by the nearest that does, and by the next to nearest.

        Of a single word there may be two meanings, joined by `or`. What is offered depends only on articles that this
        audience may read.
        """
        typed = typed_words(words)
        near = await self._near(typed, audience) if typed else {}
        choices = {word: found for word, candidates in near.items() if (found := meant(candidates))}
        if len(choices) == 1 and words.strip() in choices:
            return [" or ".join(choices[words.strip()])]
        nearest = replaced(words, {word: found[0] for word, found in choices.items()})
        next_to = replaced(words, {word: found[-1] for word, found in choices.items()})
        return [corrected for corrected in dict.fromkeys((nearest, next_to)) if corrected != words]

    async def _near(self, typed: list[str], audience: Audience) -> dict[str, list[tuple[int, Candidate]]]:
        """The words near to those typed words that find nothing, without those that would find nothing either."""
        reach = int(audience.value)
        candidates: dict[tuple[str, str], list[Candidate]] = {}
        for row in await self._reads.fetch(queries.NEAR_WORDS, words=typed, reach=reach):
            same = candidates.setdefault((row["typed"], row["folded"]), [])
            same.append(Candidate(row["word"], row["article_count"]))
        near = {typed: by_nearness(folded, found)[:MOST_TRIED] for (typed, folded), found in candidates.items()}
        tried = {candidate.word for found in near.values() for _, candidate in found}
        rows = await self._reads.fetch(queries.FINDABLE, words=sorted(tried), reach=reach) if tried else []
        findable = {row["word"] for row in rows}
        return {typed: [one for one in found if one[1].word in findable] for typed, found in near.items()}

    async def _is_beyond(self, request: SearchRequest, words: str) -> bool:
        """Whether these words do find something, on an earlier page than the empty one asked for."""
        if not request.skip:
            return False
        return bool((await self._search(replace(request, skip=0, limit=1, count=False), words)).hits)

    async def _search(self, request: SearchRequest, words: str) -> SearchHits:
        rows = await self._reads.fetch(queries.UNDERSTAND, words=prepare_words(words))
        asked = readings((row["config"], row["query"]) for row in rows)
        if not asked:
            return SearchHits((), total=0 if request.count else None)
        shape = _shape(request, asked, configs=len(rows))
        values = _values(request, asked)
        found = await self._reads.fetch(queries.page(shape), **values)
        total = await self._reads.fetch_value(queries.total(shape), **values) if request.count else None
        hits = tuple(Hit(row["article_id"], row["rank"], show(row["title"]), show(row["text"])) for row in found)
        return SearchHits(hits[: request.limit], len(found) > request.limit, total)


def _shape(request: SearchRequest, asked: Sequence[Reading], *, configs: int) -> Shape:
    has_several = any(reading.has_several for reading in asked)
    return Shape(
        audience=request.audience,
        sort=request.sort,
        order=request.order,
        depth=queries.depth(has_several=has_several, end=request.skip + request.limit + 1),
        has_several=has_several,
        has_phrase=any(reading.has_phrase for reading in asked),
        has_pairs=any(reading.pairs for reading in asked),
        is_mixed=sum(len(reading.configs) for reading in asked) < configs or len(asked) > 1,
        author=request.author is not None,
        author_id=request.author_id is not None,
        tags=len(set(request.tags)),
        all_tags=request.all_tags,
        from_date=request.from_date is not None,
        to_date=request.to_date is not None,
        statuses=bool(request.statuses),
        kind=request.kind is not None,
    )


def _values(request: SearchRequest, asked: Sequence[Reading]) -> dict[str, object]:
    return {
        "configs": [" ".join(reading.configs) for reading in asked],
        "strict": [reading.strict for reading in asked],
        "wanted": [reading.wanted for reading in asked],
        "loose": [reading.loose for reading in asked],
        "wide": [reading.wide for reading in asked],
        "pairs": ["\x1f".join(reading.pairs) for reading in asked],
        "beginnings": beginnings(asked),
        "limit": request.limit + 1,
        "skip": request.skip,
        "author": request.author.lower() if request.author else None,
        "author_id": request.author_id,
        "tags": list(set(request.tags)),
        "from_date": request.from_date,
        "to_date": request.to_date,
        "statuses": list(request.statuses),
        "kind": request.kind,
    }
