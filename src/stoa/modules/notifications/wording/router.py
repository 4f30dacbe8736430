"""The API of what notices say, for those who run the site."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request

from stoa.modules.notifications.wording.schemas import TemplateIn, TemplateList, TemplateOut, WordsOut
from stoa.modules.notifications.wording.service import TemplateReads, TemplateService, preview
from stoa.modules.notifications.wording.wording import wording_of
from stoa.shared.answers import answers
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.security import ActorDep, require

router = APIRouter(prefix="/admin/notification-templates", tags=["notification templates"])
TypePath = Annotated[str, Path(min_length=1, max_length=60, description="Type of the notice.")]
_MAY = "edit:notification_template"


@router.get("", responses=answers(TemplateList, 401, 403), **require(_MAY))
async def list_templates(request: Request) -> TemplateList:
    """List what every notice says."""
    return await TemplateReads(reads_of(request), wording_of(request)).all()


@router.get("/{name}", responses=answers(TemplateOut, 401, 403, 404), **require(_MAY))
async def get_template(name: TypePath, request: Request) -> TemplateOut:
    """Read what a notice says, and what its words may name."""
    return await TemplateReads(reads_of(request), wording_of(request)).one(name)


@router.put("/{name}", status_code=204, responses=answers(TemplateOut, 401, 403, 404, 422), **require(_MAY))
async def change_template(
    name: TypePath, new: TemplateIn, request: Request, actor: ActorDep, session: SessionDep
) -> None:
    """Choose the words of a notice; they are tried out with examples first."""
    await TemplateService(session, wording_of(request)).change(name, new, actor)


@router.delete("/{name}", status_code=204, responses=answers(TemplateOut, 401, 403, 404), **require(_MAY))
async def reset_template(name: TypePath, request: Request, actor: ActorDep, session: SessionDep) -> None:
    """Go back to the built-in words."""
    await TemplateService(session, wording_of(request)).reset(name, actor)


@router.post("/{name}/preview", responses=answers(WordsOut, 401, 403, 404, 422), **require(_MAY))
async def preview_template(name: TypePath, new: TemplateIn, request: Request) -> WordsOut:
    """Fill words in with examples, without keeping them."""
    return preview(wording_of(request), name, new)
