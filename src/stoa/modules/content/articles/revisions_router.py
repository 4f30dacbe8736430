"""The API of an article's revisions, and of the links that show it before it is out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.content.articles.asking import VersionsIfSent, written
from stoa.modules.content.articles.inputs import PreviewLinkIn, PreviewLinkOut
from stoa.modules.content.articles.previews import PreviewLinks
from stoa.modules.content.articles.revised import RevisionDiff, RevisionListItem, RevisionOut
from stoa.modules.content.articles.revisions import Revisions
from stoa.modules.content.articles.schemas import OwnArticleOut
from stoa.shared.answers import answers, private_json
from stoa.shared.database import database_of
from stoa.shared.listing import list_parameters, query_of
from stoa.shared.pagination import Page, PageQuery, page_json
from stoa.shared.parameters import SlugPath
from stoa.shared.security import ActorDep, require

router = APIRouter(prefix="/articles/{slug}", tags=["articles"])
_GONE = {status: said for status, said in answers(OwnArticleOut, 401, 403, 404).items() if status != 200}
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="Number of a revision; 1 is the first.")]


def _revisions(request: Request) -> Revisions:
    return Revisions(database_of(request), request.app.state.markdown)


def _previews(request: Request) -> PreviewLinks:
    return PreviewLinks(database_of(request))


Kept = Annotated[Revisions, Depends(_revisions)]
Previews = Annotated[PreviewLinks, Depends(_previews)]


@router.get(
    "/revisions",
    responses=answers(Page[RevisionListItem], 401, 403, 404),
    **require("edit:article", list_parameters(PageQuery)),
)
async def list_revisions(slug: SlugPath, request: Request, actor: ActorDep, revisions: Kept) -> Response:
    """List what an article was at each save, newest first."""
    query = query_of(request, PageQuery)
    page = await revisions.page(actor, slug, query)
    return private_json(page_json(page, limit=query.limit, skip=query.skip))


@router.get("/revisions/{number}", responses=answers(RevisionOut, 401, 403, 404), **require("edit:article"))
async def get_revision(slug: SlugPath, number: Number, actor: ActorDep, revisions: Kept) -> Response:
    """Read what an article was at a save."""
    return private_json(await revisions.one(actor, slug, number))


@router.get(
    "/revisions/{number}/diff/{other}", responses=answers(RevisionDiff, 401, 403, 404), **require("edit:article")
)
async def compare_revisions(
    slug: SlugPath, number: Number, other: Number, actor: ActorDep, revisions: Kept
) -> Response:
    """Compare two saves side by side; `other` is the one after."""
    diff = await revisions.diff(actor, slug, number, other)
    return private_json(diff.model_dump_json())


@router.post(
    "/revisions/{number}/restore",
    responses=answers(OwnArticleOut, 401, 403, 404, 412),
    **require("edit:article"),
)
async def restore_revision(
    slug: SlugPath, number: Number, versions: VersionsIfSent, actor: ActorDep, revisions: Kept
) -> Response:
    """Write again what was written then; address, status, visibility and language stay."""
    return written(await revisions.restore(actor, slug, number, versions))


@router.post(
    "/preview-link",
    status_code=201,
    responses=answers(PreviewLinkOut, 401, 403, 404, 409, status=201),
    **require("edit:article"),
)
async def make_preview_link(
    slug: SlugPath, wish: PreviewLinkIn, request: Request, actor: ActorDep, previews: Previews
) -> Response:
    """Make an address at which anybody can read the article, published or not, for some days; it is told this once."""
    link = await previews.make(actor, slug, wish.days)
    public_url = request.app.state.settings.server.public_url.rstrip("/")
    made = PreviewLinkOut(url=f"{public_url}/preview/{link.token}", expires_at=link.expires_at)
    return private_json(made.model_dump_json(), 201)


@router.delete("/preview-link", status_code=204, responses=_GONE, **require("edit:article"))
async def revoke_preview_links(slug: SlugPath, actor: ActorDep, previews: Previews) -> None:
    """End all preview links of an article."""
    await previews.revoke(actor, slug)
