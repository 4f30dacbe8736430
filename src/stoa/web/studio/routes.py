"""The addresses of the studio: forms in, the writing service, a page or a redirect out."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from markupsafe import Markup
from starlette.responses import Response

from stoa.modules.content.articles.errors import StaleArticle
from stoa.modules.content.articles.inputs import ArticleChange, ArticleIn
from stoa.modules.content.articles.schemas import EditableArticle
from stoa.modules.content.articles.writing import ArticleWriting
from stoa.shared.database import database_of, reads_of
from stoa.shared.errors import MalformedInput, Moved, StoaError
from stoa.shared.if_match import IfMatch
from stoa.shared.markdown.document import MAX_SOURCE
from stoa.shared.parameters import SlugPath
from stoa.shared.security import Actor, ActorDep, require
from stoa.web.forms import Form, read_form
from stoa.web.private import private_meta, private_page, see_other
from stoa.web.studio.contexts import ArticleFields
from stoa.web.studio.fields import NAMES, checked, errors_of, typed_fields
from stoa.web.studio.pages import StudioPages

router = APIRouter(prefix="/studio", include_in_schema=False)
_ACTS: Final = ("save", "preview", "publish", "schedule", "unpublish", "archive")
_DONE: Final = {
    "publish": "published",
    "schedule": "scheduled",
    "unpublish": "unpublished",
    "archive": "archived",
}
_LONGEST: Final = {"body": 2 * MAX_SOURCE}
_PASSED_ON: Final = frozenset({401, 404})


class Desk:
    """Where one person writes: the service, the pages, and who it is."""

    def __init__(self, request: Request, actor: ActorDep) -> None:
        state = request.app.state
        self.actor: Actor = actor
        self.writing = ArticleWriting(database_of(request), state.markdown, language=state.settings.site.language)
        self.pages = StudioPages(self.writing, reads_of(request), actor)

    async def opened(self, slug: str) -> EditableArticle:
        """The article that has or had this slug."""
        try:
            return await self.writing.editable(self.actor, slug)
        except Moved as moved:
            return await self.writing.editable(self.actor, moved.slug)

    async def preview(self, typed: ArticleFields) -> Markup:
        return Markup((await self.writing.preview(typed.body)).html)  # noqa: S704 # sanitised by the renderer

    async def create(self, typed: ArticleFields, act: str) -> EditableArticle:
        self._check(act)
        made = await self.writing.create(self.actor, checked(ArticleIn, typed))
        return await self._move(made, act)

    async def change(self, article: EditableArticle, typed: ArticleFields, version: int, act: str) -> EditableArticle:
        """Save what was typed, then publish or unpublish. Raises StaleArticle, and nothing is saved."""
        self._check(act)
        change = checked(ArticleChange, typed)
        saved = await self.writing.change(self.actor, article.slug, change, IfMatch.exactly(version))
        return await self._move(saved, act)

    async def _move(self, saved: EditableArticle, act: str) -> EditableArticle:
        as_saved = IfMatch.exactly(saved.version)
        if act == "publish":
            return await self.writing.publish(self.actor, saved.slug, as_saved)
        if act == "unpublish":
            return await self.writing.unpublish(self.actor, saved.slug, as_saved)
        return saved

    def _check(self, act: str) -> None:
        """Before anything is saved."""
        if act in _DONE and not self.actor.can("moderate:article"):
            self.actor.demand("publish:article")


DeskDep = Annotated[Desk, Depends()]


@router.get("/new", **require("create:article"))
async def new_article(request: Request, desk: DeskDep) -> Response:
    """The form of a new article."""
    return await private_page(request, desk.pages.new(private_meta(request, "New article")))


@router.post("/new", **require("create:article"))
async def create_article(request: Request, desk: DeskDep) -> Response:
    """Make an article of the form, or show how it looks."""
    form, typed = await _sent(request)
    act = _act_of(form)
    meta = private_meta(request, "New article")
    try:
        if act == "preview":
            preview = await desk.preview(typed)
            return await private_page(request, desk.pages.new(meta, typed, preview=preview, is_typed=True))
        made = await desk.create(typed, act)
    except StoaError as fault:
        page = desk.pages.new(meta, typed, **_refusal(fault))
        return await private_page(request, page, fault=fault)
    return _saved(made, act)


@router.get("/articles/{slug}", **require("edit:article"))
async def edit_article(request: Request, slug: SlugPath, desk: DeskDep, done: str = "") -> Response:
    """The form of an article; a former slug leads to it."""
    article = await desk.writing.editable(desk.actor, slug)
    return await private_page(request, await desk.pages.editor(_meta(request, article), article, done))


@router.post("/articles/{slug}", **require("edit:article"))
async def save_article(request: Request, slug: SlugPath, desk: DeskDep) -> Response:
    """Save the form, or show how it looks; a stale save is shown beside what is there."""
    form, typed = await _sent(request)
    act, version = _act_of(form), _version_of(form)
    article = await desk.opened(slug)
    meta = _meta(request, article)
    try:
        if act == "preview":
            preview = await desk.preview(typed)
            page = desk.pages.again(meta, article, typed, version, preview=preview, is_typed=True)
            return await private_page(request, page)
        return _saved(await desk.change(article, typed, version, act), act)
    except StaleArticle as fault:
        there = await desk.opened(slug)
        conflict = await desk.pages.conflict(_meta(request, there), there, typed, act)
        return await private_page(request, conflict, fault=fault)
    except StoaError as fault:
        page = desk.pages.again(meta, article, typed, version, **_refusal(fault))
        return await private_page(request, page, fault=fault)


@router.get("/articles/{slug}/delete", **require("delete:article"))
async def ask_to_delete(request: Request, slug: SlugPath, desk: DeskDep) -> Response:
    """Ask before an article goes to the bin."""
    article = await desk.writing.editable(desk.actor, slug)
    return await private_page(request, desk.pages.delete(private_meta(request, "Delete this article?"), article))


@router.post("/articles/{slug}/delete", **require("delete:article"))
async def delete_article(request: Request, slug: SlugPath, desk: DeskDep) -> Response:
    """Put an article in the bin."""
    await read_form(request, ())
    await desk.writing.delete(desk.actor, slug)
    return see_other("/studio?done=deleted")


@router.post("/articles/{slug}/restore", **require("delete:article"))
async def restore_article(request: Request, slug: SlugPath, desk: DeskDep) -> Response:
    """Bring an article back from the bin."""
    await read_form(request, ())
    article = await desk.writing.restore(desk.actor, slug)
    return see_other(f"/studio/articles/{article.slug}?done=restored")


async def _sent(request: Request) -> tuple[Form, ArticleFields]:
    form = await read_form(request, {*NAMES, "act", "version"}, longest=_LONGEST)
    return form, typed_fields(form.texts)


def _act_of(form: Form) -> str:
    act = form["act"] or "save"
    if act not in _ACTS:
        raise MalformedInput(f"What to do is one of {', '.join(_ACTS)}.")
    return act


def _version_of(form: Form) -> int:
    sent = form["version"]
    if not sent.isascii() or not sent.isdigit() or len(sent) > 9:
        raise MalformedInput("The form does not say which version was read. Load the page again.")
    return int(sent)


def _refusal(fault: StoaError) -> dict[str, Any]:
    """What a refused form says. Raises what the form cannot tell."""
    if fault.status in _PASSED_ON:
        raise fault
    return {"errors": errors_of(fault.faults), "notice": fault.detail}


def _saved(article: EditableArticle, act: str) -> Response:
    done = _DONE.get(act) or ("updated" if article.status == "published" else "saved")
    return see_other(f"/studio/articles/{article.slug}?done={done}")


def _meta(request: Request, article: EditableArticle) -> Any:
    return private_meta(request, f"Edit: {article.title}")
