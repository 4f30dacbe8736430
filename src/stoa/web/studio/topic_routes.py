"""The addresses of topics: look for one, rename it, merge it into another, delete and restore it."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from stoa.modules.content.tags.schemas import TagChange
from stoa.modules.content.tags.service import TagService
from stoa.shared.database import SessionDep, database_of, reads_of
from stoa.shared.errors import Moved, StoaError
from stoa.shared.parameters import SlugPath
from stoa.shared.security import Actor, ActorDep, require
from stoa.web.forms import Form, checked, read_form
from stoa.web.private import private_meta, private_page, see_other
from stoa.web.studio.rail_links import rail_for
from stoa.web.studio.topics import HERE, Topics, TopicsQuery

NEEDS: Final = "edit:tag"
router = APIRouter(prefix=HERE, include_in_schema=False)


async def _topics(request: Request, actor: ActorDep) -> Topics:
    person: Actor = actor
    return Topics(reads_of(request), person, await rail_for(request, person, "topics"))


TopicsDep = Annotated[Topics, Depends(_topics)]


@router.get("", **require(NEEDS))
async def list_topics(request: Request, topics: TopicsDep, query: Annotated[TopicsQuery, Query()]) -> Response:
    """The topics there are, or the bin."""
    meta = private_meta(request, "Topics")
    page = await (topics.bin(meta, query) if query.show == "bin" else topics.living(meta, query))
    return await private_page(request, page)


@router.get("/{slug}", **require(NEEDS))
async def show_topic(request: Request, slug: SlugPath, topics: TopicsDep, done: str = "") -> Response:
    """One topic; a former slug leads to it."""
    try:
        topic = await topics.topic(slug)
    except Moved as moved:
        return see_other(f"{HERE}/{moved.slug}")
    return await private_page(request, await topics.one(private_meta(request, topic.name), topic, done=done))


@router.post("/{slug}", **require(NEEDS))
async def rename_topic(request: Request, slug: SlugPath, actor: ActorDep, topics: TopicsDep) -> Response:
    """Give it another name or address."""
    form = await read_form(request, ("name", "slug"))
    topic = await topics.topic(slug)
    try:
        form.demand("name")
        change = checked(TagChange, form.given("name", "slug"))
        saved = await database_of(request).transact(lambda session: TagService(session).change(slug, change, actor))
    except StoaError as fault:
        page = await topics.one(private_meta(request, topic.name), topic, form.refused(fault))
        return await private_page(request, page, fault=fault)
    return see_other(f"{HERE}/{saved.slug}?done=saved")


@router.get("/{slug}/merge", **require(NEEDS))
async def ask_to_merge(
    request: Request, slug: SlugPath, topics: TopicsDep, into: Annotated[str, Query(max_length=120)] = ""
) -> Response:
    """Say how many articles move, before they do."""
    source = await topics.topic(slug)
    try:
        target = await topics.target(into, source)
    except StoaError as fault:
        form = Form({"into": into}, {}, {}).refused(fault)
        page = await topics.one(private_meta(request, source.name), source, merging=form)
        return await private_page(request, page, fault=fault)
    title = f"Merge “{source.name}”?"
    return await private_page(request, await topics.ask_merge(private_meta(request, title), source, target))


@router.post("/{slug}/merge", **require(NEEDS))
async def merge_topics(request: Request, slug: SlugPath, actor: ActorDep, session: SessionDep) -> Response:
    """Move its articles and its address to another topic."""
    form = await read_form(request, ("into",), longest=120)
    form.demand("into")
    merged = await TagService(session).merge(slug, form["into"], actor)
    return see_other(f"{HERE}/{merged.slug}?done=merged")


@router.get("/{slug}/delete", **require("delete:tag"))
async def ask_to_delete(request: Request, slug: SlugPath, topics: TopicsDep) -> Response:
    """Ask before a topic goes to the bin."""
    topic = await topics.topic(slug)
    meta = private_meta(request, f"Delete “{topic.name}”?")
    return await private_page(request, await topics.ask_delete(meta, topic))


@router.post("/{slug}/delete", **require("delete:tag"))
async def delete_topic(request: Request, slug: SlugPath, actor: ActorDep, session: SessionDep) -> Response:
    """Put a topic in the bin."""
    await read_form(request, ())
    await TagService(session).delete(slug, actor)
    return see_other(f"{HERE}?done=deleted")


@router.post("/{slug}/restore", **require("delete:tag"))
async def restore_topic(request: Request, slug: SlugPath, actor: ActorDep, session: SessionDep) -> Response:
    """Bring a topic back with its articles."""
    await read_form(request, ())
    restored = await TagService(session).restore(slug, actor)
    return see_other(f"{HERE}/{restored.slug}?done=restored")
