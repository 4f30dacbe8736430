"""Use cases of words: read, choose and try out what notices say. Every kept template has been filled in once."""

from collections.abc import Mapping
from typing import Any, Final, cast

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.audit.service import AuditService
from stoa.modules.notifications.catalogue import TYPES, CategoryName, NoticeType
from stoa.modules.notifications.errors import FaultyTemplate, NoOwnWords, UnknownType
from stoa.modules.notifications.wording import queries
from stoa.modules.notifications.wording.builtin import builtin_words
from stoa.modules.notifications.wording.repository import TemplateRepository
from stoa.modules.notifications.wording.schemas import (
    TemplateIn,
    TemplateList,
    TemplateOut,
    VariableOut,
    Words,
    WordsOut,
)
from stoa.modules.notifications.wording.wording import Wording
from stoa.shared.database import ReadSession
from stoa.shared.security import Actor

_SUBJECT: Final = "notification_template"
_OF_SITE: Final = ("site.name", "site.url")


class TemplateReads:
    def __init__(self, reads: ReadSession, wording: Wording) -> None:
        self._reads = reads
        self._wording = wording

    async def all(self) -> TemplateList:
        """The words of every type, the site's own where there are some."""
        own = await self._own()
        return TemplateList(items=[self._out(kind, own.get(kind.name)) for kind in TYPES.values()])

    async def one(self, name: str) -> TemplateOut:
        """Raises UnknownType."""
        kind = kind_of(name)
        return self._out(kind, (await self._own()).get(kind.name))

    async def _own(self) -> Mapping[str, asyncpg.Record]:
        rows = await self._reads.fetch(queries.OWN, language=self._wording.language)
        return {row["type"]: row for row in rows}

    def _out(self, kind: NoticeType, own: asyncpg.Record | None) -> TemplateOut:
        words = builtin_words(kind.name, self._wording.language)
        if own is not None:
            words = Words(own["subject"], own["short"], own["text"], own["html"])
        return TemplateOut(
            type=kind.name,
            category=cast("CategoryName", kind.category),
            label=kind.label,
            language=self._wording.language,
            is_own=own is not None,
            updated_at=own["updated_at"] if own is not None else None,
            subject=words.subject,
            short=words.short,
            text=words.text,
            html=words.html,
            variables=_variables(self._wording.example(kind)),
        )


class TemplateService:
    """Each change leaves one audit row. The caller's unit of work commits."""

    def __init__(self, session: AsyncSession, wording: Wording) -> None:
        self._templates = TemplateRepository(session)
        self._audit = AuditService(session)
        self._wording = wording

    async def change(self, name: str, new: TemplateIn, actor: Actor) -> None:
        """The site's own words from now on. Raises UnknownType, FaultyTemplate with part, line and cause."""
        kind, words = kind_of(name), new.words()
        check(self._wording, kind, words)
        await self._templates.put(kind.name, self._wording.language, words)
        await self._record("changed", kind, actor)

    async def reset(self, name: str, actor: Actor) -> None:
        """The built-in words again. Raises UnknownType, NoOwnWords."""
        kind = kind_of(name)
        if not await self._templates.remove(kind.name, self._wording.language):
            raise NoOwnWords(kind.name)
        await self._record("reset", kind, actor)

    async def _record(self, act: str, kind: NoticeType, actor: Actor) -> None:
        details = {"language": self._wording.language}
        await self._audit.record(
            f"notification_template.{act}", actor=actor, subject_type=_SUBJECT, subject_id=kind.name, details=details
        )


def preview(wording: Wording, name: str, new: TemplateIn) -> WordsOut:
    """How it would read, with examples. Raises UnknownType, FaultyTemplate."""
    kind, words = kind_of(name), new.words()
    check(wording, kind, words)
    filled = wording.filled(words, wording.example(kind))
    return WordsOut(subject=filled.subject, short=filled.short, text=filled.text, html=filled.html)


def kind_of(name: str) -> NoticeType:
    """Raises UnknownType."""
    if name not in TYPES:
        raise UnknownType(name[:60])
    return TYPES[name]


def check(wording: Wording, kind: NoticeType, words: Words) -> None:
    """Raises FaultyTemplate with all that is wrong."""
    faults = tuple(wording.faults(words, kind))
    if faults:
        said = "; ".join(f"{fault.field.removeprefix('body.')}, {fault.message}" for fault in faults)
        raise FaultyTemplate(said, faults=faults)


def _variables(example: Mapping[str, Any]) -> list[VariableOut]:
    site: Mapping[str, str] = example["site"]
    plain = {name: value for name, value in example.items() if name != "site"}
    of_site = {name: site[name.removeprefix("site.")] for name in _OF_SITE}
    return [VariableOut(name=name, example=value) for name, value in {**plain, **of_site}.items()]
