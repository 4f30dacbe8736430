"""The writing SQL of roles."""

from collections.abc import Collection

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.auth.roles.models import Permission, PermissionRevision, Role, RolePermission


class RoleRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def role(self, name: str) -> Role | None:
        return (await self._session.scalars(select(Role).where(Role.name == name).with_for_update())).one_or_none()

    async def known(self, names: Collection[str]) -> set[str]:
        """Those of these that are permissions."""
        return set(await self._session.scalars(select(Permission.name).where(Permission.name.in_(list(names)))))

    async def granted(self, role: str) -> set[str]:
        found = select(RolePermission.permission).where(RolePermission.role == role)
        return set(await self._session.scalars(found))

    async def with_permission(self, permission: str) -> set[str]:
        found = select(RolePermission.role).where(RolePermission.permission == permission)
        return set(await self._session.scalars(found))

    async def add(self, name: str, description: str) -> bool:
        added = await self._session.execute(
            insert(Role).values(name=name, description=description).on_conflict_do_nothing().returning(Role.name)
        )
        return added.first() is not None

    async def grant(self, role: str, permissions: Collection[str]) -> None:
        if permissions:
            rows = [{"role": role, "permission": name} for name in sorted(permissions)]
            await self._session.execute(insert(RolePermission).on_conflict_do_nothing(), rows)

    async def take(self, role: str, permissions: Collection[str]) -> None:
        if permissions:
            await self._session.execute(
                delete(RolePermission).where(
                    RolePermission.role == role, RolePermission.permission.in_(list(permissions))
                )
            )

    async def delete(self, name: str) -> None:
        await self._session.execute(delete(Role).where(Role.name == name))

    async def next_revision(self) -> None:
        """What processes keep of the matrix is void once this commits."""
        await self._session.execute(
            update(PermissionRevision)
            .values(revision=PermissionRevision.revision + 1)
            .execution_options(synchronize_session=False)
        )
