"""The queue of articles in which the site's guard found something: what is open, and the two ways to close it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from stoa.modules.content.articles.asking import Writing
from stoa.modules.content.findings.schemas import FindingQuery
from stoa.modules.content.findings.service import MODERATE, FindingReads, FindingService
from stoa.shared.database import database_of, reads_of
from stoa.shared.errors import MalformedInput, NotFound, StoaError
from stoa.shared.pagination import DEEPEST_SKIP
from stoa.shared.security import Actor, ActorDep, require
from stoa.web.forms import read_form
from stoa.web.paging import pager
from stoa.web.private import private_meta, private_page, see_other
from stoa.web.studio.comments import tabs_for
from stoa.web.studio.contexts import Done
from stoa.web.studio.finding_contexts import FINDINGS, FindingRow, FindingsPage, Passage
from stoa.web.studio.judged import kinds_of
from stoa.web.studio.list_contexts import BulkResult
from stoa.web.studio.rail_links import rail_for

PER_PAGE: Final = 20
_DONE: Final = {
    "fine": "Found fine. It is asked about again when its text changes.",
    "unpublish": "Withdrawn: the article is a draft again, and its author was told.",
}
router = APIRouter(prefix=FINDINGS, include_in_schema=False)


class FindingsQuery(BaseModel):
    """The query string of the queue."""

    page: Annotated[int, Field(ge=1, le=DEEPEST_SKIP // PER_PAGE)] = 1
    done: Annotated[str, Field(max_length=20)] = ""


QueryDep = Annotated[FindingsQuery, Query()]


@router.get("", **require(MODERATE))
async def show_findings(request: Request, actor: ActorDep, query: QueryDep) -> Response:
    """The published articles that somebody should look at."""
    return await _page(request, actor, query)


@router.post("", **require(MODERATE))
async def close_finding(request: Request, actor: ActorDep, query: QueryDep, writing: Writing) -> Response:
    """Say that an article is fine, or make it a draft again."""
    form = await read_form(request, ("one",), longest=200)
    act, _, name = form["one"].partition(":")
    try:
        if act == "unpublish":
            await writing.unpublish(actor, name)
        elif act == "fine":
            named = _id(name)
            await database_of(request).transact(lambda session: FindingService(session).find_fine(actor, named))
        else:
            raise MalformedInput("What to do is fine or unpublish.")
    except StoaError as fault:
        return await _page(request, actor, query, fault=fault)
    return see_other(f"{FINDINGS}?done={act}")


async def _page(request: Request, actor: Actor, query: FindingsQuery, *, fault: StoaError | None = None) -> Response:
    asked = FindingQuery(limit=PER_PAGE, skip=(query.page - 1) * PER_PAGE)
    found = await FindingReads(reads_of(request)).page(asked)
    if query.page > 1 and not found.items:
        raise NotFound("The list ends before this page.")
    page = FindingsPage(
        meta=private_meta(request, "Articles to look at"),
        findings=tuple(_row(orjson.loads(item)) for item in found.items),
        tabs=tabs_for(actor, FINDINGS),
        rail=await rail_for(request, actor, "comments"),
        pager=pager(FINDINGS, query.page, more=found.next_cursor is not None),
        done=Done(_DONE[query.done]) if query.done in _DONE else None,
        result=BulkResult(fault.detail) if fault else None,
    )
    return await private_page(request, page, fault=fault)


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise MalformedInput("A finding is named by its id.") from None


def _row(item: Mapping[str, Any]) -> FindingRow:
    reason: str = item["reason"]
    return FindingRow(
        id=item["id"],
        title=item["article"]["title"],
        slug=item["article"]["slug"],
        author=item["author"]["display_name"] if item["author"] else "Somebody",
        found_at=datetime.fromisoformat(item["found_at"]),
        why=(reason[:1].upper() + reason[1:], f"Score {item['score']:.2f}", *kinds_of(item)),
        passages=tuple(Passage(one["before"], one["text"], one["after"], one["kind"]) for one in item["terms"]),
    )
