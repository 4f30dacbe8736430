"""The API of the site's features."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.ai.calling.router import sse
from stoa.modules.ai.engine.parts import engine_of
from stoa.modules.ai.features.asking import Asking
from stoa.modules.ai.features.classifying import Classifying
from stoa.modules.ai.features.editing.schemas import Edited, EditIn
from stoa.modules.ai.features.editing.service import Editing
from stoa.modules.ai.features.generating import Generating
from stoa.modules.ai.features.moderating import moderated
from stoa.modules.ai.features.schemas import (
    Classified,
    ClassifyIn,
    Generated,
    GenerateIn,
    Moderated,
    ModerateIn,
    SummarizeIn,
    Summary,
)
from stoa.modules.ai.features.summarising import Summarising
from stoa.modules.ai.features.texts import texts_of
from stoa.modules.ai.templates.service import TemplateReads
from stoa.shared.answers import answers, private_json
from stoa.shared.database import reads_of
from stoa.shared.security import ActorDep, require

NEEDS = "use:ai"
router = APIRouter(prefix="/ai", tags=["ai"])
_FAULTS = (401, 403, 404, 422, 429, 502, 503, 504)
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "Events: start, delta, usage, done or error"}
}


def _asking(request: Request) -> Asking:
    return Asking(engine_of(request), request.app.state.cache)


def _generating(request: Request) -> Generating:
    return Generating(_asking(request), TemplateReads(reads_of(request)))


@router.post("/generate", responses=answers(Generated, *_FAULTS), **require(NEEDS))
async def generate(ask: GenerateIn, actor: ActorDep, request: Request) -> Response:
    """Write a text from a template; the very same request is answered from what was kept, and costs nothing."""
    return private_json((await _generating(request).whole(ask, actor)).model_dump_json())


@router.post("/generate/stream", responses={**answers(Generated, *_FAULTS), **_STREAM}, **require(NEEDS))
async def generate_stream(ask: GenerateIn, actor: ActorDep, request: Request) -> Response:
    """The same, as server-sent events while it is written."""
    begun, told = await _generating(request).streamed(ask, actor)
    return sse(begun.limit_headers(), told)


@router.post("/summarize", responses=answers(Summary, *_FAULTS), **require(NEEDS))
async def summarize(ask: SummarizeIn, actor: ActorDep, request: Request) -> Response:
    """Say in short what a text says, or an article that you may read."""
    told = await Summarising(_asking(request), texts_of(request)).summary(ask, actor)
    return private_json(told.model_dump_json())


@router.post("/edit", responses=answers(Edited, *_FAULTS), **require(NEEDS))
async def edit(ask: EditIn, actor: ActorDep, request: Request) -> Response:
    """Offer an author a draft, what follows, a shorter text, another tone, titles, tags, a summary, alt text ..."""
    return private_json((await Editing(_asking(request)).offer(ask, actor)).model_dump_json())


@router.post("/edit/stream", responses={**answers(Edited, *_FAULTS), **_STREAM}, **require(NEEDS))
async def edit_stream(ask: EditIn, actor: ActorDep, request: Request) -> Response:
    """The same, as server-sent events while it is written; of titles and tags one on each line."""
    headers, told = await Editing(_asking(request)).streamed(ask, actor)
    return sse(headers, told)


@router.post("/classify", responses=answers(Classified, *_FAULTS), **require(NEEDS))
async def classify(ask: ClassifyIn, actor: ActorDep, request: Request) -> Response:
    """Sort a text under your labels or a known scheme (`topic` where you name neither), and say how it feels."""
    return private_json((await Classifying(_asking(request)).classified(ask, actor)).model_dump_json())


@router.post("/moderate", responses=answers(Moderated, *_FAULTS), **require(NEEDS))
async def moderate(ask: ModerateIn, actor: ActorDep, request: Request) -> Response:
    """Score how a text treats people, name the words it was found by, and say whether a person should look first."""
    return private_json((await moderated(_asking(request), ask, actor)).model_dump_json())
