"""The page that says how much anybody may have: tiers and budgets."""

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.modules.ai.engine.parts import engine_of
from stoa.modules.ai.managing.answers import TierOut
from stoa.modules.ai.managing.schemas import BudgetIn, BudgetNamed, TierIn
from stoa.modules.ai.managing.service import ChoiceService
from stoa.shared.database import SessionDep, database_of
from stoa.shared.errors import StoaError
from stoa.shared.security import ActorDep, require
from stoa.web.ai.admin_contexts import LimitsPage, TierLine
from stoa.web.ai.admin_done import done_of
from stoa.web.ai.admin_reading import budget_line, setup_reads
from stoa.web.ai.dollars import micros_of
from stoa.web.forms import Form, FormState, checked, read_form
from stoa.web.private import private_meta, private_page, see_other

NEEDS: Final = "manage:ai"
HERE: Final = "/admin/ai/limits"
router = APIRouter(prefix="/admin/ai", include_in_schema=False)
_PERSON: Final = "user"
_PERIODS: Final = (("day", "Day"), ("month", "Month"))
_OF_TIER: Final = ("requests_per_minute", "tokens_per_minute", "streams")


@router.get("/limits", **require(NEEDS))
async def show_limits(request: Request) -> Response:
    """Tiers, and budgets with what is left of them."""
    return await _page(request)


@router.post("/tiers/{name}", **require(NEEDS))
async def change_tier(name: str, actor: ActorDep, request: Request) -> Response:
    """Say what people of a tier may do at once."""
    form = await read_form(request, _OF_TIER)
    try:
        change = checked(TierIn, form.texts)
        store = engine_of(request).setup
        await database_of(request).transact(
            lambda session: ChoiceService(session, store).change_tier(name, change, actor)
        )
    except StoaError as fault:
        return await _page(request, tier=name, tier_form=form.refused(fault), fault=fault)
    return see_other(f"{HERE}?done=tier-saved")


@router.post("/budgets", **require(NEEDS))
async def set_budget(actor: ActorDep, request: Request) -> Response:
    """Say how much money there is."""
    form = await read_form(request, ("kind", "username", "period", "limit"))
    try:
        form.demand("kind", "period", "limit", *(("username",) if form["kind"] == _PERSON else ()))
        limit = micros_of(form, "limit")
        new = checked(BudgetIn, {"scope": _scope(form), "period": form["period"], "limit_micro_usd": limit})
        store = engine_of(request).setup
        await database_of(request).transact(lambda session: ChoiceService(session, store).set_budget(new, actor))
    except StoaError as fault:
        return await _page(request, form=_at_its_field(form, form.refused(fault)), fault=fault)
    return see_other(f"{HERE}?done=budget-set")


@router.post("/budgets/remove", **require(NEEDS))
async def remove_budget(actor: ActorDep, session: SessionDep, request: Request) -> Response:
    """Take a budget back."""
    named = checked(BudgetNamed, (await read_form(request, ("scope", "period"))).texts)
    await ChoiceService(session, engine_of(request).setup).remove_budget(named.scope, named.period, actor)
    return see_other(f"{HERE}?done=budget-removed")


async def _page(
    request: Request,
    *,
    form: FormState | None = None,
    tier: str = "",
    tier_form: FormState | None = None,
    fault: StoaError | None = None,
) -> Response:
    reads = await setup_reads(request)
    tiers = await reads.tiers()
    page = LimitsPage(
        meta=private_meta(request, "Tiers and budgets of AI"),
        done=None if fault else done_of(request),
        tiers=tuple(_tier(one, tier_form if one.name == tier else None) for one in tiers),
        budgets=tuple(budget_line(one) for one in await reads.budgets()),
        form=form or FormState({"period": "month"}),
        scopes=_scopes(tiers),
        periods=_PERIODS,
    )
    return await private_page(request, page, fault=fault)


def _tier(one: TierOut, refused: FormState | None) -> TierLine:
    as_it_is = FormState({name: str(getattr(one, name)) for name in _OF_TIER})
    roles = f"also of the role {', '.join(one.roles)}" if one.roles else ""
    return TierLine(one.name, roles, refused or as_it_is)


def _scopes(tiers: Sequence[TierOut]) -> tuple[tuple[str, str], ...]:
    """What may be chosen: the site, tiers as a whole, each person of a tier, one person."""
    whole = [(f"tier:{one.name}", f"All of the tier {one.name}") for one in tiers]
    each = [(f"each:{one.name}", f"Each person of the tier {one.name}") for one in tiers]
    return (("site", "The whole site"), *whole, *each, (_PERSON, "One person"))


def _scope(form: Form) -> str:
    return f"user:{form['username'].strip()}" if form["kind"] == _PERSON else form["kind"]


def _at_its_field(form: Form, refused: FormState) -> FormState:
    """The API's field `scope` is two fields here."""
    field = "username" if form["kind"] == _PERSON else "kind"
    errors = {field if name == "scope" else name: words for name, words in refused.errors.items()}
    return FormState(refused.values, errors, refused.message)
