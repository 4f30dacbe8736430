"""The front door of content's API."""

from fastapi import APIRouter

from stoa.modules.content.articles.router import router as articles
from stoa.modules.content.tags.router import router as tags

router = APIRouter()
router.include_router(tags)
router.include_router(articles)
