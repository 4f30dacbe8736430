"""The limit: Starlette and asyncpg with hand-written SQL and nothing else. `uvicorn benchmarks.peers.bare:app`."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_FIELDS = """
    'id', a.id, 'slug', a.slug, 'title', a.title, 'excerpt', a.excerpt, 'summary', a.summary, 'status', a.status,
    'tags', (SELECT coalesce(json_agg(t.slug ORDER BY t.slug), '[]') FROM article_tags l
             JOIN tags t ON t.id = l.tag_id WHERE l.article_id = a.id),
    'author', json_build_object('username', u.username, 'display_name', u.display_name),
    'published_at', a.published_at, 'updated_at', a.updated_at, 'version', a.version,
    'reading_minutes', a.reading_minutes, 'comment_count', a.comment_count
"""
_PUBLIC = "a.status = 'published' AND a.visibility = 'public' AND a.deleted_at IS NULL"
_LISTED = f"{_PUBLIC} AND a.kind = 'article'"


def _list(rows: str) -> str:
    return f"""
    SELECT json_build_object('items', json_agg(json_build_object({_FIELDS}) ORDER BY a.published_at DESC, a.id DESC))
    FROM ({rows} LIMIT 20) a JOIN users u ON u.id = a.author_id
    """


_ALL = _list(f"SELECT * FROM articles a WHERE {_LISTED} ORDER BY published_at DESC, id DESC")
_OF_AUTHOR = _list(f"""
    SELECT * FROM articles a WHERE {_LISTED} AND a.author_id = (SELECT id FROM users WHERE username = $1)
    ORDER BY published_at DESC, id DESC
""")
_OF_TAG = _list(f"""
    SELECT a.* FROM article_tags l JOIN articles a ON a.id = l.article_id
    WHERE l.tag_id = (SELECT id FROM tags WHERE slug = $1 AND deleted_at IS NULL) AND l.is_public AND {_LISTED}
    ORDER BY l.published_at DESC, l.article_id DESC
""")
_ONE = f"""
    SELECT json_build_object({_FIELDS}, 'body', a.body, 'html', a.html)
    FROM articles a JOIN users u ON u.id = a.author_id WHERE a.slug = $1 AND {_PUBLIC}
"""


async def _keep(_: asyncpg.Connection) -> None:
    pass


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    async with asyncpg.create_pool(
        os.environ["DATABASE_URL"], min_size=8, max_size=8, reset=_keep, server_settings={"jit": "off"}
    ) as pool:
        app.state.pool = pool
        yield


async def articles(request: Request) -> Response:
    pool, asked = request.app.state.pool, request.query_params
    if author := asked.get("author"):
        found = await pool.fetchval(_OF_AUTHOR, author)
    elif tag := asked.get("tags"):
        found = await pool.fetchval(_OF_TAG, tag)
    else:
        found = await pool.fetchval(_ALL)
    return Response(found, media_type="application/json")


async def article(request: Request) -> Response:
    found = await request.app.state.pool.fetchval(_ONE, request.path_params["slug"])
    return Response(found, media_type="application/json", status_code=200 if found else 404)


app = Starlette(
    routes=[Route("/api/v1/articles", articles), Route("/api/v1/articles/{slug}", article)], lifespan=_lifespan
)
