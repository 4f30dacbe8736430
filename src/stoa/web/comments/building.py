"""Makes the lower half of an article's page from what the services answer. Knows no request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from markupsafe import Markup
from pydantic import BaseModel, Field

from stoa.modules.content.articles.following.reading import follows_author
from stoa.modules.content.comments.policy import WRITE, Mode, may_moderate
from stoa.modules.content.comments.reading import CommentReads
from stoa.modules.content.comments.schemas import Threads, ThreadsQuery
from stoa.modules.content.reactions.service import mine
from stoa.shared.clock import moment_of
from stoa.shared.database import ReadSession
from stoa.shared.security import Actor
from stoa.web.comments.contexts import Commenter, CommentView, ReactionView, Talk
from stoa.web.forms import FormState

THREADS: Final = 20
LABELS: Final = {"like": "Like", "love": "Love", "clap": "Applaud", "insight": "Insightful"}
_OF_READER: Final = (("mine", mine()), ("follows_author", follows_author()))


class TalkWishes(BaseModel):
    """The query string of an article's page: which comments, and which form is open."""

    sort: Literal["oldest", "newest"] = "oldest"
    after: Annotated[str, Field(max_length=512)] = ""
    reply: Annotated[str, Field(max_length=40)] = ""
    edit: Annotated[str, Field(max_length=40)] = ""
    delete: Annotated[str, Field(max_length=40)] = ""


@dataclass(frozen=True, slots=True)
class Below:
    """What stands below an article, the kinds of reactions this reader chose, and whether they follow its author."""

    talk: Talk
    mine: list[str]
    follows_author: bool


async def talk_below(
    reads: ReadSession, actor: Actor | None, slug: str, wishes: TalkWishes, *, mode: Mode, form: FormState | None = None
) -> Below:
    """The comments of an article for this reader, and what else is theirs; one statement."""
    query = ThreadsQuery(sort=wishes.sort, cursor=wishes.after, limit=THREADS)
    found = await CommentReads(reads).threads(actor, slug, query, also=_OF_READER if actor else ())
    talk = Talk(
        slug=slug,
        comments=tuple(_view(item, actor, found) for item in found.items),
        total=found.total,
        sort=wishes.sort,
        after=wishes.after,
        more=found.next_cursor,
        is_open=found.has_comments and mode != "off",
        can_write=actor is not None and actor.can(WRITE),
        answering=wishes.reply,
        editing=wishes.edit,
        deleting=wishes.delete,
        form=form or FormState(),
    )
    return Below(talk, list(found.also.get("mine", ())), bool(found.also.get("follows_author")))


def reactions_of(counts: Mapping[str, int], chosen: list[str]) -> tuple[ReactionView, ...]:
    return tuple(ReactionView(kind, label, counts.get(kind, 0), kind in chosen) for kind, label in LABELS.items())


def _view(item: Mapping[str, Any], actor: Actor | None, found: Threads) -> CommentView:
    author = item["author"]
    created_at = moment_of(item["created_at"])
    assert created_at is not None  # noqa: S101 # every comment has one
    return CommentView(
        id=item["id"],
        depth=item["depth"],
        status=item["status"],
        version=item["version"],
        created_at=created_at,
        writer=_writer(item),
        html=Markup(item["html"] or ""),  # noqa: S704 # sanitised when it was saved
        body=item["body"] or "",
        edited_at=moment_of(item["edited_at"]),
        is_own=actor is not None and author is not None and author["username"] == actor.username,
        can_moderate=may_moderate(actor, found.article_author_id),
        has_more_answers=bool(item.get("more_answers")),
    )


def _writer(item: Mapping[str, Any]) -> Commenter | None:
    if item["author"] is not None:
        author = item["author"]
        return Commenter(author["display_name"], author["username"], author["avatar_url"])
    if item["status"] == "deleted":
        return None
    address = item["guest_url"]
    is_web = isinstance(address, str) and address.startswith(("https://", "http://"))
    return Commenter(item["guest_name"] or "A guest", guest_url=address if is_web else None)
