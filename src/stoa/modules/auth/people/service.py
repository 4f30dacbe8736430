"""What those do who manage people: other roles and tiers, bans, signing out. Each act leaves one audit row."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.audit.service import AuditService
from stoa.modules.auth.events import UserSignedOut
from stoa.modules.auth.people.schemas import AccountChange, BanIn
from stoa.modules.auth.roles.service import RoleService
from stoa.modules.auth.sessions.service import SessionService
from stoa.modules.users.events import UserBanned, UserRoleChanged, UserUnbanned
from stoa.modules.users.schemas import Account
from stoa.modules.users.service import UserService
from stoa.shared.clock import utc_now
from stoa.shared.errors import Conflict, FieldFault, InvalidInput, PermissionDenied
from stoa.shared.security import Actor


class PeopleService:
    """Nobody does to an account what reaches beyond their own permissions. The caller's unit of work commits."""

    def __init__(self, session: AsyncSession, life: timedelta) -> None:
        self._session = session
        self._users = UserService(session)
        self._roles = RoleService(session)
        self._audit = AuditService(session)
        self._sessions = SessionService(session, life)

    async def change(self, username: str, change: AccountChange, actor: Actor) -> None:
        """Another role or tier. Raises UserNotFound, InvalidInput, LastAdmin, PermissionDenied."""
        account = await self._reachable(username, actor)
        details: dict[str, object] = {}
        if change.role and change.role != account.role:
            await self._may_give(change.role, actor)
            await self._users.set_role(account.id, change.role)
            details["role"] = {"from": account.role, "to": change.role}
            changed = UserRoleChanged(user_id=account.id, role=change.role, former_role=account.role, by=actor.id)
            await publish(self._session, changed)
        if change.tier:
            await self._users.set_tier(account.id, change.tier)
            details["tier"] = change.tier
        if details:
            await self._record("user.changed", account, actor, details)

    async def ban(self, username: str, ban: BanIn, actor: Actor) -> None:
        """From the next request on. Raises UserNotFound, InvalidInput, LastAdmin, Conflict for oneself."""
        account = await self._reachable(username, actor)
        if account.id == actor.id:
            raise Conflict("You cannot ban yourself.")
        if ban.until and ban.until <= utc_now():
            fault = FieldFault("body.until", "must lie in the future")
            raise InvalidInput("The end of a ban must lie in the future.", faults=(fault,))
        await self._users.ban(account.id, reason=ban.reason, until=ban.until, by=actor.id)
        await publish(self._session, UserBanned(user_id=account.id, by=actor.id))
        until = ban.until.isoformat() if ban.until else None
        await self._record("user.banned", account, actor, {"reason": ban.reason, "until": until})

    async def lift_ban(self, username: str, actor: Actor) -> None:
        """Raises UserNotFound."""
        account = await self._reachable(username, actor)
        if account.banned_at is None:
            return
        await self._users.lift_ban(account.id)
        await publish(self._session, UserUnbanned(user_id=account.id, by=actor.id))
        await self._record("user.unbanned", account, actor, {})

    async def sign_out(self, username: str, actor: Actor) -> int:
        """End every session of somebody; how many ended. Raises UserNotFound."""
        account = await self._reachable(username, actor)
        ended = await self._sessions.end_all(account.id, "signed out by the site")
        await publish(self._session, UserSignedOut(user_id=account.id, by=actor.id))
        await self._record("user.signed_out", account, actor, {"sessions": ended})
        return ended

    async def _reachable(self, username: str, actor: Actor) -> Account:
        """Not one who is gone or may do more than the actor: nobody ends or takes over those above."""
        account = await self._users.account_of(username)
        if not account.is_active:
            raise Conflict(f"{account.username} was erased: there is nobody any more to whom this could be done.")
        if not await self._roles.granted(account.role) <= actor.permissions:
            raise PermissionDenied(f"{account.username} may do more than you: somebody who may as much must do this.")
        return account

    async def _may_give(self, role: str, actor: Actor) -> None:
        await self._roles.must_exist(role)
        if not await self._roles.granted(role) <= actor.permissions:
            raise PermissionDenied(f"The role '{role}' may do more than you: you cannot give it.")

    async def _record(self, action: str, account: Account, actor: Actor, details: dict[str, object]) -> None:
        await self._audit.record(action, actor=actor, subject_type="user", subject_id=account.id, details=details)


async def who_may(session: AsyncSession, permission: str) -> list[UUID]:
    """The accounts in good standing whose role has that permission."""
    return await UserService(session).ids_of_roles(await RoleService(session).with_permission(permission))
