"""Puts into words what somebody is told: the site's own templates, else the built-in ones, which always work."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from stoa.modules.notifications.catalogue import NoticeType
from stoa.modules.notifications.links import unsubscribe_token
from stoa.modules.notifications.wording.builtin import builtin_words
from stoa.modules.notifications.wording.repository import TemplateRepository
from stoa.modules.notifications.wording.schemas import LIMITS, Words
from stoa.shared.errors import FieldFault
from stoa.shared.keyring import Keyring
from stoa.shared.sandbox import BadTemplate, Sandbox
from stoa.shared.settings import Settings

log = structlog.get_logger("stoa.notifications")
_LONGEST_VALUE: Final = 1_000


class Wording:
    """One for each process. Without a `keyring` mails carry no link to switch them off at once."""

    def __init__(self, settings: Settings, keyring: Keyring | None = None) -> None:
        self.language = settings.site.language
        self._site = {"name": settings.site.site_name, "url": settings.server.public_url.rstrip("/")}
        self._keyring = keyring
        self._sandbox = Sandbox()

    async def words(
        self, session: AsyncSession, kind: NoticeType, payload: Mapping[str, str | int], *, person: str, url: str | None
    ) -> Words:
        """The notice filled in; own words that do not work any more give way to the built-in ones."""
        values = self._values(payload, person, self.absolute(url) if url else "")
        own = await TemplateRepository(session).own(kind.name, self.language)
        if own is not None:
            try:
                return self.filled(own, values)
            except BadTemplate as error:
                log.warning("the site's own words cannot be used", type=kind.name, why=str(error))
        return self.filled(builtin_words(kind.name, self.language), values)

    def filled(self, templates: Words, values: Mapping[str, Any]) -> Words:
        """Each part within its length. Raises BadTemplate."""
        parts = {name: self._part(name, source, values)[: LIMITS[name]] for name, source in templates.parts()}
        return Words(**{**parts, "subject": " ".join(parts["subject"].split())})

    def faults(self, templates: Words, kind: NoticeType) -> list[FieldFault]:
        """What keeps these templates from being used, found by filling in examples."""
        values, found = self.example(kind), []
        for name, source in templates.parts():
            try:
                length = len(self._part(name, source, values))
            except BadTemplate as error:
                found.append(FieldFault(f"body.{name}", str(error)))
                continue
            if not 0 < length <= LIMITS[name]:
                words = f"it comes to {length} characters with the examples; 1 to {LIMITS[name]} are right"
                found.append(FieldFault(f"body.{name}", words))
        return found

    def example(self, kind: NoticeType) -> dict[str, Any]:
        """What its templates may name, with examples."""
        return self._values(kind.sample, "Ada", self.absolute("/"))

    def absolute(self, path: str) -> str:
        """The whole address of a path of this site."""
        return self._site["url"] + path

    def unsubscribe_link(self, user_id: UUID, category: str) -> str | None:
        if self._keyring is None:
            return None
        return self.absolute(f"/unsubscribe/{unsubscribe_token(self._keyring, user_id, category)}")

    def _part(self, name: str, source: str, values: Mapping[str, Any]) -> str:
        return self._sandbox.render(source, values, is_html=name == "html")

    def _values(self, payload: Mapping[str, str | int], person: str, url: str) -> dict[str, Any]:
        short = {name: value[:_LONGEST_VALUE] if isinstance(value, str) else value for name, value in payload.items()}
        return {**short, "site": self._site, "person": person, "url": url}


def wording_of(request: Request) -> Wording:
    wording: Wording = request.app.state.wording
    return wording
