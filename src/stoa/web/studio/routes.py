"""The addresses of the editor: forms in, the writing service, a page or a redirect out."""

from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.modules.content.articles.errors import StaleArticle
from stoa.modules.content.articles.schemas import EditableArticle
from stoa.shared.errors import InvalidInput, StoaError
from stoa.shared.parameters import SlugPath
from stoa.shared.security import require
from stoa.web.forms import Form, read_form
from stoa.web.private import private_meta, private_page, see_other
from stoa.web.studio.contexts import ArticleFields
from stoa.web.studio.covers import with_cover
from stoa.web.studio.desk import Desk, DeskDep, act_of, sent_article, version_of
from stoa.web.studio.fields import errors_of, time_field, time_of

router = APIRouter(prefix="/studio", include_in_schema=False)
_DONE: Final = {"publish": "published", "schedule": "scheduled", "unpublish": "unpublished", "archive": "archived"}
_PASSED_ON: Final = frozenset({401, 404})
Sent = tuple[Form, ArticleFields]


@router.get("/new", **require("create:article"))
async def new_article(request: Request, desk: DeskDep) -> Response:
    """The form of a new article."""
    return await private_page(request, desk.pages.new(private_meta(request, "New article")))


@router.post("/new", **require("create:article"))
async def create_article(request: Request, desk: DeskDep) -> Response:
    """Make an article of the form, or show how it looks."""
    form, typed = await sent_article(request)
    act = act_of(form)
    meta = private_meta(request, "New article")
    try:
        typed = await with_cover(request, desk.actor, form, typed)
        if act == "preview":
            preview = await desk.preview(typed.body)
            shown = desk.pages.new(meta, typed, preview=preview, is_typed=True, publish_at=_time_typed(form))
            return await private_page(request, shown)
        desk.check(act, form["publish_at"])
        made = await desk.create(typed)
    except StoaError as fault:
        page = desk.pages.new(meta, typed, **_refusal(fault, form))
        return await private_page(request, page, fault=fault)
    return await _moved(request, desk, made, typed, form)


@router.get("/articles/{slug}", **require("edit:article"))
async def edit_article(request: Request, slug: SlugPath, desk: DeskDep, done: str = "") -> Response:
    """The form of an article; a former slug leads to it."""
    article = await desk.writing.editable(desk.actor, slug)
    return await private_page(request, await desk.pages.editor(_meta(request, article), article, done))


@router.post("/articles/{slug}", **require("edit:article"))
async def save_article(request: Request, slug: SlugPath, desk: DeskDep) -> Response:
    """Save the form, or show how it looks; a stale save is shown beside what is there."""
    form, typed = await sent_article(request)
    act, version = act_of(form), version_of(form)
    article = await desk.opened(slug)
    try:
        typed = await with_cover(request, desk.actor, form, typed)
        if act == "preview":
            shown = {"preview": await desk.preview(typed.body), "is_typed": True, "publish_at": _time_typed(form)}
            page = desk.pages.again(_meta(request, article), article, typed, version, **shown)
            return await private_page(request, page)
        desk.check(act, form["publish_at"])
        saved = await desk.change(article.slug, typed, version)
    except StaleArticle as fault:
        return await _conflict(request, desk, slug, (form, typed), fault)
    except StoaError as fault:
        page = desk.pages.again(_meta(request, article), article, typed, version, **_refusal(fault, form))
        return await private_page(request, page, fault=fault)
    return await _moved(request, desk, saved, typed, form)


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


async def _moved(request: Request, desk: Desk, saved: EditableArticle, typed: ArticleFields, form: Form) -> Response:
    """After the text is saved: what else was asked for. Refused, the form goes on from what is saved."""
    act = act_of(form)
    try:
        article = await desk.move(saved, act, form["publish_at"])
    except StaleArticle as fault:
        return await _conflict(request, desk, saved.slug, (form, typed), fault)
    except StoaError as fault:
        told = {**_refusal(fault, form), "notice": f"The text is saved, but: {fault.detail}"}
        page = desk.pages.again(_meta(request, saved), saved, typed, saved.version, **told)
        return await private_page(request, page, fault=fault)
    done = _DONE.get(act) or ("updated" if article.status == "published" else "saved")
    return see_other(f"/studio/articles/{article.slug}?done={done}")


async def _conflict(request: Request, desk: Desk, slug: str, sent: Sent, fault: StaleArticle) -> Response:
    form, typed = sent
    there = await desk.opened(slug)
    page = await desk.pages.conflict(_meta(request, there), there, typed, act_of(form), _time_typed(form))
    return await private_page(request, page, fault=fault)


def _refusal(fault: StoaError, form: Form) -> dict[str, Any]:
    """What a refused form says. Raises what the form cannot tell."""
    if fault.status in _PASSED_ON:
        raise fault
    return {"errors": errors_of(fault.faults), "notice": fault.detail, "publish_at": _time_typed(form)}


def _time_typed(form: Form) -> str:
    """The time as it was typed, if it is one."""
    try:
        return time_field(time_of(form["publish_at"]))
    except InvalidInput:
        return ""


def _meta(request: Request, article: EditableArticle) -> Any:
    return private_meta(request, f"Edit: {article.title}")
