"""What happens to articles. `version` is the article's after the change."""

from typing import ClassVar
from uuid import UUID

from stoa.events.event import Event


class ArticleEvent(Event):
    about: ClassVar[str] = "article_id"

    article_id: UUID
    author_id: UUID
    version: int
    by: UUID | None
    """Who did it; None from the command line."""

    @property
    def aggregate_version(self) -> int:
        return self.version


class ArticlePublished(ArticleEvent):
    """It was not published, and is now: for everybody or for members."""

    type: ClassVar[str] = "article.published"


class ArticleUnpublished(ArticleEvent):
    """It was published, and is not any more: a draft again, or in the bin."""

    type: ClassVar[str] = "article.unpublished"


class ArticleChanged(ArticleEvent):
    """It was published, still is, and reads differently."""

    type: ClassVar[str] = "article.changed"
