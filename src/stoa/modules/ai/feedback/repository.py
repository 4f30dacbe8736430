"""The writing SQL of feedback."""

from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.feedback.models import AiFeedback

_PUT = text(
    """
    INSERT INTO ai_feedback (call_id, user_id, feature, provider, model, rating, comment)
    SELECT c.id, c.user_id, c.feature, coalesce(c.provider, ''), coalesce(c.model, ''), :rating, :comment
    FROM ai_calls c WHERE c.id = :call_id AND c.user_id = :user_id AND c.status <> 'open'
    ON CONFLICT (call_id, user_id) DO UPDATE
      SET rating = excluded.rating, comment = excluded.comment, updated_at = now()
    """
)


class FeedbackRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def put(self, call_id: UUID, user_id: UUID, rating: int, comment: str) -> bool:
        """Whether there is such a call of theirs, ended; what they said of it before is replaced."""
        values = {"call_id": call_id, "user_id": user_id, "rating": rating, "comment": comment}
        return cast("CursorResult[Any]", await self._session.execute(_PUT, values)).rowcount == 1

    async def forget(self, user_id: UUID) -> None:
        await self._session.execute(delete(AiFeedback).where(AiFeedback.user_id == user_id))
