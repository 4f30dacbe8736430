"""Articles and tags as tests need them, made through the services."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from stoa.modules.content.articles.schemas import ArticleDraft, SavedArticle
from stoa.modules.content.articles.service import ArticleService
from stoa.modules.users.service import UserService
from stoa.shared.database import Database
from stoa.shared.markdown.render import render

LONG_AGO = datetime(2024, 1, 1, 12, tzinfo=UTC)


async def publish(db: Database, title: str = "A title", body: str = "Some words.", **fields: Any) -> SavedArticle:
    """One public article. `author` is a display name; every other field is the draft's."""
    return (await publish_all(db, [{"title": title, "body": body, **fields}]))[0]


async def publish_all(db: Database, articles: Sequence[dict[str, Any]]) -> list[SavedArticle]:
    """Public articles, the first the oldest, an hour between each."""
    async with db.unit_of_work() as session:
        drafts = []
        for number, given in enumerate(articles):
            fields = {"title": f"Article {number}", "body": "Some words.", "author": "Ada Lovelace", **given}
            author = await UserService(session).ensure_author(fields.pop("author"))
            when = LONG_AGO + timedelta(hours=number)
            fields.setdefault("slug", str(fields["title"]).lower().replace(" ", "-"))
            drafts.append(
                ArticleDraft(
                    **{
                        "rendered": render(fields["body"]),
                        "author_id": author.id,
                        "published_at": when,
                        "updated_at": when,
                        "status": "published",
                        **fields,
                    }
                )
            )
        return await ArticleService(session).save_many(drafts)
