"""What articles know of a person: their own texts. Handed out as Markdown; what was published outlives its author."""

from collections.abc import Mapping
from uuid import UUID

import yaml
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.articles import queries
from stoa.modules.content.articles.history.repository import RevisionRepository
from stoa.modules.content.articles.repository import ArticleRepository
from stoa.shared.changes import announce_change
from stoa.shared.database import ReadSession


class ArticlesOfPerson:
    """The `PersonalData` of articles."""

    async def export(self, reads: ReadSession, user_id: UUID) -> Mapping[str, bytes]:
        rows = await reads.fetch(queries.ALL_OF_AUTHOR, author_id=user_id)
        return {f"articles/{row['slug']}.md": _file(dict(row)) for row in rows}

    async def erase(self, session: AsyncSession, user_id: UUID) -> None:
        """What nobody else has seen is deleted, earlier forms too; public texts stay, by an author without a name."""
        await ArticleRepository(session).delete_unpublished(user_id)
        await RevisionRepository(session).erase(user_id)
        await announce_change(session)


def _file(row: dict[str, object]) -> bytes:
    body = row.pop("body")
    head = yaml.safe_dump({k: v for k, v in row.items() if v is not None}, allow_unicode=True, sort_keys=False)
    return f"---\n{head}---\n\n{body}\n".encode()
