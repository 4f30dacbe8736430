"""Use cases of imported comments: make threads of them below an article, change them when the source did.

Tells no event of any. The caller's unit of work commits.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.articles.service import ArticleService
from stoa.modules.content.comments.imported.repository import ImportedRepository
from stoa.modules.content.comments.imported.schemas import ImportedComment
from stoa.shared.changes import announce_change
from stoa.shared.ids import new_id

DEEPEST = 4
_Place = tuple[UUID, UUID | None, int]  # the comment, the first one of its thread, its depth


class ImportedComments:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._repository = ImportedRepository(session)

    async def versions(self, ids: Sequence[UUID]) -> dict[UUID, int]:
        """The versions of those of these comments that are there and not deleted."""
        places = await self._repository.places(ids)
        return {comment_id: version for comment_id, (_, _, version, is_deleted) in places.items() if not is_deleted}

    async def save(self, article_id: UUID, comments: Sequence[ImportedComment]) -> dict[str, UUID]:
        """The id of each by its key. Parents are made first; a circle or an unknown parent makes a first comment."""
        await ArticleService(self._session).lock(article_id)
        known = await self._repository.places([one.known_id for one in comments if one.known_id])
        places: dict[str, _Place] = {}
        for one in comments:
            if one.known_id in known and one.known_id is not None:
                places[one.key] = (one.known_id, known[one.known_id][0], known[one.known_id][1])
        new = [_row(article_id, one, places) for one in parents_first(comments) if one.key not in places]
        if new:
            await self._repository.insert(new)
        for one in comments:
            if one.known_id is not None and one.known_id in known and one.rendered is not None:
                await self._repository.change(one.known_id, _text(one))
        await self._repository.count_again([article_id])
        await announce_change(self._session)
        return {key: place[0] for key, place in places.items()}


def parents_first(comments: Sequence[ImportedComment]) -> Iterator[ImportedComment]:
    """Each once, none before the one it answers; what answers itself in a circle begins at its first one."""
    by_key = {one.key: one for one in comments}
    given: set[str] = set()
    for one in by_key.values():
        path: dict[str, ImportedComment] = {}
        step: ImportedComment | None = one
        while step is not None and step.key not in given and step.key not in path:
            path[step.key] = step
            step = by_key.get(step.parent_key or "")
        for key, ancestor in reversed(path.items()):
            given.add(key)
            yield ancestor


def _row(article_id: UUID, one: ImportedComment, places: dict[str, _Place]) -> dict[str, Any]:
    """The row of a new comment, whose place is noted; its parent is there already, or it has none."""
    comment_id, parent = new_id(), places.get(one.parent_key or "")
    root_id = (parent[1] or parent[0]) if parent else None
    depth = min(parent[2] + 1, DEEPEST) if parent else 0
    places[one.key] = (comment_id, root_id, depth)
    return {
        "id": comment_id, "article_id": article_id, "root_id": root_id, "parent_id": parent[0] if parent else None,
        "depth": depth, "created_at": one.created_at, **_text(one),
    }  # fmt: skip


def _text(one: ImportedComment) -> dict[str, Any]:
    is_guest = one.author_id is None
    return {
        "author_id": one.author_id,
        "guest_name": (one.guest_name or "Anonymous") if is_guest else None,
        "guest_url": one.guest_url if is_guest else None,
        "body": one.body,
        "html": one.rendered.html if one.rendered else "",
        "status": one.status,
        "edited_at": one.edited_at,
    }
