from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from stoa.main import create_app
from stoa.shared.media.pool import PicturePool
from stoa.shared.settings import Settings
from tests.shared.media.conftest import small_disk

__all__ = ["small_disk"]


@pytest.fixture
async def own_app(
    own_database_url: str, settings: Settings, redis_url: str, tmp_path: Path, pictures: PicturePool
) -> AsyncIterator[FastAPI]:
    """An application with real commits."""
    made = create_app(
        settings, database_url=own_database_url, redis_url=redis_url, data_dir=tmp_path, pictures=pictures
    )
    async with made.router.lifespan_context(made):
        yield made
