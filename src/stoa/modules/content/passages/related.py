"""What to read next: articles nearest in meaning, then those that share the most tags. Never writes."""

from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request

from stoa.modules.content.articles.reading import ArticleReads
from stoa.modules.content.passages.reading import PassageReads
from stoa.shared.database import ReadSession, reads_of


def related_of(request: Request) -> "RelatedReads":
    """Of this process, which looked for vectors when it started."""
    return RelatedReads(reads_of(request), has_vectors=getattr(request.app.state, "has_vectors", False))


@dataclass(frozen=True, slots=True)
class Next:
    """`items` are list items as JSON; `summary` says the article in short, empty where there is none."""

    summary: str
    items: list[str]


class RelatedReads:
    def __init__(self, reads: ReadSession, *, has_vectors: bool) -> None:
        self._articles = ArticleReads(reads)
        self._passages = PassageReads(reads, has_vectors=has_vectors)

    async def next_to(self, article_id: str, version: int, *, limit: int, for_page: bool = True) -> Next:
        """Up to `limit` public articles."""
        beside = await self._passages.beside(UUID(article_id), version, limit=limit)
        near = await self._articles.items(beside.near, for_page=for_page) if beside.near else {}
        items = [near[one] for one in beside.near if one in near]
        if len(items) < limit:
            others = await self._articles.related(article_id, limit=limit, for_page=for_page)
            items += [one for one in others if one not in items]
        return Next(beside.summary, items[:limit])
