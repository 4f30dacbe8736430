"""Who may do what to an article. Pure: the one place where ownership is decided."""

from dataclasses import dataclass
from typing import Final

from stoa.modules.content.articles.errors import ArticleNotFound
from stoa.modules.content.articles.schemas import EditableArticle
from stoa.shared.errors import PermissionDenied
from stoa.shared.security import Actor

MODERATE: Final = "moderate:article"


@dataclass(frozen=True, slots=True)
class Act:
    """Something done to an article: what its author needs for it, and its name in the audit log."""

    permission: str
    event: str


EDIT: Final = Act("edit:article", "article.changed")
PUBLISH: Final = Act("publish:article", "article.published")
UNPUBLISH: Final = Act("publish:article", "article.unpublished")
DELETE: Final = Act("delete:article", "article.deleted")
RESTORE: Final = Act("delete:article", "article.restored")
SCHEDULE: Final = Act("publish:article", "article.scheduled")
ARCHIVE: Final = Act("publish:article", "article.archived")
REVERT: Final = Act("edit:article", "article.reverted")
SHARE: Final = Act("edit:article", "article.shared")


def is_own(actor: Actor, article: EditableArticle) -> bool:
    return actor.id is not None and actor.id == article.author.id


def demand(actor: Actor, act: Act, article: EditableArticle, *, asked: str) -> None:
    """The author with the permission may, and whoever moderates articles.

    Raises PermissionDenied, and ArticleNotFound (for the slug `asked`) where the caller may not even know of it.
    """
    if actor.can(MODERATE):
        return
    if is_own(actor, article):
        actor.demand(act.permission)
    elif article.is_public:
        raise PermissionDenied(f"The article '{article.slug}' is somebody else's; only its author may do this.")
    else:
        raise ArticleNotFound(asked)
