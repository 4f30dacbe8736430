"""Servers for commands."""

from pathlib import Path

import pytest


@pytest.fixture
def servers(own_database_url: str, redis_url: str, tmp_path: Path) -> dict[str, str]:
    return {"DATABASE_URL": own_database_url, "REDIS_URL": redis_url, "STOA_DATA_DIR": str(tmp_path / "data")}
