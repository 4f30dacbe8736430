"""The interactive API documents at /docs: Swagger UI from its package, no outside request."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from stoa.shared.errors import NotFound
from stoa.shared.middleware.security_headers import CONTENT_SECURITY_POLICY
from stoa.shared.security import PUBLIC
from stoa.web.contexts import Site

router = APIRouter(include_in_schema=False)
_FILES = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
_START = """window.addEventListener("load", () => SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#docs", deepLinking: true, displayRequestDuration: true,
  presets: [SwaggerUIBundle.presets.apis], persistAuthorization: false,
}));
"""
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API · {name}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<script defer src="/docs/swagger-ui-bundle.js"></script>
<script defer src="/docs/start.js"></script>
</head>
<body><div id="docs"></div><noscript>The document itself is at <a href="/openapi.json">/openapi.json</a>.</noscript>
</body>
</html>
"""


@router.get("/docs", **PUBLIC)
async def docs(request: Request) -> Response:
    """The interactive API documents."""
    site: Site = request.app.state.site
    name = site.name.replace("&", "&amp;").replace("<", "&lt;")
    return Response(_PAGE.format(name=name), headers=_headers("no-cache"), media_type="text/html; charset=utf-8")


@router.get("/docs/start.js", **PUBLIC)
async def start() -> Response:
    """What starts the documents."""
    return Response(_START, headers=_headers("no-cache"), media_type="text/javascript; charset=utf-8")


@router.get("/docs/{name}", **PUBLIC)
async def file(name: str) -> Response:
    """A file of Swagger UI."""
    if name not in _FILES:
        raise NotFound("There is no such file.")
    return FileResponse(_folder() / name, headers=_headers("public, max-age=86400"), media_type=_FILES[name])


def _headers(kept: str) -> dict[str, str]:
    return {"cache-control": kept, "content-security-policy": CONTENT_SECURITY_POLICY}


@cache
def _folder() -> Path:
    """Where the package keeps its files, without importing it."""
    spec = find_spec("fastapi_offline")
    if spec is None or spec.origin is None:
        raise NotFound("The files of the API documents are not installed.")
    return Path(spec.origin).parent / "static"
