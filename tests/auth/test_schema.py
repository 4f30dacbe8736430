"""schemathesis asks all that the OpenAPI document allows, and much that it does not: no 5xx, nothing undocumented."""

import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stoa.main import create_app
from stoa.shared.settings import Settings
from tests.people import People
from tests.running_site import served

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance"
# Acts that end the identity that asks, and a stream that does not end by itself; they are asked anonymously.
FINAL = r"/api/v1/(logout|sessions.*|users/me|password/change|notifications/stream)$"


@pytest.fixture
async def site(own_database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[str]:
    with served(own_database_url, redis_url, tmp_path, log=tmp_path / "site.log", ai_embedded="false") as address:
        yield address


@pytest.mark.slow
@pytest.mark.parametrize("role", ["nobody", "creator", "admin"])
async def test_answers_as_documented(
    role: str, site: str, own_database_url: str, redis_url: str, tmp_path: Path
) -> None:
    options = ["--checks", CHECKS, "--phases", "coverage,fuzzing", "--max-examples", "10", "--seed", "1"]
    if role != "nobody":
        settings = Settings.load(env_file=None, public_url=site)
        app = create_app(settings, database_url=own_database_url, redis_url=redis_url, data_dir=tmp_path)
        async with app.router.lifespan_context(app), await People(app).client(role) as client:
            options += ["-H", f"Authorization: {client.headers['authorization']}", "--exclude-path-regex", FINAL]
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{site}/openapi.json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)  # noqa: ASYNC221 # a test
    assert done.returncode == 0, _failures(done.stdout)
    tested = re.search(r"Tested: (\d+)", done.stdout)
    assert tested is not None, done.stdout[-2000:]
    assert int(tested.group(1)) >= 40, done.stdout[-2000:]
    log = (tmp_path / "site.log").read_text(encoding="utf-8")  # a test
    assert '"status":5' not in log
    assert "Traceback" not in log


def _failures(printed: str) -> str:
    """What failed, without the warnings behind it."""
    return printed[printed.find("= FAILURES") :].partition("= WARNINGS")[0][:5000]
