"""The API of what becomes of an article: published, scheduled, withdrawn, restored, and the tags it carries."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from stoa.modules.content.articles.asking import VersionsIfSent, Writing, written
from stoa.modules.content.articles.inputs import ScheduleIn, TagsIn
from stoa.modules.content.articles.schemas import OwnArticleOut
from stoa.shared.answers import answers
from stoa.shared.parameters import SlugPath
from stoa.shared.security import ActorDep, require

router = APIRouter(prefix="/articles/{slug}", tags=["articles"])
_SAID = answers(OwnArticleOut, 401, 403, 404, 412)
TagPath = Annotated[str, Path(min_length=1, max_length=120, description="Slug of the tag.")]


@router.post("/restore", responses=_SAID, **require("delete:article"))
async def restore_article(slug: SlugPath, versions: VersionsIfSent, actor: ActorDep, writing: Writing) -> Response:
    """Bring a deleted article back, as a draft."""
    return written(await writing.restore(actor, slug, versions))


@router.post("/publish", responses=_SAID, **require("publish:article"))
async def publish_article(slug: SlugPath, versions: VersionsIfSent, actor: ActorDep, writing: Writing) -> Response:
    """Show an article to its readers."""
    return written(await writing.publish(actor, slug, versions))


@router.post("/schedule", responses=answers(OwnArticleOut, 401, 403, 404, 409, 412), **require("publish:article"))
async def schedule_article(
    slug: SlugPath, wish: ScheduleIn, versions: VersionsIfSent, actor: ActorDep, writing: Writing
) -> Response:
    """Have an article published by itself at a time that lies ahead."""
    return written(await writing.schedule(actor, slug, wish.publish_at, versions))


@router.post("/unpublish", responses=_SAID, **require("publish:article"))
async def unpublish_article(slug: SlugPath, versions: VersionsIfSent, actor: ActorDep, writing: Writing) -> Response:
    """Make an article a draft again; one that is scheduled does not go out."""
    return written(await writing.unpublish(actor, slug, versions))


@router.post("/archive", responses=_SAID, **require("publish:article"))
async def archive_article(slug: SlugPath, versions: VersionsIfSent, actor: ActorDep, writing: Writing) -> Response:
    """Withdraw an article from its readers and put it out of the way."""
    return written(await writing.archive(actor, slug, versions))


@router.post("/tags", responses=_SAID, **require("edit:article"))
async def add_tags_to_article(
    slug: SlugPath, more: TagsIn, versions: VersionsIfSent, actor: ActorDep, writing: Writing
) -> Response:
    """Give an article more tags."""
    return written(await writing.add_tags(actor, slug, more.tags, versions))


@router.delete("/tags/{tag}", responses=_SAID, **require("edit:article"))
async def remove_tag_from_article(
    slug: SlugPath, tag: TagPath, versions: VersionsIfSent, actor: ActorDep, writing: Writing
) -> Response:
    """Take a tag from an article; answers the article."""
    return written(await writing.remove_tag(actor, slug, tag, versions))
