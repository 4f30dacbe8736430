"""The page where everybody may ask about the site, where its owner lets them."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from stoa.modules.ai.chat.site_answers import SiteAnswer, SiteAnswers
from stoa.modules.ai.terms import PLAIN_METHOD
from stoa.shared.errors import NotFound, StoaError
from stoa.shared.security import PUBLIC, viewer_of
from stoa.shared.settings import Settings
from stoa.web.chat.contexts import AskPage, ChatSource
from stoa.web.chat.showing import PLAIN, MessageLook
from stoa.web.private import private_meta, private_page

router = APIRouter(include_in_schema=False)
LONGEST: Final = 300


@router.get("/ask", **PUBLIC)
async def ask(request: Request, q: Annotated[str, Query(max_length=LONGEST)] = "") -> Response:
    """A question and its answer. The address holds the question, so that it can be passed on."""
    settings: Settings = request.app.state.settings
    if settings.ai.ask_site == "off":
        raise NotFound("There is no such page.")
    question = " ".join(q.replace("\0", " ").split())
    answers: SiteAnswers = request.app.state.site_answers
    found: SiteAnswer | None = None
    fault: StoaError | None = None
    if question:
        try:
            with_model = settings.ai.ask_site == "model"
            found = await answers.answer(question, await viewer_of(request), with_model=with_model)
        except StoaError as error:
            fault = error
    return await private_page(request, await _page(request, question, found, fault), fault=fault)


async def _page(request: Request, question: str, found: SiteAnswer | None, fault: StoaError | None) -> AskPage:
    sources = [
        ChatSource(one["number"], one["title"], one["heading"], one["url"], one["is_cited"])
        for one in (found.sources if found else ())
    ]
    look = MessageLook(request.app.state.markdown, request.app.state.cache)
    return AskPage(
        meta=private_meta(request, "Ask this site"),
        question=question,
        html=await look.html(found.text, sources) if found else None,
        sources=[one for one in sources if one.is_cited],
        who="" if not found or not sources else PLAIN if found.target == PLAIN_METHOD else f"Written by {found.target}",
        error=fault.detail if fault else "",
        longest=LONGEST,
    )
