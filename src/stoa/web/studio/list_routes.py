"""The addresses of the list of articles: the list, and acts on several of them."""

from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from stoa.modules.content.articles.writing import ArticleWriting
from stoa.shared.database import database_of
from stoa.shared.errors import InvalidInput
from stoa.shared.security import Actor, ActorDep, require
from stoa.web.contexts import PageMeta
from stoa.web.forms import read_form
from stoa.web.private import private_meta, private_page, see_other
from stoa.web.studio.bulk import act_of, carry_out, tag_of
from stoa.web.studio.list_contexts import BulkResult
from stoa.web.studio.listing import ArticleLists, StudioQuery
from stoa.web.studio.rail_links import rail_for

router = APIRouter(prefix="/studio", include_in_schema=False)
QueryDep = Annotated[StudioQuery, Query()]


class Shelf:
    """Where one person's articles stand."""

    def __init__(self, request: Request, actor: ActorDep) -> None:
        state = request.app.state
        self.actor: Actor = actor
        self.meta: PageMeta = private_meta(request, "Studio")
        self.writing = ArticleWriting(database_of(request), state.markdown, language=state.settings.site.language)
        self.lists = ArticleLists(self.writing, actor)


ShelfDep = Annotated[Shelf, Depends()]


@router.get("", **require("create:article"))
async def articles(request: Request, shelf: ShelfDep, query: QueryDep) -> Response:
    """The articles one may work on."""
    rail = await rail_for(request, shelf.actor, "articles")
    return await private_page(request, await shelf.lists.page(shelf.meta, query, rail))


@router.post("/bulk", **require("create:article"))
async def act_on_several(request: Request, shelf: ShelfDep, query: QueryDep) -> Response:
    """Do one thing to the chosen articles, and tell what became of each."""
    form = await read_form(request, ("act", "tag", "restore"), lists=("slug",), longest=120)
    act = "restore" if form["restore"] else act_of(form["act"])
    slugs = [form["restore"]] if form["restore"] else list(form.lists.get("slug", ()))
    rail = await rail_for(request, shelf.actor, "articles")
    again = partial(shelf.lists.page, shelf.meta, query, rail, tag_typed=form["tag"])
    try:
        outcome = await carry_out(shelf.writing, shelf.actor, act, slugs, tag_of(act, form["tag"]))
    except InvalidInput as fault:
        page = await again(result=BulkResult(fault.detail), chosen=slugs)
        return await private_page(request, page, fault=fault)
    if outcome.refused:
        page = await again(result=outcome.result, chosen=outcome.refused_slugs)
        return await private_page(request, page, fault=outcome.fault)
    told = urlencode({**shelf.lists.filters(query).kept, "done": act, "count": outcome.done})
    return see_other(f"/studio?{told}")
