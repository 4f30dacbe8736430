"""Settings of a person: what reaches them and on which way, their telephone and their devices."""

from datetime import datetime
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.modules.auth.parts import parts_of
from stoa.modules.notifications.catalogue import CHANNELS
from stoa.modules.notifications.phones.confirming import PhoneConfirming
from stoa.modules.notifications.phones.schemas import CodeIn, PhoneIn
from stoa.modules.notifications.phones.service import PhoneReads, PhoneService
from stoa.modules.notifications.preferences.schemas import CellIn, CellOut, RowOut
from stoa.modules.notifications.preferences.service import PreferenceReads, PreferenceService
from stoa.modules.notifications.push.service import PushReads, PushService
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.errors import StoaError
from stoa.shared.security import OWN_ACCOUNT, Actor, ActorDep, require
from stoa.shared.settings import Settings
from stoa.web.accounts.done import done_of
from stoa.web.forms import FormState, checked, read_form
from stoa.web.notifications.contexts import Device, Phone, PreferencesPage, WishCell, WishRow
from stoa.web.private import private_meta, private_page, see_other

router = APIRouter(prefix="/settings/notifications", include_in_schema=False)
_HERE = "/settings/notifications"


@router.get("", **require(OWN_ACCOUNT))
async def show_preferences(actor: ActorDep, request: Request) -> Response:
    """What reaches one, and on which way."""
    return await _page(request, actor)


@router.post("", **require(OWN_ACCOUNT))
async def save_preferences(actor: ActorDep, session: SessionDep, request: Request) -> Response:
    """Save the grid. What is as it was is not chosen: it goes on following what holds for everybody."""
    form = await read_form(request, (), lists=("on",))
    wanted = set(form.lists.get("on", ()))
    grid = await PreferenceReads(reads_of(request)).grid(actor.user_id)
    changed = [
        CellIn(category=row.category, channel=cell.channel, wish="off" if _is_on(cell) else "instant")
        for row in grid.items
        for cell in row.channels
        if not cell.is_locked and _is_on(cell) != (_name(row, cell) in wanted)
    ]
    if changed:
        await PreferenceService(session).choose(actor.user_id, changed)
    return see_other(f"{_HERE}?done=saved")


@router.post("/phone", **require(OWN_ACCOUNT))
async def set_phone(actor: ActorDep, request: Request) -> Response:
    """Have a code sent to a number."""
    form = await read_form(request, ("number",))
    try:
        form.demand("number")
        number = checked(PhoneIn, form.given("number")).number
        await PhoneConfirming(parts_of(request)).ask(number, actor)
    except StoaError as fault:
        return await _page(request, actor, form.refused(fault), fault)
    return see_other(f"{_HERE}?done=code-sent#phone-title")


@router.post("/phone/confirm", **require(OWN_ACCOUNT))
async def confirm_phone(actor: ActorDep, request: Request) -> Response:
    """Confirm the number by its code."""
    form = await read_form(request, ("code",))
    try:
        form.demand("code")
        await PhoneConfirming(parts_of(request)).confirm(checked(CodeIn, form.given("code")).digits, actor)
    except StoaError as fault:
        return await _page(request, actor, form.refused(fault), fault)
    return see_other(f"{_HERE}?done=phone-confirmed#phone-title")


@router.post("/phone/remove", **require(OWN_ACCOUNT))
async def remove_phone(actor: ActorDep, session: SessionDep, request: Request) -> Response:
    """Forget the number."""
    await read_form(request, ())
    await PhoneService(session).delete(actor)
    return see_other(f"{_HERE}?done=phone-removed#phone-title")


@router.post("/devices/{subscription_id}/remove", **require(OWN_ACCOUNT))
async def remove_device(subscription_id: UUID, actor: ActorDep, session: SessionDep, request: Request) -> Response:
    """No more push notices to one device."""
    await read_form(request, ())
    await PushService(session).unsubscribe(subscription_id, actor)
    return see_other(f"{_HERE}?done=device-removed#devices-title")


async def _page(
    request: Request, actor: Actor, form: FormState | None = None, fault: StoaError | None = None
) -> Response:
    settings: Settings = request.app.state.settings
    reads = reads_of(request)
    grid = await PreferenceReads(reads).grid(actor.user_id)
    devices = orjson.loads(await PushReads(reads).of(actor.user_id))["items"]
    phone = orjson.loads(await PhoneReads(reads).of(actor.user_id))
    page = PreferencesPage(
        meta=private_meta(request, "What reaches you"),
        done=None if fault else done_of(request),
        form=form or FormState(),
        channels=tuple(CHANNELS.values()),
        rows=tuple(_row(row) for row in grid.items),
        phone=Phone(phone["number"], phone["confirmed_at"] is not None) if phone["number"] else None,
        has_sms=settings.notices.sms_provider != "log",
        devices=tuple(Device(one["id"], one["device"], datetime.fromisoformat(one["created_at"])) for one in devices),
    )
    return await private_page(request, page, fault=fault)


def _row(row: RowOut) -> WishRow:
    cells = tuple(WishCell(_name(row, cell), cell.label, _is_on(cell), cell.is_locked) for cell in row.channels)
    return WishRow(row.label, row.description, cells)


def _is_on(cell: CellOut) -> bool:
    return cell.wish != "off"


def _name(row: RowOut, cell: CellOut) -> str:
    return f"{row.category}-{cell.channel}"
