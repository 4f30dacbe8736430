"""An application answers the same with its routes found by the beginning of the path as with all of them tried."""

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request

from stoa.shared.route_index import RouteIndex


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI(redirect_slashes=False)
    early, tags, anything = APIRouter(), APIRouter(prefix="/tags"), APIRouter()

    @early.get("/")
    @early.get("/tags/first")
    async def first(request: Request) -> str:
        return f"first, tag at {request.url_for('tag', slug='x').path}"

    @early.get("/map-{number}.xml")
    async def parameter_first(number: int) -> str:
        return f"map {number}"

    @tags.get("/{slug}")
    async def tag(slug: str) -> str:
        return f"tag {slug}"

    @tags.post("/{slug}")
    async def write(slug: str) -> str:
        return f"wrote {slug}"

    @anything.get("/{path:path}")
    async def rest(path: str) -> str:
        return f"rest {path}"

    for router, prefix in ((early, ""), (tags, ""), (tags, "/api/v1"), (anything, "/files")):
        app.include_router(router, prefix=prefix)
    return app


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("GET", "/", (200, '"first, tag at /tags/x"')),
        ("GET", "/tags/first", (200, '"first, tag at /tags/x"')),
        ("GET", "/tags/other", (200, '"tag other"')),
        ("GET", "/api/v1/tags/other", (200, '"tag other"')),
        ("POST", "/tags/other", (200, '"wrote other"')),
        ("DELETE", "/tags/other", (405, '{"detail":"Method Not Allowed"}')),
        ("GET", "/map-7.xml", (200, '"map 7"')),
        ("GET", "/files/a/b", (200, '"rest a/b"')),
        ("GET", "/nothing", (404, '{"detail":"Not Found"}')),
        ("GET", "/api", (404, '{"detail":"Not Found"}')),
        ("GET", "//tags/other", (404, '{"detail":"Not Found"}')),
    ],
)
async def test_answers_are_those_of_all_routes(app: FastAPI, method: str, path: str, answer: tuple[int, str]) -> None:
    for indexed in (False, True):
        if indexed:
            app.router.middleware_stack = RouteIndex(app.router)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
            response = await client.send(
                client.build_request(method, httpx.URL("http://site").copy_with(raw_path=path.encode()))
            )
        assert (response.status_code, response.text) == answer
