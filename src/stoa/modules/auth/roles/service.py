"""Use cases of roles: read and edit the matrix of roles and permissions while the site runs."""

from collections.abc import Iterable
from typing import Final

import orjson
from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.audit.service import AuditService
from stoa.modules.auth.errors import RoleInUse, RoleNotFound
from stoa.modules.auth.roles import queries
from stoa.modules.auth.roles.models import Role
from stoa.modules.auth.roles.repository import RoleRepository
from stoa.modules.auth.roles.schemas import RoleChange, RoleIn, RoleOut
from stoa.shared.database import ReadSession
from stoa.shared.errors import FieldFault, InvalidInput, PermissionDenied
from stoa.shared.security import Actor

KEPT_BY_ADMIN: Final = frozenset({"manage:users", "manage:roles"})
"""Without these an admin could not undo what an admin did."""


def revision() -> ColumnElement[int]:
    """SQL for the number of the matrix as it is now, to be read with whatever asks for it."""
    return queries.revision()


class Matrix:
    """Which role may do what, kept in the process for one revision. The revision comes with every identity that is
    read, so a change acts on the very next request of every process, and nothing has to be told to anybody.
    """

    def __init__(self) -> None:
        self._revision = 0
        self._roles: dict[str, frozenset[str]] = {}

    async def permissions(self, reads: ReadSession, role: str, revision: int) -> frozenset[str]:
        if revision != self._revision:
            row = await reads.fetch_row(queries.MATRIX)
            found = orjson.loads(row["roles"]) if row else {}
            self._roles = {name: frozenset(granted) for name, granted in found.items()}
            self._revision = row["revision"] if row else 0
        return self._roles.get(role, frozenset())


class RoleReads:
    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def roles(self) -> str:
        """Every role with its permissions, as JSON."""
        return f'{{"items":{await self._reads.fetch_value(queries.ROLES)}}}'

    async def permissions(self) -> str:
        """Every permission there is, as JSON."""
        return f'{{"items":{await self._reads.fetch_value(queries.PERMISSIONS)}}}'


class RoleService:
    """Each change leaves one audit row. The caller's unit of work commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._roles = RoleRepository(session)
        self._audit = AuditService(session)

    async def create(self, new: RoleIn, actor: Actor) -> RoleOut:
        """A new role. Raises InvalidInput for an unknown permission, RoleInUse for a taken name."""
        await self._check(new.permissions, actor)
        if not await self._roles.add(new.name, new.description):
            raise RoleInUse(new.name, "is there already; choose another name")
        await self._roles.grant(new.name, set(new.permissions))
        await self._roles.next_revision()
        details = {"permissions": sorted(set(new.permissions))}
        await self._audit.record("role.created", actor=actor, subject_type="role", subject_id=new.name, details=details)
        return RoleOut(
            name=new.name, description=new.description, is_builtin=False, permissions=sorted(set(new.permissions))
        )

    async def change(self, name: str, change: RoleChange, actor: Actor) -> RoleOut:
        """Raises RoleNotFound, InvalidInput when an admin would lock all admins out."""
        role = await self._role(name)
        role.description = change.description or role.description
        before = await self._roles.granted(name)
        after = before if change.permissions is None else set(change.permissions)
        await self._check(after ^ before, actor)
        if name == "admin" and not after >= KEPT_BY_ADMIN:
            raise _refused(f"The role admin keeps {' and '.join(sorted(KEPT_BY_ADMIN))}: nobody could undo it else.")
        await self._roles.take(name, before - after)
        await self._roles.grant(name, after - before)
        await self._session.flush()
        await self._roles.next_revision()
        details = {"granted": sorted(after - before), "taken": sorted(before - after)}
        await self._audit.record("role.changed", actor=actor, subject_type="role", subject_id=name, details=details)
        return RoleOut(name=name, description=role.description, is_builtin=role.is_builtin, permissions=sorted(after))

    async def delete(self, name: str, actor: Actor) -> None:
        """Raises RoleNotFound, RoleInUse for one that came with Stoa or that somebody has."""
        role = await self._role(name)
        if role.is_builtin:
            raise RoleInUse(name, "came with Stoa and stays")
        try:
            await self._roles.delete(name)
            await self._session.flush()
        except IntegrityError:
            raise RoleInUse(name, "is somebody's: give those people another role first") from None
        await self._roles.next_revision()
        await self._audit.record("role.deleted", actor=actor, subject_type="role", subject_id=name)

    async def with_permission(self, permission: str) -> set[str]:
        """The roles that have it."""
        return await self._roles.with_permission(permission)

    async def granted(self, name: str) -> set[str]:
        """What a role may do."""
        return await self._roles.granted(name)

    async def must_exist(self, name: str) -> None:
        """Raises RoleNotFound."""
        await self._role(name)

    async def _role(self, name: str) -> Role:
        role = await self._roles.role(name)
        if role is None:
            raise RoleNotFound(name)
        return role

    async def _check(self, permissions: Iterable[str], actor: Actor) -> None:
        wanted = set(permissions)
        unknown = sorted(wanted - await self._roles.known(wanted))
        if unknown:
            raise _refused(f"There is no permission '{unknown[0]}'. GET /api/v1/admin/permissions lists them.")
        if not wanted <= actor.permissions and not _runs_the_site(actor):
            raise PermissionDenied("You can only give and take what you may do yourself.")


def _runs_the_site(actor: Actor) -> bool:
    """An admin in person gives back what the role admin lost: nobody else could."""
    return actor.role == "admin" and actor.credential != "key"


def _refused(message: str) -> InvalidInput:
    return InvalidInput(message, faults=(FieldFault("body.permissions", message),))
