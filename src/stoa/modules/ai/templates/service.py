"""Use cases of prompts: those that come with Stoa, those of the site, and their versions. Knows no HTTP."""

from typing import Final

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.templates import queries
from stoa.modules.ai.templates.models import AiTemplate
from stoa.modules.ai.templates.prompts import BUILT_IN, Prompt, check
from stoa.modules.ai.templates.repository import TemplateRepository
from stoa.modules.ai.templates.schemas import TemplateIn, TemplateOut, TemplateText
from stoa.modules.audit.service import AuditService
from stoa.shared.database import ReadSession
from stoa.shared.errors import Conflict, NotFound, Stale
from stoa.shared.if_match import IfMatch
from stoa.shared.security import Actor

_MOST: Final = 1_000
"""Versions of all of them together."""


class TemplateNotFound(NotFound):
    title = "No such template"

    def __init__(self) -> None:
        super().__init__("There is no such template. GET /api/v1/ai/templates lists those there are.")


class TemplateReads:
    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def all(self) -> list[TemplateOut]:
        """The newest version of each, by name."""
        own = orjson.loads(await self._reads.fetch_value(queries.NEWEST))
        found = {name: _told(prompt) for name, prompt in BUILT_IN.items()}
        found |= {one["name"]: TemplateOut.model_validate(one) for one in own}
        return [found[name] for name in sorted(found)]

    async def one(self, name: str, version: int | None = None) -> TemplateOut:
        """The newest, or that version. Raises TemplateNotFound."""
        found = await self._reads.fetch_value(queries.ONE, name=name, version=version)
        if found is not None:
            return TemplateOut.model_validate_json(found)
        built_in = BUILT_IN.get(name)
        if built_in is None or version not in {None, built_in.version}:
            raise TemplateNotFound
        return _told(built_in)

    async def prompt(self, name: str, version: int | None = None) -> Prompt:
        """The same, to be filled in."""
        one = await self.one(name, version)
        return Prompt(one.name, one.version, one.about, one.instructions, one.body, tuple(one.parameters))


class TemplateService:
    """Within the caller's unit of work; each act leaves one audit row."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._rows = TemplateRepository(session)

    async def create(self, new: TemplateIn, actor: Actor) -> TemplateOut:
        """Raises InvalidInput for what cannot be read, Conflict for a name that is taken."""
        newest = await self._rows.newest_alone(new.name)
        if newest or new.name in BUILT_IN:
            raise Conflict(f"There is a template '{new.name}' already. Change it with PUT, or choose another name.")
        return await self._add(new.name, 1, new, actor, "created")

    async def change(self, name: str, text: TemplateText, versions: IfMatch, actor: Actor) -> TemplateOut:
        """Another version of it; the former ones stay. Raises TemplateNotFound, Stale, InvalidInput."""
        newest = await self._rows.newest_alone(name) or (1 if name in BUILT_IN else 0)
        if not newest:
            raise TemplateNotFound
        if not versions.admits(newest):
            raise Stale("Somebody changed this template since you read it. Read it again, then change it.")
        return await self._add(name, newest + 1, text, actor, "changed")

    async def _add(self, name: str, version: int, text: TemplateText, actor: Actor, what: str) -> TemplateOut:
        check(text.instructions, text.body, tuple(text.parameters))
        if await self._rows.count() >= _MOST:
            raise Conflict(f"There are {_MOST:,} versions of templates already.")
        fields = text.model_dump(include={"about", "instructions", "body", "parameters"})
        made = AiTemplate(name=name, version=version, author_id=actor.user_id, **fields)
        await self._rows.add(made)
        await AuditService(self._session).record(
            f"ai.template_{what}",
            actor=actor,
            subject_type="ai_template",
            subject_id=name,
            details={"version": version},
        )
        return TemplateOut(name=name, version=version, is_built_in=False, created_at=made.created_at, **fields)


def _told(prompt: Prompt) -> TemplateOut:
    return TemplateOut(
        name=prompt.name,
        version=prompt.version,
        about=prompt.about,
        instructions=prompt.instructions,
        body=prompt.body,
        parameters=list(prompt.parameters),
        is_built_in=True,
        created_at=None,
    )
