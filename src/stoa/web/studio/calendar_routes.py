"""The addresses of the calendar: a month, and the way of an article to another day."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from stoa.modules.content.articles.asking import writing_of
from stoa.shared.clock import utc_now
from stoa.shared.errors import InvalidInput, StoaError
from stoa.shared.security import Actor, ActorDep, require
from stoa.web.forms import read_form
from stoa.web.private import private_meta, private_page, see_other
from stoa.web.studio.calendar import HERE, Calendar, CalendarQuery, moment_of
from stoa.web.studio.rail_links import rail_for

router = APIRouter(prefix=HERE, include_in_schema=False)
QueryDep = Annotated[CalendarQuery, Query()]


@router.get("", **require("create:article"))
async def show_calendar(request: Request, actor: ActorDep, query: QueryDep) -> Response:
    """A month of what goes and went out."""
    return await _page(request, actor, query)


@router.post("", **require("publish:article"))
async def move_article(request: Request, actor: ActorDep, query: QueryDep) -> Response:
    """Have an article go out on that day."""
    form = await read_form(request, ("slug", "day", "time", "publish_at"), longest=120)
    try:
        if not form["slug"]:
            raise InvalidInput("Choose an article first.")
        publish_at = moment_of(form["day"], form["time"], form["publish_at"])
        await writing_of(request).schedule(actor, form["slug"], publish_at)
    except StoaError as fault:
        if fault.status >= 500 or fault.status in {401, 403, 404}:
            raise
        return await _page(request, actor, query, fault)
    kept = f"month={query.month}&" if query.month else ""
    return see_other(f"{HERE}?{kept}done=moved")


async def _page(request: Request, actor: Actor, query: CalendarQuery, fault: StoaError | None = None) -> Response:
    language = request.app.state.settings.site.language
    rail = await rail_for(request, actor, "calendar")
    page = await Calendar(writing_of(request), actor, language=language).page(
        private_meta(request, "Calendar"), query, rail, today=utc_now().date(), problem=fault.detail if fault else ""
    )
    return await private_page(request, page, fault=fault)
