"""Static files and media, with content-addressed names that may be kept for ever."""

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse

from stoa.shared.errors import NotFound
from stoa.shared.media.names import MediaName, parse_name
from stoa.shared.media.store import FOR_EVER, MediaStore
from stoa.shared.security import PUBLIC
from stoa.web.assets import Assets

router = APIRouter(include_in_schema=False)
_ELSEWHERE = "public, max-age=3600"
_NOTHING = NotFound("There is no such image.")


@router.get("/static/{path}", **PUBLIC)
async def static(request: Request, path: str) -> Response:
    """A style sheet, script or icon."""
    assets: Assets = request.app.state.assets
    found = assets.find(path)
    if found is None:
        raise NotFound("There is no such file.")
    asset, never_changes = found
    headers = {
        "cache-control": FOR_EVER if never_changes else "no-cache",
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
    """A picture: sent from where it is kept, or found there by the browser itself."""
    name = parse_name(path)
    if name is None:
        raise _NOTHING
    store: MediaStore = request.app.state.media
    if store.public_url:
        return RedirectResponse(f"{store.public_url}/{name.text}", 302, headers={"cache-control": _ELSEWHERE})
    if _is_known(request, name) and await asyncio.to_thread(store.has, name.text):
        return Response(status_code=304, headers=_headers(name))
    return await _sent(store, name)


async def _sent(store: MediaStore, name: MediaName) -> Response:
    found = await store.open(name.text)
    if found is not None and found.path is not None:
        return FileResponse(found.path, headers=_headers(name), media_type=name.type)
    if found is not None and found.pieces is not None:
        headers = {**_headers(name), "content-length": str(found.size)}
        return StreamingResponse(found.pieces, headers=headers, media_type=name.type)
    raise _NOTHING


def _headers(name: MediaName) -> dict[str, str]:
    """A picture may be shown by feed readers too, on pages that are not ours."""
    return {"cache-control": FOR_EVER, "etag": f'"{name.text}"', "cross-origin-resource-policy": "cross-origin"}


def _is_known(request: Request, name: MediaName) -> bool:
    """Whether the browser has it: a picture never changes, so having it from any time will do."""
    tags = request.headers.get("if-none-match")
    if tags is None:
        return "if-modified-since" in request.headers
    return "*" in tags or f'"{name.text}"' in tags
