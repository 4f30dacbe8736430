"""What happens to articles. `version` is the article's after the change."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from stoa.events.event import Event


class ArticleEvent(Event):
    about: ClassVar[str] = "article_id"

    article_id: UUID
    author_id: UUID
    version: int
    by: UUID | None
    """Who did it; None from the command line, and when its time had come."""

    @property
    def aggregate_version(self) -> int:
        return self.version


class ArticlePublished(ArticleEvent):
    """It was not published, and is now: for everybody or for members."""

    type: ClassVar[str] = "article.published"


class ArticleUnpublished(ArticleEvent):
    """It was published, and is not any more: a draft again, archived, or in the bin."""

    type: ClassVar[str] = "article.unpublished"


class ArticleChanged(ArticleEvent):
    """It was published, still is, and reads differently."""

    type: ClassVar[str] = "article.changed"


class ArticleScheduled(ArticleEvent):
    """It will go out by itself at `publish_at`, or at another time than was said before."""

    type: ClassVar[str] = "article.scheduled"

    publish_at: AwareDatetime


class ArticleDeleted(ArticleEvent):
    """It is in the bin, from which it can be restored for 30 days."""

    type: ClassVar[str] = "article.deleted"


class ArticleRestored(ArticleEvent):
    """It is back from the bin, as a draft."""

    type: ClassVar[str] = "article.restored"
