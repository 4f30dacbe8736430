"""Is it alive, and is it ready: for supervisors, balancers and people."""

import asyncio

from fastapi import APIRouter, Request
from redis.exceptions import RedisError
from starlette.responses import JSONResponse

from stoa.shared.cache import Cache
from stoa.shared.database import Database
from stoa.shared.migrations import head
from stoa.shared.problems import as_stoa_error
from stoa.shared.queries import Query
from stoa.shared.security import PUBLIC
from stoa.shared.version import VERSION

router = APIRouter(tags=["health"])
_SECONDS = 3.0
_REVISION = Query.text("SELECT version_num FROM alembic_version")


@router.get("/healthz", **PUBLIC)
async def healthz() -> dict[str, str]:
    """Say that the process is alive."""
    return {"status": "alive", "version": VERSION}


@router.get("/readyz", **PUBLIC)
async def readyz(request: Request) -> JSONResponse:
    """Say whether every part answers, and if not, why. Only the database is needed to be ready."""
    database, cache = await asyncio.gather(_database(request.app.state.database), _cache(request.app.state.cache))
    ready = database == "ok"
    body = {"status": "ready" if ready else "not ready", "database": database, "valkey": cache}
    return JSONResponse(body, 200 if ready else 503)


async def _database(database: Database) -> str:
    try:
        async with asyncio.timeout(_SECONDS):
            revision = await database.reads.fetch_value(_REVISION)
    except Exception as error:  # whatever it is, it is the reason
        if as_stoa_error(error) is None:
            raise
        return f"does not answer ({type(error).__name__})"
    return "ok" if revision == head() else f"the schema is at {revision}, not at {head()}: run `stoa migrate up`"


async def _cache(cache: Cache) -> str:
    try:
        async with asyncio.timeout(_SECONDS):
            await cache.ping()
    except (RedisError, OSError, TimeoutError) as error:
        return f"does not answer ({type(error).__name__}); everything works, some of it slower"
    return "ok"
