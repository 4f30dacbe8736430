"""The pages that say who answers what, in order, and what models cost."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.modules.ai.engine.asking import names_of
from stoa.modules.ai.engine.parts import engine_of
from stoa.modules.ai.managing.answers import RouteOut
from stoa.modules.ai.managing.schemas import PriceIn, PriceNamed
from stoa.modules.ai.managing.service import ChoiceService
from stoa.modules.ai.terms import Target
from stoa.shared.database import SessionDep, database_of
from stoa.shared.errors import StoaError
from stoa.shared.security import ActorDep, require
from stoa.web.ai.admin_contexts import PricesPage, RouteLine, RoutesPage
from stoa.web.ai.admin_done import done_of
from stoa.web.ai.admin_reading import ABOUT, names_in, price_line, setup_reads
from stoa.web.ai.dollars import micros_of
from stoa.web.ai.lines import lines_of, target_of
from stoa.web.forms import FormState, checked, read_form
from stoa.web.private import private_meta, private_page, see_other

NEEDS: Final = "manage:ai"
ROUTES: Final = "/admin/ai/routes"
PRICES: Final = "/admin/ai/prices"
router = APIRouter(include_in_schema=False)
_MOST_NAMES: Final = 60


@router.get(ROUTES, **require(NEEDS))
async def show_routes(request: Request) -> Response:
    """Who answers what, in order."""
    return await _routes_page(request)


@router.post(ROUTES + "/{task}", **require(NEEDS))
async def set_route(task: str, actor: ActorDep, request: Request) -> Response:
    """Say who answers a task; nobody means the usual order."""
    form = await read_form(request, ("targets",))
    try:
        places = [target_of(line, "targets") for line in lines_of(form["targets"])]
        store = engine_of(request).setup
        await database_of(request).transact(
            lambda session: ChoiceService(session, store).set_route(task, places, actor)
        )
    except StoaError as fault:
        refused = form.refused(fault)
        errors = {"targets": refused.errors[refused.first]} if refused.errors else {}  # the API calls them `places`
        return await _routes_page(request, task, FormState(refused.values, errors, refused.message), fault)
    return see_other(f"{ROUTES}?done={'route-saved' if places else 'route-usual'}")


@router.get(PRICES, **require(NEEDS))
async def show_prices(request: Request) -> Response:
    """What the models in use cost."""
    return await _prices_page(request, FormState())


@router.post(PRICES, **require(NEEDS))
async def set_price(actor: ActorDep, request: Request) -> Response:
    """Say what a model costs."""
    form = await read_form(request, ("target", "input", "cached_input", "output"))
    try:
        form.demand("target", "input", "output")
        target = target_of(form["target"], "target")
        cached = "cached_input" if form["cached_input"].strip() else "input"
        costs = {"input": micros_of(form, "input"), "output": micros_of(form, "output")}
        new = checked(
            PriceIn,
            {"provider": target.provider, "model": target.model, "cached_input": micros_of(form, cached), **costs},
        )
        store = engine_of(request).setup
        await database_of(request).transact(lambda session: ChoiceService(session, store).set_price(new, actor))
    except StoaError as fault:
        return await _prices_page(request, form.refused(fault), fault)
    return see_other(f"{PRICES}?done=price-set")


@router.post(PRICES + "/remove", **require(NEEDS))
async def remove_price(actor: ActorDep, session: SessionDep, request: Request) -> Response:
    """Take a price back."""
    form = await read_form(request, ("provider", "model"))
    named = checked(PriceNamed, form.texts)
    await ChoiceService(session, engine_of(request).setup).remove_price(Target(named.provider, named.model), actor)
    return see_other(f"{PRICES}?done=price-removed")


async def _routes_page(
    request: Request, task: str = "", refused: FormState | None = None, fault: StoaError | None = None
) -> Response:
    found = (await setup_reads(request)).routes()
    names = [name for name in names_of(await engine_of(request).setup.current()) if "/" in name]
    page = RoutesPage(
        meta=private_meta(request, "Routes of AI"),
        done=None if fault else done_of(request),
        routes=tuple(_route(one, refused if refused and one.task == task else None) for one in found),
        names=tuple(names[:_MOST_NAMES]),
    )
    return await private_page(request, page, fault=fault)


def _route(one: RouteOut, refused: FormState | None) -> RouteLine:
    targets = names_in(one)
    as_it_is = FormState({"targets": "\n".join(targets) if one.is_own else ""})
    return RouteLine(one.task, ABOUT[one.task], targets, one.is_own, refused or as_it_is)


async def _prices_page(request: Request, form: FormState, fault: StoaError | None = None) -> Response:
    prices = tuple(price_line(one) for one in (await setup_reads(request)).prices())
    page = PricesPage(private_meta(request, "Prices of AI"), None if fault else done_of(request), form, prices)
    return await private_page(request, page, fault=fault)
