"""The API of roles: the matrix of roles and permissions, edited in place."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.auth.roles.schemas import PermissionList, RoleChange, RoleIn, RoleList, RoleOut
from stoa.modules.auth.roles.service import RoleReads, RoleService
from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.security import ActorDep, require

router = APIRouter(prefix="/admin", tags=["roles"])
RolePath = Annotated[str, Path(min_length=1, max_length=40, description="Name of the role.")]


@router.get("/permissions", responses=answers(PermissionList, 401, 403), **require("manage:roles"))
async def list_permissions(request: Request) -> Response:
    """List every permission there is."""
    return private_json(await RoleReads(reads_of(request)).permissions())


@router.get("/roles", responses=answers(RoleList, 401, 403), **require("manage:roles"))
async def list_roles(request: Request) -> Response:
    """List every role with its permissions."""
    return private_json(await RoleReads(reads_of(request)).roles())


@router.post(
    "/roles", status_code=201, responses=answers(RoleOut, 401, 403, 409, status=201), **require("manage:roles")
)
async def create_role(new: RoleIn, actor: ActorDep, session: SessionDep) -> RoleOut:
    """Create a role."""
    return await RoleService(session).create(new, actor)


@router.patch("/roles/{name}", responses=answers(RoleOut, 401, 403, 404), **require("manage:roles"))
async def change_role(name: RolePath, change: RoleChange, actor: ActorDep, session: SessionDep) -> RoleOut:
    """Change what a role may do; it acts on everybody's next request."""
    return await RoleService(session).change(name, change, actor)


@router.delete(
    "/roles/{name}", status_code=204, responses=answers(RoleOut, 401, 403, 404, 409), **require("manage:roles")
)
async def delete_role(name: RolePath, actor: ActorDep, session: SessionDep) -> None:
    """Delete a role that nobody has."""
    await RoleService(session).delete(name, actor)
