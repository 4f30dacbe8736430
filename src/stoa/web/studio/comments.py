"""The queue of comments: what waits, for whom, and acts on several of them, each by itself."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from markupsafe import Markup
from pydantic import BaseModel, Field

from stoa.modules.content.comments.reading import CommentReads
from stoa.modules.content.comments.schemas import CommentQuery
from stoa.shared.errors import MalformedInput, NotFound
from stoa.shared.pagination import DEEPEST_SKIP
from stoa.shared.security import Actor
from stoa.web.contexts import PageMeta
from stoa.web.paging import pager
from stoa.web.studio.comment_contexts import ACTS, SHOWN, QueuedRow, QueuePage, Show
from stoa.web.studio.contexts import Done
from stoa.web.studio.finding_contexts import FINDINGS, FINDINGS_TAB
from stoa.web.studio.judged import kinds_of, pieces_of
from stoa.web.studio.list_contexts import BulkResult, Refusal, Tab
from stoa.web.studio.rail import RailLink

HERE: Final = "/studio/comments"
PER_PAGE: Final = 20
MOST: Final = 100
_DONE: Final = {
    "approve": "{} approved: readers see them.",
    "reject": "{} hidden from readers.",
    "delete": "{} deleted; for 30 days they can be brought back from the bin.",
    "restore": "{} restored.",
}


class QueueQuery(BaseModel):
    """The query string of the queue."""

    show: Show = "held"
    page: Annotated[int, Field(ge=1, le=DEEPEST_SKIP // PER_PAGE)] = 1
    done: Annotated[str, Field(max_length=20)] = ""
    count: Annotated[int, Field(ge=0, le=MOST)] = 0


class Queue:
    """Builds the queue for one person."""

    def __init__(self, comments: CommentReads, actor: Actor) -> None:
        self._comments = comments
        self._actor = actor

    async def page(
        self,
        meta: PageMeta,
        query: QueueQuery,
        rail: tuple[RailLink, ...],
        *,
        result: BulkResult | None = None,
        chosen: Collection[str] = (),
    ) -> QueuePage:
        """What of this kind they may decide about, newest first. Raises NotFound behind the last page."""
        asked = CommentQuery(status=query.show, limit=PER_PAGE, skip=(query.page - 1) * PER_PAGE)
        found = await self._comments.queue(self._actor, asked)
        if query.page > 1 and not found.items:
            raise NotFound("The list ends before this page.")
        rows = tuple(_row(orjson.loads(item), chosen) for item in found.items)
        kept = {} if query.show == "held" else {"show": query.show}
        return QueuePage(
            meta=meta,
            show=query.show,
            comments=rows,
            tabs=tabs_for(self._actor, _address(query.show)),
            rail=rail,
            pager=pager(HERE, query.page, more=found.next_cursor is not None, **kept),
            moderates=self._actor.can("moderate:comment"),
            done=_done(query),
            result=_named(result, rows),
        )


def tabs_for(actor: Actor, here: str) -> tuple[Tab, ...]:
    """The states of comments, and for those who moderate articles what was found in them."""
    tabs = [(label, _address(show)) for show, label in SHOWN.items()]
    if actor.can("moderate:article"):
        tabs.append((FINDINGS_TAB, FINDINGS))
    return tuple(Tab(label, url, url == here) for label, url in tabs)


def asked_for(one: str, act: str, ids: Sequence[str]) -> tuple[str, list[UUID]]:
    """The act and the comments: those chosen, or the one whose own button was pressed. Raises MalformedInput."""
    if one:
        act, _, single = one.partition(":")
        ids = [single]
    if act not in ACTS:
        raise MalformedInput(f"What to do is one of {', '.join(ACTS)}.")
    try:
        return act, list(dict.fromkeys(UUID(one) for one in ids))
    except ValueError:
        raise MalformedInput("A comment is named by its id.") from None


def _row(item: Mapping[str, Any], chosen: Collection[str]) -> QueuedRow:
    author = item["author"]
    return QueuedRow(
        id=item["id"],
        html=Markup(item["html"] or ""),  # noqa: S704 # sanitised when it was saved
        writer=author["display_name"] if author else item["guest_name"] or "Somebody",
        writer_url=f"/authors/{author['username']}" if author else None,
        article_title=item["article"]["title"],
        article_slug=item["article"]["slug"],
        created_at=datetime.fromisoformat(item["created_at"]),
        status=item["status"],
        why=_why(item),
        pieces=pieces_of(item["body"] or "", item["judgement"] if item["status"] == "held" else None),
        is_answer=item["parent_id"] is not None,
        is_edited=item["edited_at"] is not None,
        is_chosen=item["id"] in chosen,
    )


def _why(item: Mapping[str, Any]) -> tuple[str, ...]:
    """Who held it and why, how sure that is, and of what kind."""
    reason, score, judgement = item["reason"], item["score"], item["judgement"]
    told = [reason[:1].upper() + reason[1:]] if reason else []
    if judgement is not None:
        who = "Held by the site's guard"
        told = [who, *told] if judgement["is_cause"] else [*told, f"{who} otherwise: {judgement['reason']}"]
    if score is not None:
        told.append(f"Score {score:.2f}")
    return (*told, *kinds_of(judgement))


def _named(result: BulkResult | None, rows: Sequence[QueuedRow]) -> BulkResult | None:
    """What was refused, by who wrote it."""
    if result is None:
        return None
    names = {row.id: f"{row.writer} on “{row.article_title}”:" for row in rows}
    told = tuple(Refusal(names.get(one.title, "A comment:"), one.why) for one in result.refused)
    return BulkResult(result.text, told)


def _address(show: Show) -> str:
    return HERE if show == "held" else f"{HERE}?show={show}"


def _done(query: QueueQuery) -> Done | None:
    if query.done not in _DONE or not query.count:
        return None
    text = _DONE[query.done].format(query.count)
    return Done(text, "Open the bin", f"{HERE}?show=deleted") if query.done == "delete" else Done(text)
