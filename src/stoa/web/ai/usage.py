"""The page of one's own usage: what was used of the site's models, what it cost, what is left."""

from typing import Final
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.modules.ai.engine.parts import engine_of
from stoa.modules.ai.usage.reading import UsageReads
from stoa.modules.ai.usage.schemas import UsageQuery
from stoa.shared.clock import utc_now
from stoa.shared.database import reads_of
from stoa.shared.security import OWN_ACCOUNT, ActorDep, require
from stoa.web.ai.choosing import Chosen, chosen_call, chosen_days
from stoa.web.ai.usage_building import address, budget_bar, call_row, usage_view
from stoa.web.ai.usage_contexts import CallRow, MyUsagePage
from stoa.web.contexts import Pager
from stoa.web.private import private_meta, private_page

router = APIRouter(include_in_schema=False)
HERE: Final = "/settings/ai"
_CSV: Final = "/api/v1/ai/usage"
_GROUPS: Final = ("day", "feature", "model", "provider")
_MOST_CALLS: Final = 20


@router.get(HERE, **require(OWN_ACCOUNT))
async def my_usage(actor: ActorDep, request: Request) -> Response:
    """What one used, cost and has left."""
    chosen = chosen_days(request, UsageQuery)
    reads = UsageReads(reads_of(request))
    told = await reads.sums(chosen.days, chosen.by, actor.user_id)
    tier = await engine_of(request).tier_of(actor)
    calls, pager = await _calls(reads, actor.user_id, chosen, chosen_call(request))
    page = MyUsagePage(
        meta=private_meta(request, "Your AI usage"),
        form=chosen.form,
        usage=usage_view(told, HERE, _CSV, _GROUPS, utc_now().date()),
        tier=tier,
        budgets=tuple(budget_bar(one) for one in await reads.budgets(actor.user_id, tier)),
        calls=calls,
        pager=pager,
        can_use_gateway=actor.can("use:gateway"),
    )
    return await private_page(request, page, fault=chosen.fault)


async def _calls(
    reads: UsageReads, user_id: UUID, chosen: Chosen, after: UUID | None
) -> tuple[tuple[CallRow, ...], Pager]:
    found, last = await reads.calls(user_id, _MOST_CALLS, after)
    pager = Pager(
        next_url=address(HERE, chosen.days, chosen.by, after=str(last)) + "#calls" if last else None,
        previous_url=address(HERE, chosen.days, chosen.by) + "#calls" if after else None,
    )
    return tuple(call_row(orjson.loads(one)) for one in found), pager
