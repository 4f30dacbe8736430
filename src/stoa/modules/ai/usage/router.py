"""The API of usage: one's own, and everybody's for those who run the site."""

from typing import Any

import orjson
from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.ai.engine.parts import engine_of
from stoa.modules.ai.usage.reading import Days, UsageReads, as_csv
from stoa.modules.ai.usage.schemas import EveryonesQuery, OwnUsageOut, UsageOut, UsageQuery
from stoa.shared.answers import answers, private_json
from stoa.shared.clock import utc_now
from stoa.shared.database import reads_of
from stoa.shared.listing import list_parameters, query_of
from stoa.shared.security import SIGNED_IN, ActorDep, require

router = APIRouter(prefix="/ai", tags=["ai"])
admin_router = APIRouter(prefix="/admin/ai", tags=["ai"])


def _answers(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """As JSON, or as CSV."""
    told = answers(model, 401, 403)
    return {**told, 200: {**told[200], "content": {"text/csv": {}}}}


@router.get("/usage", responses=_answers(OwnUsageOut), **require(SIGNED_IN, list_parameters(UsageQuery)))
async def own_usage(actor: ActorDep, request: Request) -> Response:
    """What you used of the site's models, what it cost, and what is left."""
    query = query_of(request, UsageQuery)
    reads = UsageReads(reads_of(request))
    told = await reads.sums(_days(query), query.by, actor.user_id)
    if query.format == "csv":
        return _csv(told)
    tier = await engine_of(request).tier_of(actor)
    budgets = await reads.budgets(actor.user_id, tier)
    return private_json(orjson.dumps({**told, "tier": tier, "budgets": budgets}))


@admin_router.get("/usage", responses=_answers(UsageOut), **require("manage:ai", list_parameters(EveryonesQuery)))
async def everyones_usage(request: Request) -> Response:
    """What everybody used, by day, feature, model, provider or person."""
    query = query_of(request, EveryonesQuery)
    told = await UsageReads(reads_of(request)).sums(_days(query), query.by)
    return _csv(told) if query.format == "csv" else private_json(orjson.dumps(told))


def _days(query: UsageQuery | EveryonesQuery) -> Days:
    return Days.asked(query.from_date, query.to_date, utc_now().date())


def _csv(told: dict[str, Any]) -> Response:
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="usage-by-{told["by"]}.csv"'}
    return Response(as_csv(told), headers=headers, media_type="text/csv; charset=utf-8")
