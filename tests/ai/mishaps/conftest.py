"""Where limits are counted, for servers that a test starts itself."""

import os

import pytest


@pytest.fixture
def redis_url(worker_id: str) -> str:
    number = int(worker_id.removeprefix("gw")) + 9 if worker_id != "master" else 8
    return f"{os.environ['TESTS_VALKEY'].partition('?')[0]}?db={number}"
