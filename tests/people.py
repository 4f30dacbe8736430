"""People as tests need them: accounts of any role, with a client for each way of showing who one is."""

from dataclasses import dataclass
from itertools import count
from typing import Any, Literal
from uuid import UUID

import httpx
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.auth import csrf
from stoa.modules.auth.accounts.repository import AccountRepository
from stoa.modules.auth.api_keys.schemas import ApiKeyIn
from stoa.modules.auth.api_keys.service import ApiKeyService
from stoa.modules.auth.parts import AuthParts
from stoa.modules.auth.sessions.service import SessionService
from stoa.modules.users.schemas import NewUser
from stoa.modules.users.service import UserService
from stoa.shared.security import Actor, Origin

Credential = Literal["cookie", "token", "key"]
PASSWORD = "correct horse battery"
SHELL = Actor(None, "shell", "admin", frozenset({"create:tag"}), "shell")
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Person:
    id: UUID
    username: str
    email: str
    role: str
    password: str = PASSWORD


class People:
    """Makes accounts without hashing passwords, unless one is to be signed in with."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    @property
    def _parts(self) -> AuthParts:
        parts: AuthParts = self.app.state.auth
        return parts

    async def person(
        self, role: str = "viewer", *, with_password: bool = False, is_verified: bool = True, **fields: Any
    ) -> Person:
        username = fields.pop("username", None) or f"{role}-{next(_numbers)}"
        email = fields.pop("email", f"{username}@example.com")
        made = await self._parts.hasher.hash(PASSWORD) if with_password else None
        new = NewUser(
            display_name=fields.pop("display_name", username.title()),
            email=email,
            username=username,
            role=role,
            is_verified=is_verified,
            **fields,
        )

        async def store(session: AsyncSession) -> UUID:
            user = await UserService(session).create(new)
            if made:
                await AccountRepository(session).set_password(user.id, made)
            return user.id

        return Person(await self._parts.database.transact(store), username, email, role)

    async def client(self, role: str = "viewer", *, by: Credential = "token", **fields: Any) -> httpx.AsyncClient:
        """Somebody new of that role, signed in."""
        return await self.client_of(await self.person(role, **fields), by=by)

    async def client_of(self, person: Person, *, by: Credential = "token", scopes: Any = None) -> httpx.AsyncClient:
        options = await getattr(self, f"_by_{by}")(person, scopes)
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000", **options)

    async def _by_token(self, person: Person, _: object) -> dict[str, Any]:
        parts = self._parts

        async def begin(session: AsyncSession) -> UUID:
            session_id, _ = await SessionService(session, parts.life).begin_tokens(person.id, Origin("127.0.0.1"))
            return session_id

        session_id = await parts.database.transact(begin)
        return {"headers": {"authorization": f"Bearer {parts.tokens.make(person.id, session_id)}"}}

    async def _by_cookie(self, person: Person, _: object) -> dict[str, Any]:
        parts = self._parts
        begun = await parts.database.transact(
            lambda session: SessionService(session, parts.life).begin_cookie(person.id, Origin("127.0.0.1"))
        )
        return {
            "cookies": {parts.cookie_name: begun.secret},
            "headers": {
                csrf.HEADER: csrf.session_token(parts.keyring, begun.id),
                "origin": "http://localhost:8000",
            },
        }

    async def _by_key(self, person: Person, scopes: Any) -> dict[str, Any]:
        permissions = await self._parts.matrix.permissions(self._parts.database.reads, person.role, -1)
        actor = Actor(person.id, person.username, person.role, permissions, "token")
        new = ApiKeyIn(name="of the tests", scopes=sorted(permissions) if scopes is None else scopes)
        made = await self._parts.database.transact(lambda session: ApiKeyService(session).create(new, actor))
        return {"headers": {"authorization": f"Bearer {made.key}"}}
