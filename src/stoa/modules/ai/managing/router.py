"""The API of those who manage models: what is chosen, what it costs, how much of it there is."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi import Query as Parameters
from starlette.requests import Request

from stoa.modules.ai.engine.parts import engine_of
from stoa.modules.ai.managing.answers import BudgetsOut, PricesOut, RoutesOut, TiersOut
from stoa.modules.ai.managing.reading import SetupReads
from stoa.modules.ai.managing.schemas import BudgetIn, BudgetNamed, PriceIn, PriceNamed, RouteIn, TierIn
from stoa.modules.ai.managing.service import ChoiceService
from stoa.modules.ai.terms import Target
from stoa.shared.answers import answers
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.security import ActorDep, require

NEEDS = "manage:ai"
router = APIRouter(prefix="/admin/ai", tags=["ai"])
Named = Annotated[str, Path(min_length=1, max_length=40)]


async def setup_reads(request: Request) -> SetupReads:
    return SetupReads(reads_of(request), await engine_of(request).setup.current())


def _service(session: SessionDep, request: Request) -> ChoiceService:
    return ChoiceService(session, engine_of(request).setup)


Reads = Annotated[SetupReads, Depends(setup_reads)]
Service = Annotated[ChoiceService, Depends(_service)]


@router.get("/routes", responses=answers(RoutesOut, 401, 403), **require(NEEDS))
async def list_routes(reads: Reads) -> RoutesOut:
    """List who answers which task, in order."""
    return RoutesOut(items=reads.routes())


@router.put("/routes/{task}", status_code=204, responses=answers(RoutesOut, 401, 403, 404, 422), **require(NEEDS))
async def set_route(task: Named, new: RouteIn, actor: ActorDep, service: Service) -> None:
    """Say who answers a task, in order; an empty list brings the usual order back."""
    places = [Target(place.provider, place.model) for place in new.places]
    await service.set_route(task, places, actor)


@router.get("/prices", responses=answers(PricesOut, 401, 403), **require(NEEDS))
async def list_prices(reads: Reads) -> PricesOut:
    """List what the models in use cost, and who says so."""
    return PricesOut(items=reads.prices())


@router.put("/prices", status_code=204, responses=answers(PricesOut, 401, 403, 409, 422), **require(NEEDS))
async def set_price(new: PriceIn, actor: ActorDep, service: Service) -> None:
    """Say what a model costs, for calls from now on."""
    await service.set_price(new, actor)


@router.delete("/prices", status_code=204, responses=answers(PricesOut, 401, 403, 404), **require(NEEDS))
async def remove_price(named: Annotated[PriceNamed, Parameters()], actor: ActorDep, service: Service) -> None:
    """Take a price back; what the price data knows counts again."""
    await service.remove_price(Target(named.provider, named.model), actor)


@router.get("/tiers", responses=answers(TiersOut, 401, 403), **require(NEEDS))
async def list_tiers(reads: Reads) -> TiersOut:
    """List the tiers with what their people may do at once, the lowest first."""
    return TiersOut(items=await reads.tiers())


@router.put("/tiers/{name}", status_code=204, responses=answers(TiersOut, 401, 403, 404, 422), **require(NEEDS))
async def change_tier(name: Named, change: TierIn, actor: ActorDep, service: Service) -> None:
    """Say what people of a tier may do at once."""
    await service.change_tier(name, change, actor)


@router.get("/budgets", responses=answers(BudgetsOut, 401, 403), **require(NEEDS))
async def list_budgets(reads: Reads) -> BudgetsOut:
    """List the budgets, at most 1,000, with what is left of them now."""
    return BudgetsOut(items=await reads.budgets())


@router.put("/budgets", status_code=204, responses=answers(BudgetsOut, 401, 403, 409, 422), **require(NEEDS))
async def set_budget(new: BudgetIn, actor: ActorDep, service: Service) -> None:
    """Say how much money there is for somebody in a day or month; what was spent in it already counts."""
    await service.set_budget(new, actor)


@router.delete("/budgets", status_code=204, responses=answers(BudgetsOut, 401, 403, 404), **require(NEEDS))
async def remove_budget(named: Annotated[BudgetNamed, Parameters()], actor: ActorDep, service: Service) -> None:
    """Take a budget back."""
    await service.remove_budget(named.scope, named.period, actor)
