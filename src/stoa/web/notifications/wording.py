"""What notices say, for those who run the site: choose one, word it, see how it reads."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from stoa.modules.notifications.catalogue import CATEGORIES
from stoa.modules.notifications.errors import FaultyTemplate
from stoa.modules.notifications.wording.schemas import LIMITS, TemplateIn, TemplateOut
from stoa.modules.notifications.wording.service import TemplateReads, TemplateService, preview
from stoa.modules.notifications.wording.wording import wording_of
from stoa.shared.database import SessionDep, database_of, reads_of
from stoa.shared.errors import StoaError
from stoa.shared.security import ActorDep, require
from stoa.web.accounts.done import done_of
from stoa.web.forms import Form, FormState, checked, read_form, sentence
from stoa.web.notifications.contexts import NoticeTemplatePage, NoticeTemplatesPage, TemplateRow, Worded
from stoa.web.private import private_meta, private_page, see_other

router = APIRouter(prefix="/admin/notice-templates", include_in_schema=False)
_HERE = "/admin/notice-templates"
_MAY = "edit:notification_template"
_PARTS = tuple(LIMITS)
_LONGEST = 30_000
TypePath = Annotated[str, Path(max_length=60)]


@router.get("", **require(_MAY))
async def list_templates(request: Request) -> Response:
    """Every kind of notice."""
    found = await TemplateReads(reads_of(request), wording_of(request)).all()
    rows = tuple(_row(one) for one in found.items)
    return await private_page(request, NoticeTemplatesPage(private_meta(request, "Notices"), done_of(request), rows))


@router.get("/{kind}", **require(_MAY))
async def show_template(kind: TypePath, request: Request) -> Response:
    """The words of one kind, and how they read."""
    found = await TemplateReads(reads_of(request), wording_of(request)).one(kind)
    values = {part: getattr(found, part) or "" for part in _PARTS}
    words = TemplateIn(**{part: values[part] or None for part in _PARTS})
    try:
        return await _page(request, found, FormState(values), _worded(request, kind, words))
    except FaultyTemplate as fault:  # they worked when they were saved, and do not any more
        return await _page(request, found, FormState(values, message=sentence(fault.detail)))


@router.post("/{kind}", **require(_MAY))
async def save_template(kind: TypePath, actor: ActorDep, request: Request) -> Response:
    """Save the words, or only show how they read."""
    form = await read_form(request, (*_PARTS, "act"), longest=_LONGEST)
    found = await TemplateReads(reads_of(request), wording_of(request)).one(kind)
    try:
        new = _new(form)
        if form["act"] == "preview":
            return await _page(request, found, FormState(form.shown()), _worded(request, kind, new))
        wording = wording_of(request)
        await database_of(request).transact(lambda session: TemplateService(session, wording).change(kind, new, actor))
    except StoaError as fault:
        return await _page(request, found, form.refused(fault), fault=fault)
    return see_other(f"{_HERE}/{kind}?done=saved")


@router.post("/{kind}/reset", **require(_MAY))
async def reset_template(kind: TypePath, actor: ActorDep, session: SessionDep, request: Request) -> Response:
    """The built-in words again."""
    await read_form(request, ())
    await TemplateService(session, wording_of(request)).reset(kind, actor)
    return see_other(f"{_HERE}/{kind}?done=built-in")


async def _page(
    request: Request,
    found: TemplateOut,
    form: FormState,
    reads: Worded | None = None,
    fault: StoaError | None = None,
) -> Response:
    page = NoticeTemplatePage(
        meta=private_meta(request, found.label),
        done=None if fault else done_of(request),
        form=form,
        row=_row(found),
        names=tuple(one.name for one in found.variables),
        preview=reads,
    )
    return await private_page(request, page, fault=fault)


def _new(form: Form) -> TemplateIn:
    """Raises InvalidInput with what is wrong at each field."""
    form.demand("subject", "short", "text")
    return checked(TemplateIn, form.given(*_PARTS))


def _worded(request: Request, kind: str, words: TemplateIn) -> Worded:
    """Filled in with examples. Raises FaultyTemplate."""
    reads = preview(wording_of(request), kind, words)
    return Worded(reads.subject, reads.short, reads.text)


def _row(one: TemplateOut) -> TemplateRow:
    return TemplateRow(one.type, one.label, CATEGORIES[one.category].label, one.updated_at)
