"""What the page of one's own feed is given."""

from dataclasses import dataclass, field

from stoa.web.contexts import ArticleCard, AuthorRef, PageMeta, Pager, TagRef
from stoa.web.following.buttons import FollowView


@dataclass(frozen=True, slots=True)
class Followed:
    """An author or a tag that the reader follows: exactly one of the two is set."""

    button: FollowView
    author: AuthorRef | None = None
    tag: TagRef | None = None


@dataclass(frozen=True, slots=True)
class FollowingPage:
    """The newest of what the reader follows, and whom and what that is; `more_url` leads to further ones.

    `authors` and `tags` are offered to whoever follows nothing yet.
    """

    meta: PageMeta
    articles: tuple[ArticleCard, ...] = ()
    pager: Pager = field(default_factory=Pager)
    followed: tuple[Followed, ...] = ()
    first_url: str | None = None
    more_url: str | None = None
    authors: tuple[AuthorRef, ...] = ()
    tags: tuple[TagRef, ...] = ()
