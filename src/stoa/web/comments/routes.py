"""The page of an article, and what is sent from its lower half: comments, acts on them, reactions."""

from typing import Annotated, Any, Final, Literal, get_args
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from stoa.modules.auth.parts import parts_of
from stoa.modules.content.comments.asking import CommentId, Writing
from stoa.modules.content.comments.moderation import CommentModeration
from stoa.modules.content.comments.policy import WRITE
from stoa.modules.content.comments.schemas import CommentChange, CommentIn
from stoa.modules.content.passages.related import related_of
from stoa.modules.content.reactions.schemas import Kind
from stoa.modules.content.reactions.service import ReactionService
from stoa.shared.database import SessionDep, database_of, reads_of
from stoa.shared.errors import InvalidInput, NotFound, StoaError, TooManyRequests
from stoa.shared.if_match import IfMatch
from stoa.shared.parameters import SlugPath
from stoa.shared.security import PUBLIC, SIGNED_IN, Actor, ActorDep, require, viewer_of
from stoa.web.cards import author_of
from stoa.web.comments.building import TalkWishes, reactions_of, talk_below
from stoa.web.comments.contexts import Talk
from stoa.web.footer import footer_of
from stoa.web.forms import Form, FormState, checked, read_form
from stoa.web.pages import PageBuilder, follow_of
from stoa.web.private import see_other
from stoa.web.studio.previews import way_to_draft
from stoa.web.visitors import HTML, page_answer, pages_of, visitor_of

router = APIRouter(include_in_schema=False)
Act = Annotated[Literal["approve", "reject", "delete", "restore"], Path()]
_PLACE: Final = ("slug", "sort", "after")
AUTHOR_CARD: Final = "author-card"
_LONGEST: Final = {"body": 20_000, "after": 512, "parent_id": 40}


@router.get("/articles/{slug}", **PUBLIC)
async def article(request: Request, slug: SlugPath, wishes: Annotated[TalkWishes, Query()]) -> Response:
    """One article, with its comments; its author is led from what is not out yet to the studio."""
    try:
        return await _page(request, await viewer_of(request), slug, wishes)
    except NotFound:
        way = await way_to_draft(request, slug)
        if way is None:
            raise
        return way


@router.post("/articles/{slug}/comments", **require(WRITE))
async def write_comment(request: Request, slug: SlugPath, actor: ActorDep, writing: Writing) -> Response:
    """Write a comment, or answer one."""
    form = await read_form(request, (*_PLACE, "body", "parent_id"), longest=_LONGEST)
    try:
        form.demand("body")
        new = checked(CommentIn, form.given("body", "parent_id"))
        saved = await writing.create(actor, slug, new)
    except StoaError as fault:
        return await _refused(request, actor, slug, form, fault, reply=form["parent_id"])
    place = _talk(form, slug).address(sort="" if new.parent_id else "newest", after=None if new.parent_id else "")
    return see_other(f"{place}#comment-{saved.id}")


@router.post("/comments/{comment_id}/edit", **require(WRITE))
async def edit_comment(request: Request, comment_id: CommentId, actor: ActorDep, writing: Writing) -> Response:
    """Change one's own comment."""
    form = await read_form(request, (*_PLACE, "body", "version"), longest=_LONGEST)
    try:
        form.demand("body")
        if not form["version"].isascii() or not form["version"].isdigit() or len(form["version"]) > 9:
            raise InvalidInput("The form does not say which version was changed. Open it again.")
        change = checked(CommentChange, form.given("body"))
        await writing.change(actor, comment_id, IfMatch.exactly(int(form["version"])), change.body)
    except StoaError as fault:
        return await _refused(request, actor, form["slug"], form, fault, edit=str(comment_id))
    return _back(form, comment_id)


@router.post("/comments/{comment_id}/{act}", **require(SIGNED_IN))
async def act_on_comment(request: Request, comment_id: CommentId, act: Act, actor: ActorDep) -> Response:
    """Approve, hide, delete or restore a comment."""
    form = await read_form(request, _PLACE, longest=_LONGEST)
    await database_of(request).transact(lambda session: getattr(CommentModeration(session), act)(actor, comment_id))
    return _back(form, comment_id)


@router.post("/articles/{slug}/reactions", **require(SIGNED_IN))
async def react(request: Request, slug: SlugPath, actor: ActorDep, session: SessionDep) -> Response:
    """React to an article, or take it back."""
    form = await read_form(request, ("kind", "is_mine"))
    kind = next((one for one in get_args(Kind) if one == form["kind"]), None)
    if kind is None:
        raise InvalidInput("There is no such reaction. Choose one of those below the article.")
    service = ReactionService(session, parts_of(request).throttle)
    await (service.withdraw if form["is_mine"] else service.react)(actor, slug, kind)
    return see_other(f"{Talk(slug).path}#reactions")


async def _page(
    request: Request,
    actor: Actor | None,
    slug: str,
    wishes: TalkWishes,
    *,
    form: FormState | None = None,
    fault: StoaError | None = None,
) -> Response:
    reads = reads_of(request)
    builder = PageBuilder(reads, request.app.state.site, related_of(request))
    found = await builder.found_article(slug)
    mode = request.app.state.settings.content.comments
    below = await talk_below(reads, actor, slug, wishes, mode=mode, form=form)
    back = f"{below.talk.path}#{AUTHOR_CARD}"
    follow = follow_of(author_of(found["author"]), actor, back, is_followed=below.follows_author)
    page = await builder.article(found, below.talk, reactions_of(found["reactions"], below.mine), follow)
    if actor is None:
        return await page_answer(request, page)
    headers = {"cache-control": "private, no-store", "vary": "Cookie"}
    if isinstance(fault, TooManyRequests):
        headers["retry-after"] = str(fault.retry_after)
    html = pages_of(request).render(page, await visitor_of(request, actor), await footer_of(request))
    return Response(html, fault.status if fault else 200, headers=headers, media_type=HTML)


async def _refused(
    request: Request, actor: Actor, slug: str, form: Form, fault: StoaError, *, reply: str = "", edit: str = ""
) -> Response:
    """The page again, with what was typed and why it was refused."""
    state = form.refused(fault)
    wishes = TalkWishes(**_chosen(form), reply=reply, edit=edit)
    return await _page(request, actor, slug, wishes, form=state, fault=fault)


def _back(form: Form, comment_id: UUID) -> Response:
    return see_other(f"{_talk(form, form['slug']).address()}#comment-{comment_id}" if form["slug"] else "/")


def _talk(form: Form, slug: str) -> Talk:
    chosen = _chosen(form)
    return Talk(slug, sort=chosen["sort"], after=chosen["after"])


def _chosen(form: Form) -> dict[str, Any]:
    return {"sort": "newest" if form["sort"] == "newest" else "oldest", "after": form["after"]}
