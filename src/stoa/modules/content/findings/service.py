"""What the guard found in published articles, for those who moderate. A machine never withdraws an article."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.audit.service import AuditService
from stoa.modules.content.findings import queries
from stoa.modules.content.findings.errors import FindingNotFound
from stoa.modules.content.findings.repository import FindingRepository
from stoa.modules.content.findings.schemas import FindingQuery, JudgedText
from stoa.modules.content.moderation.judging import Judgement, as_kept
from stoa.shared.database import ReadSession
from stoa.shared.pagination import Slice, decode_cursor, encode_cursor
from stoa.shared.security import Actor

MODERATE: Final = "moderate:article"
_AROUND: Final = 60
_MOST: Final = 20
_KIND: Final = "findings"


class FindingService:
    """The caller's unit of work commits what is done here."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._findings = FindingRepository(session)

    async def to_judge(self, article_id: UUID) -> JudgedText | None:
        """The text that readers see now; None where it is not out. Locks nothing."""
        return await self._findings.published(article_id, lock=False)

    async def settle(self, article_id: UUID, judged: JudgedText, judgement: Judgement, *, is_held: bool) -> None:
        """Queue the article for a person, or close what was open. Nothing where the text is another one by now,
        whose own event follows, or where a person found this very text fine.
        """
        now = await self._findings.published(article_id, lock=True)
        if now is None or now.hash != judged.hash:
            return
        if not is_held:
            await self._findings.close_of(article_id, "changed")
        elif not await self._findings.is_fine(article_id, judged.hash):
            kept = as_kept(judgement)
            terms = [_in_place(judged.text, term) for term in kept["terms"][:_MOST]]
            values = {"score": judgement.score, "reason": judgement.reason, "judgement": {**kept, "terms": terms}}
            await self._findings.put(article_id, {"text_hash": judged.hash, **values})

    async def withdrawn(self, article_id: UUID, by: UUID | None) -> None:
        """The article is not out any more: there is nothing to look at."""
        await self._findings.close_of(article_id, "unpublished", by)

    async def find_fine(self, actor: Actor, finding_id: UUID) -> None:
        """Close a finding for good: this text is not asked about again. Raises FindingNotFound."""
        actor.demand(MODERATE)
        article_id = await self._findings.close(finding_id, "fine", actor.id)
        if article_id is None:
            raise FindingNotFound
        await AuditService(self._session).record(
            "article.found_fine", actor=actor, subject_type="article", subject_id=article_id
        )


class FindingReads:
    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def page(self, query: FindingQuery) -> Slice:
        """What is open, newest first: FindingOut."""
        values: dict[str, object] = {}
        if query.cursor:
            values["key"], values["last_id"] = decode_cursor(query.cursor, _KIND, datetime, UUID)
        rows = await self._reads.fetch(queries.page(query.limit, query.skip, after=bool(query.cursor)), **values)
        more, rows = len(rows) > query.limit, rows[: query.limit]
        cursor = encode_cursor(_KIND, rows[-1]["found_at"], rows[-1]["id"]) if more else None
        total = await self._reads.fetch_value(queries.TOTAL) if query.count else None
        return Slice([row["item"] for row in rows], cursor, total)


def _in_place(text: str, term: dict[str, Any]) -> dict[str, Any]:
    start, end = term["start"], term["end"]
    return {**term, "before": text[max(0, start - _AROUND) : start], "after": text[end : end + _AROUND]}
