"""A web process on a database where commits are real."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from stoa.main import create_app
from stoa.shared.settings import Settings


@pytest.fixture
async def process(settings: Settings, own_database_url: str, redis_url: str, data_dir: Path) -> AsyncIterator[FastAPI]:
    app = create_app(settings, database_url=own_database_url, redis_url=redis_url, data_dir=data_dir)
    async with app.router.lifespan_context(app):
        yield app
