"""Static files and media, with content-addressed names that may be kept for ever."""

import asyncio
import re
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from stoa.shared.errors import NotFound
from stoa.shared.security import PUBLIC
from stoa.web.assets import Assets

router = APIRouter(include_in_schema=False)
_FOR_EVER = "public, max-age=31536000, immutable"
_MEDIA = re.compile(r"[0-9a-f]{2}/[0-9a-f]{8,64}\.(?P<kind>png|jpg|webp|gif)")
_KINDS = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "gif": "image/gif"}


@router.get("/static/{path}", **PUBLIC)
async def static(request: Request, path: str) -> Response:
    """A style sheet, script or icon."""
    assets: Assets = request.app.state.assets
    found = assets.find(path)
    if found is None:
        raise NotFound("There is no such file.")
    asset, never_changes = found
    headers = {
        "cache-control": _FOR_EVER if never_changes else "no-cache",
        "etag": asset.etag,
        "vary": "accept-encoding",
    }
    if asset.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    zipped = "gzip" in request.headers.get("accept-encoding", "")
    if zipped:
        headers["content-encoding"] = "gzip"
    return Response(asset.gzipped if zipped else asset.body, headers=headers, media_type=asset.media_type)


@router.get("/service-worker.js", **PUBLIC)
async def service_worker(request: Request) -> Response:
    """At the root: a service worker has a say over what stands below its own address only."""
    return await static(request, "service-worker.js")


@router.get("/media/{path:path}", **PUBLIC)
async def media(request: Request, path: str) -> Response:
    """An image of an article."""
    named = _MEDIA.fullmatch(path)
    folder: Path = request.app.state.media_folder
    file = folder / path
    if named is None or not await asyncio.to_thread(file.is_file):
        raise NotFound("There is no such image.")
    return FileResponse(file, headers={"cache-control": _FOR_EVER}, media_type=_KINDS[named["kind"]])
