"""What stands beside an article: what it says in short, and what to read next. Never writes."""

from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request

from stoa.modules.content.passages import queries
from stoa.shared.database import ReadSession, reads_of


def related_of(request: Request) -> "RelatedReads":
    """Of this process, which looked for vectors when it started."""
    return RelatedReads(reads_of(request), has_vectors=getattr(request.app.state, "has_vectors", False))


@dataclass(frozen=True, slots=True)
class Beside:
    """`summary` is empty where there is none, or only of another version; `items` are list items as JSON."""

    summary: str
    items: list[str]


class RelatedReads:
    """By meaning only where `has_vectors`, which is what the function of that name in `reading` says."""

    def __init__(self, reads: ReadSession, *, has_vectors: bool) -> None:
        self._reads = reads
        self._has_vectors = has_vectors

    async def beside(self, article_id: str, version: int, *, limit: int, for_page: bool = True) -> Beside:
        """Up to `limit` public articles: nearest in meaning first, then those that share the most tags."""
        query = queries.beside(for_page=for_page, by_meaning=self._has_vectors)
        row = await self._reads.fetch_row(query, article_id=UUID(article_id), version=version, limit=limit)
        return Beside(row["summary"] or "", list(row["items"] or ())) if row else Beside("", [])
