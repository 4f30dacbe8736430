"""Who spends what on models, for those who manage them."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.modules.ai.usage.reading import UsageReads
from stoa.modules.ai.usage.schemas import EveryonesQuery
from stoa.shared.clock import utc_now
from stoa.shared.database import reads_of
from stoa.shared.security import require
from stoa.web.ai.admin_contexts import SpendingPage
from stoa.web.ai.choosing import chosen_days
from stoa.web.ai.usage_building import usage_view
from stoa.web.private import private_meta, private_page

NEEDS: Final = "manage:ai"
HERE: Final = "/admin/ai/spending"
router = APIRouter(include_in_schema=False)
_CSV: Final = "/api/v1/admin/ai/usage"
_GROUPS: Final = ("day", "user", "feature", "model", "provider")


@router.get(HERE, **require(NEEDS))
async def everyones_spending(request: Request) -> Response:
    """What everybody used and what it cost."""
    chosen = chosen_days(request, EveryonesQuery)
    told = await UsageReads(reads_of(request)).sums(chosen.days, chosen.by)
    view = usage_view(told, HERE, _CSV, _GROUPS, utc_now().date())
    page = SpendingPage(private_meta(request, "Spending on AI"), chosen.form, view)
    return await private_page(request, page, fault=chosen.fault)
