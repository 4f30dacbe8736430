"""The only place where modules, handlers and layers are joined into one application."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from stoa.events.handlers.all import EVENTS, all_work
from stoa.events.queue.router import router as task_queue
from stoa.events.router import router as events
from stoa.modules.ai.batches.schemas import MOST_BYTES as MOST_BATCH_BYTES
from stoa.modules.ai.chat.answering import Parts as ChatParts
from stoa.modules.ai.gateway.bodies import MOST_BYTES as MOST_GATEWAY_BYTES
from stoa.modules.ai.gateway.faults import openai_fault
from stoa.modules.ai.router import GATEWAY
from stoa.modules.ai.router import PERSONAL_DATA as CALLS_OF_PEOPLE
from stoa.modules.ai.router import ROUTERS as AI
from stoa.modules.audit.router import router as audit
from stoa.modules.auth.gate import AccountGate
from stoa.modules.auth.parts import make_parts
from stoa.modules.auth.router import ROUTERS as AUTH
from stoa.modules.auth.router import metadata
from stoa.modules.content.importing.folder import ImportFolder
from stoa.modules.content.router import PERSONAL_DATA
from stoa.modules.content.router import ROUTERS as CONTENT
from stoa.modules.deliveries.router import router as mail
from stoa.modules.notifications.live.hub import Hub
from stoa.modules.notifications.router import PERSONAL_DATA as NOTICES_OF_PEOPLE
from stoa.modules.notifications.router import ROUTERS as NOTIFICATIONS
from stoa.modules.notifications.wording.wording import Wording
from stoa.modules.users.router import router as users
from stoa.modules.webhooks.parts import WebhookParts
from stoa.modules.webhooks.router import router as webhooks
from stoa.shared.cache import Cache
from stoa.shared.changes import ChangeListener
from stoa.shared.database import Database
from stoa.shared.errors import Moved, StoaError
from stoa.shared.keyring import keyring_of
from stoa.shared.markdown.pool import MarkdownPool
from stoa.shared.media.choosing import picture_pool
from stoa.shared.media.images import LARGEST_UPLOAD
from stoa.shared.media.pool import PicturePool
from stoa.shared.middleware.body_limit import BodyLimit
from stoa.shared.middleware.front_door import FrontDoor
from stoa.shared.middleware.last_resort import LastResort
from stoa.shared.middleware.page_cache import PageCache, PageStore
from stoa.shared.middleware.request_context import RequestContext
from stoa.shared.middleware.security_headers import SecurityHeaders
from stoa.shared.openapi import describe
from stoa.shared.problems import problem_response
from stoa.shared.route_index import RouteIndex
from stoa.shared.security import check_declared
from stoa.shared.settings import Settings
from stoa.shared.throttle import Throttle
from stoa.shared.version import VERSION
from stoa.web import errors as web_errors
from stoa.web import routes as web
from stoa.web.ai.joining import running_models

MODULES: tuple[APIRouter, ...] = (
    *CONTENT,
    *AUTH,
    users,
    *NOTIFICATIONS,
    *AI,
    mail,
    webhooks,
    audit,
    events,
    task_queue,
)
API = "/api/v1"
UPLOADS = {
    **dict.fromkeys((f"{API}/users/me/avatar", "/settings/avatar"), 6_291_456),
    f"{API}/uploads": LARGEST_UPLOAD + 65_536,
    f"{API}/ai/batch": MOST_BATCH_BYTES,
    **dict.fromkeys(("/v1/chat/completions", "/v1/embeddings"), MOST_GATEWAY_BYTES),
}
IMPORTS = (f"{API}/imports", "/studio/import")
EDITOR = ("/studio/new", "/studio/articles/")  # an article, and the picture for its cover
_MACHINE_PATHS = (API, "/openapi.json", "/healthz", "/readyz", "/metrics", "/.well-known/")


def create_app(
    settings: Settings,
    *,
    database_url: str,
    redis_url: str,
    data_dir: Path,
    database: Database | None = None,
    markdown: MarkdownPool | None = None,
    pictures: PicturePool | None = None,
    chat: ChatParts | None = None,
) -> FastAPI:
    """The application for these settings and servers. Opens nothing before it is started.

    A `database`, or a pool of `markdown` or `pictures`, that is open already is used as it is, and left open. `chat` is
    what others do for chats.
    """
    store = PageStore(settings.cache.page_cache_mb * 1_048_576)
    keyring = keyring_of(settings, data_dir)
    personal_data = (*PERSONAL_DATA, *NOTICES_OF_PEOPLE, *CALLS_OF_PEOPLE)
    hub = Hub()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        async with AsyncExitStack() as stack:
            app.state.database = database or await stack.enter_async_context(Database(settings.database, database_url))
            app.state.cache = await stack.enter_async_context(Cache(redis_url))
            throttle = await stack.enter_async_context(Throttle(redis_url))
            app.state.auth = make_parts(settings, app.state.database, throttle, keyring, personal_data)
            stack.callback(app.state.auth.hasher.close)
            await app.state.auth.hasher.warm()
            app.state.gate = AccountGate(app.state.auth)
            own = MarkdownPool(settings.content.markdown_workers, settings.content.markdown_seconds)
            stack.push_async_callback(own.close)
            app.state.markdown = markdown or own
            own_pictures = picture_pool(settings)
            stack.push_async_callback(asyncio.to_thread, own_pictures.close)
            app.state.pictures = pictures or own_pictures
            listener = ChangeListener(database_url, connected=store.open, changed=store.clear, disconnected=store.close)
            await stack.enter_async_context(listener)
            await stack.enter_async_context(hub.listener(database_url))
            models = running_models(app, settings.ai, redis_url, keyring, chat)
            answering = await stack.enter_async_context(models)
            _quiet_garbage_collector()
            warming = asyncio.create_task(_warm(app), name="templates")
            stack.push_async_callback(asyncio.wait, [warming])

            def end() -> None:
                hub.end()
                answering.end()

            yield {"ending": end}  # called by the server when it is to stop

    app = FastAPI(
        title="Stoa", version=VERSION, lifespan=lifespan, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    app.state.settings = settings
    app.state.hub = hub
    app.state.wording = Wording(settings, keyring)
    app.state.import_folder = ImportFolder(data_dir, limit=settings.content.import_mb * 1_048_576)
    app.state.expected_handlers = all_work(settings).registry.expected()
    known = [event.type for event in EVENTS]
    app.state.webhooks = WebhookParts(keyring, known, settings.notices.private_targets)
    for module in MODULES:
        app.include_router(module, prefix=API)
    app.include_router(metadata)
    app.include_router(GATEWAY)
    web.install(app, settings, data_dir, store)
    for kind in (StoaError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _answer_fault)
    _add_layers(app, settings, store)
    check_declared(app)
    describe(app)
    app.router.middleware_stack = RouteIndex(app.router)
    return app


def _add_layers(app: FastAPI, settings: Settings, store: PageStore) -> None:
    """From the innermost to the outermost."""
    server = settings.server
    https = server.public_url.startswith("https://")
    uploads = {
        **UPLOADS,
        **dict.fromkeys(IMPORTS, (settings.content.import_mb + 1) * 1_048_576),
        **dict.fromkeys(EDITOR, server.body_limit + LARGEST_UPLOAD),
    }
    app.add_middleware(LastResort, answer=_answer_fault)
    app.add_middleware(
        BodyLimit, answer=_answer_fault, limit=server.body_limit, seconds=server.body_seconds, uploads=uploads
    )
    app.add_middleware(SecurityHeaders, https=https)
    app.add_middleware(PageCache, store=store)  # keeps answers with their headers
    app.add_middleware(FrontDoor, hosts=settings.hosts, https=https)
    app.add_middleware(RequestContext)


async def _answer_fault(request: Request, error: Exception) -> Response:
    if isinstance(error, Moved):
        return _moved(request, error)
    if request.url.path.startswith(GATEWAY.prefix + "/"):
        return openai_fault(request, error)
    if request.url.path.startswith(_MACHINE_PATHS):
        return problem_response(request, error)
    return await web_errors.error_page(request, error)


def _moved(request: Request, error: Moved) -> Response:
    former = str(request.path_params.get("slug", ""))
    path = "/".join(error.slug if part == former else part for part in request.url.path.split("/"))
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(path + query, 301, headers={"cache-control": "no-cache"})


async def _warm(app: FastAPI) -> None:
    """Answers begin before every template is compiled; those are made on their first use until then."""
    await asyncio.to_thread(app.state.pages.warm)
    gc.freeze()


def _quiet_garbage_collector() -> None:
    """What start-up made lives for ever: leave it out of collections (p99 of reads fell from 36 to 8 ms)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
