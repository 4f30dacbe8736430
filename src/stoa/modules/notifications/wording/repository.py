"""The writing SQL of words, and reading them where a notice is written."""

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.notifications.wording.models import NotificationTemplate as Row
from stoa.modules.notifications.wording.schemas import Words


class TemplateRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def own(self, kind: str, language: str) -> Words | None:
        row = (
            await self._session.execute(
                select(Row.subject, Row.short, Row.text, Row.html).where(Row.type == kind, Row.language == language)
            )
        ).one_or_none()
        return Words(row.subject, row.short, row.text, row.html) if row else None

    async def put(self, kind: str, language: str, words: Words) -> None:
        values = {"subject": words.subject, "short": words.short, "text": words.text, "html": words.html}
        statement = insert(Row).values(type=kind, language=language, **values)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[Row.type, Row.language], set_={**values, "updated_at": func.now()}
            )
        )

    async def remove(self, kind: str, language: str) -> bool:
        statement = delete(Row).where(Row.type == kind, Row.language == language).returning(Row.type)
        return await self._session.scalar(statement) is not None
