"""What stands before the articles of a source: its tags and its authors, each made where there is none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.tags.service import TagService
from stoa.modules.users.schemas import UserRef
from stoa.modules.users.service import UserService
from stoa.shared.database import Database
from stoa.shared.slugs import make_slug

from .choices import Choices
from .items import Row, SourceAuthor, SourceTag
from .ledger import ROWS_AT_ONCE, Ledger
from .repository import ImportRepository, Record

_DELETED = "deleted here since the import"


@dataclass(slots=True)
class Known:
    """What the tags of a source are called here, and who its authors are."""

    tags: dict[str, str] = field(default_factory=dict)
    authors: dict[str, UUID] = field(default_factory=dict)

    def tags_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """Slugs or names that `TagService.ensure` takes, from slugs or names as the source has them."""
        return tuple(dict.fromkeys(self.tags.get(name) or self.tags.get(name.casefold()) or name for name in names))

    def author_of(self, name: str | None) -> UUID | None:
        return self.authors.get(name) if name else None


class Foreword:
    """Used once for each run."""

    def __init__(self, database: Database, ledger: Ledger, choices: Choices) -> None:
        self._database = database
        self._ledger = ledger
        self._choices = choices
        self._known = Known()

    async def go(self, tags: Sequence[SourceTag], authors: Sequence[SourceAuthor], *, told: int) -> Known:
        """Make what is not there, with a row for each; the first `told` of them have theirs already."""
        items: list[SourceTag | SourceAuthor] = [*tags, *authors]
        for start in range(0, len(items), ROWS_AT_ONCE):
            part = items[start : start + ROWS_AT_ONCE]
            old = max(0, told - start)
            rows = await self._database.transact(partial(self._write, part=part, told=old))
            self._ledger.note(rows)
        return self._known

    async def _write(self, session: AsyncSession, part: Sequence[SourceTag | SourceAuthor], told: int) -> list[Row]:
        records = await ImportRepository(session).records(self._choices.source, [_record_key(one) for one in part])
        tags = [one for one in part if isinstance(one, SourceTag)]
        rows = await self._tags(session, tags, records)
        for author in part:
            if isinstance(author, SourceAuthor):
                rows.append(await self._author(session, author, records.get(_record_key(author))))
        rows = rows[told:]
        await self._ledger.keep(session, rows)
        return rows

    async def _tags(self, session: AsyncSession, tags: Sequence[SourceTag], records: dict[str, Record]) -> list[Row]:
        service, slugs = TagService(session), {tag.key: _slug(tag) for tag in tags}
        present = await service.present(slugs.values())
        rows, new = [], {}
        for tag in tags:
            slug = slugs[tag.key]
            self._known.tags |= {name: slug for name in (tag.name.casefold(), tag.slug) if name not in self._known.tags}
            self._known.tags[slug] = slug
            is_gone = slug not in present and _record_key(tag) in records
            made: Literal["unchanged", "imported"] = "unchanged" if slug in present or slug in new else "imported"
            if is_gone:
                rows.append(Row(tag.key, "skipped", _DELETED, title=tag.name, slug=slug, kind=tag.kind))
                continue
            if made == "imported":
                new[slug] = tag
            rows.append(Row(tag.key, made, title=tag.name, slug=slug, kind=tag.kind))
        if not self._choices.is_trial:
            await service.add({slug: tag.name for slug, tag in new.items()}, former={
                former: slug for slug, tag in new.items() for former in tag.former_slugs
            })  # fmt: skip
            await self._record(session, [(tag, slug) for slug, tag in new.items()])
        return rows

    async def _author(self, session: AsyncSession, author: SourceAuthor, record: Record | None) -> Row:
        if self._choices.author:
            reason = f"'{self._choices.author}' is the author of all articles"
            return Row(author.key, "skipped", reason, title=author.name, kind="author")
        user = await self._there(session, author, record)
        outcome: Literal["unchanged", "imported"] = "unchanged" if user else "imported"
        if user is None and not self._choices.is_trial:
            user = await UserService(session).make_author(
                author.name, username=author.username, bio=author.bio, website=author.website,
                social_links=author.social_links, is_active=author.is_active,
            )  # fmt: skip
        if user is not None:
            names = (author.key, author.username) if author.is_exact else (author.key, author.username, author.name)
            self._known.authors |= {name: user.id for name in names if name and name not in self._known.authors}
            if not self._choices.is_trial:
                await self._record(session, [(author, user.username)])
        return Row(
            author.key, outcome, title=author.name, slug=user.username if user else author.username or "", kind="author"
        )

    async def _there(self, session: AsyncSession, author: SourceAuthor, record: Record | None) -> UserRef | None:
        users = UserService(session)
        if record and (known := await users.find_author(username=record.slug)):
            return known
        if author.username and (author.is_exact or not await users.find_author(display_name=author.name)):
            return await users.find_author(username=author.username)
        return None if author.is_exact else await users.find_author(display_name=author.name)

    async def _record(self, session: AsyncSession, made: Sequence[tuple[SourceTag | SourceAuthor, str]]) -> None:
        rows: list[dict[str, Any]] = [
            {
                "key": _record_key(one), "kind": one.kind if isinstance(one, SourceTag) else "author",
                "status": "imported", "reason": "", "content_hash": "made", "slug": slug,
            }
            for one, slug in made
        ]  # fmt: skip
        if self._ledger.job_id is not None and rows:
            await ImportRepository(session).keep(self._ledger.job_id, self._choices.source, rows)


def _record_key(one: SourceTag | SourceAuthor) -> str:
    return f"{one.kind if isinstance(one, SourceTag) else 'author'}:{one.key}"


def _slug(tag: SourceTag) -> str:
    return make_slug(tag.slug, fallback=make_slug(tag.name, fallback="tag"))
