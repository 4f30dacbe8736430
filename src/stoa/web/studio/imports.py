"""Builds the pages of imports from what the service of imports answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode
from uuid import UUID

import orjson
from pydantic import BaseModel, Field

from stoa.modules.content.importing.items import Outcome
from stoa.modules.content.importing.job_reading import ImportReads
from stoa.modules.content.importing.schemas import RowQuery
from stoa.shared.database import ReadSession
from stoa.shared.errors import NotFound
from stoa.shared.pagination import LONGEST_CURSOR, PageQuery
from stoa.web.contexts import PageMeta, Pager
from stoa.web.forms import FormState
from stoa.web.paging import pager
from stoa.web.studio.import_contexts import (
    OUTCOMES,
    ImportJobShown,
    ImportPage,
    ImportsPage,
    KindCounts,
    ReportRow,
)
from stoa.web.studio.list_contexts import Tab
from stoa.web.studio.rail import RailLink

HERE: Final = "/studio/import"
PER_PAGE: Final = 20
ROWS_PER_PAGE: Final = 50
_PUBLIC: Final = {"article": "articles", "page": "articles", "tag": "tags"}


class ReportQuery(BaseModel):
    """The query string of an import's report."""

    outcome: Outcome | None = None
    cursor: Annotated[str, Field(max_length=LONGEST_CURSOR)] = ""


class Imports:
    """Reads imports for the pages."""

    def __init__(self, reads: ReadSession, rail: tuple[RailLink, ...]) -> None:
        self._imports = ImportReads(reads)
        self._rail = rail

    async def page(self, meta: PageMeta, form: FormState, *, most_megabytes: int, number: int = 1) -> ImportsPage:
        """The form and the former imports. Raises NotFound behind the last page."""
        found = await self._imports.page(PageQuery(limit=PER_PAGE, skip=(number - 1) * PER_PAGE))
        if number > 1 and not found.items:
            raise NotFound("The list ends before this page.")
        return ImportsPage(
            meta=meta,
            form=form,
            most_megabytes=most_megabytes,
            jobs=tuple(_job(orjson.loads(item)) for item in found.items),
            rail=self._rail,
            pager=pager(HERE, number, more=found.next_cursor is not None),
        )

    async def title(self, job_id: UUID) -> ImportJobShown:
        """Raises ImportNotFound."""
        return _job(orjson.loads(await self._imports.one(job_id)))

    async def one(self, meta: PageMeta, job: ImportJobShown, query: ReportQuery) -> ImportPage:
        """One import with a page of its report."""
        asked = RowQuery(outcome=query.outcome, cursor=query.cursor or None, limit=ROWS_PER_PAGE)
        found = await self._imports.rows(UUID(job.id), asked)
        return ImportPage(
            meta=meta,
            job=job,
            rows=tuple(_row(orjson.loads(item), is_trial=job.is_trial) for item in found.items),
            tabs=_tabs(job, query),
            rail=self._rail,
            pager=_pager(job, query, found.next_cursor),
            is_filtered=query.outcome is not None,
        )


def _job(item: Mapping[str, Any]) -> ImportJobShown:
    finished = item["finished_at"]
    return ImportJobShown(
        id=item["id"],
        title=item["title"] or item["source"],
        source=item["source"],
        importer=item["kind"],
        status=item["status"],
        is_trial=item["dry_run"],
        started_at=datetime.fromisoformat(item["started_at"]),
        finished_at=datetime.fromisoformat(finished) if finished else None,
        phase=item["phase"],
        total=item["total"],
        done=item["done"],
        counts=_in_order(item["counts"]),
        by_kind=tuple(KindCounts(kind, _in_order(counts)) for kind, counts in item["by_kind"].items()),
        error=item["error"] or "",
        can_run=item["can_run"],
        asked_by=item["asked_by"]["display_name"] if item["asked_by"] else "",
    )


def _in_order(counts: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(counts.get(outcome, 0) for outcome in OUTCOMES)


def _row(item: Mapping[str, Any], *, is_trial: bool) -> ReportRow:
    place = _PUBLIC.get(item["kind"])
    is_there = place and item["slug"] and not is_trial and item["outcome"] != "failed"
    return ReportRow(
        number=item["number"],
        kind=item["kind"],
        key=item["key"],
        outcome=item["outcome"],
        reason=item["reason"],
        title=item["title"] or item["key"],
        url=_work_url(item["kind"], item["slug"]) if is_there else None,
        warnings=tuple(item["warnings"]),
    )


def _work_url(kind: str, slug: str) -> str:
    """Where it can be worked on: it may be a draft."""
    return f"/studio/tags/{quote(slug)}" if kind == "tag" else f"/studio/articles/{quote(slug, safe='')}"


def _tabs(job: ImportJobShown, query: ReportQuery) -> tuple[Tab, ...]:
    found = [(outcome, count) for outcome, count in zip(OUTCOMES, job.counts, strict=True) if count]
    return (
        Tab(f"All {job.items:,}", job.url, query.outcome is None),
        *(
            Tab(f"{name.title()} {count:,}", f"{job.url}?outcome={name}", query.outcome == name)
            for name, count in found
        ),
    )


def _pager(job: ImportJobShown, query: ReportQuery, cursor: str | None) -> Pager:
    kept = {"outcome": query.outcome} if query.outcome else {}
    first = f"{job.url}?{urlencode(kept)}" if kept else job.url
    return Pager(
        next_url=f"{job.url}?{urlencode({**kept, 'cursor': cursor})}" if cursor else None,
        previous_url=first if query.cursor else None,
    )
