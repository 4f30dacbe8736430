"""Taking one's data along, and leaving: everything held about a person as one archive, and its erasure."""

import asyncio
import io
import zipfile
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.audit.service import AuditService
from stoa.modules.auth.accounts.repository import AccountRepository
from stoa.modules.auth.accounts.sign_in import SignIn
from stoa.modules.auth.api_keys.service import ApiKeyReads, ApiKeyService
from stoa.modules.auth.errors import WrongPassword
from stoa.modules.auth.parts import AuthParts
from stoa.modules.auth.sessions.service import SessionReads, SessionService
from stoa.modules.deliveries.service import DeliveryReads, DeliveryService
from stoa.modules.users.schemas import Account
from stoa.modules.users.service import UserReads, UserService
from stoa.shared.media.store import MediaStore, remove_afterwards
from stoa.shared.security import Actor


class Leaving:
    def __init__(self, parts: AuthParts, media: MediaStore) -> None:
        self._parts = parts
        self._database = parts.database
        self._media = media

    async def export(self, actor: Actor) -> bytes:
        """A zip of JSON and Markdown files."""
        reads = self._database.reads
        account = await self._account(actor.user_id)
        files: dict[str, bytes] = {
            "account.json": await UserReads(reads).own(account.id, actor.permissions),
            "sessions.json": await SessionReads(reads).of(actor),
            "api-keys.json": (await ApiKeyReads(reads).of(account.id)).encode(),
            "mails.json": (await DeliveryReads(reads).mails_to(account.email or "")).encode(),
        }
        for part in self._parts.personal_data:
            files |= await part.export(reads, account.id)
        return await asyncio.to_thread(_zipped, files)

    async def erase(self, actor: Actor, password: str) -> None:
        """Take everything personal away, for good. Raises WrongPassword, LastAdmin, TryLater."""
        account = await self._account(actor.user_id)
        if not await SignIn(self._parts).check_again(account, password, actor.origin):
            raise WrongPassword
        picture = await self._database.transact(lambda session: self._erase(session, account, actor))
        if picture:
            await asyncio.to_thread(remove_afterwards, self._media, picture)

    async def _erase(self, session: AsyncSession, account: Account, actor: Actor) -> str | None:
        for part in self._parts.personal_data:
            await part.erase(session, account.id)
        accounts = AccountRepository(session)
        await accounts.forget_password(account.id)
        await accounts.drop_tokens(user_id=account.id)
        await SessionService(session, self._parts.life).forget(account.id)
        await ApiKeyService(session).forget(account.id)
        if account.email:
            await DeliveryService(session).forget(user_id=account.id, recipient=account.email)
        picture = await UserService(session).anonymise(account.id)
        await AuditService(session).record("account.erased", actor=actor, subject_type="user", subject_id=account.id)
        return picture

    async def _account(self, user_id: UUID) -> Account:
        return await self._database.transact(lambda session: UserService(session).account(user_id))


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(name, content)
    return out.getvalue()
