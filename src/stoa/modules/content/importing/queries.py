"""The reading SQL of imports, with JSON made by PostgreSQL."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal_column, null, or_, select, true

from stoa.modules.users import service as users
from stoa.shared.queries import Query, json_object

from .models import ImportJob, ImportRow


def _job_json() -> ColumnElement[Any]:
    by_kind: ColumnElement[Any] = literal_column("coalesce(import_jobs.counts -> 'by_kind', '{}'::jsonb)")
    is_over: ColumnElement[bool] = literal_column("import_jobs.status IN ('finished', 'stopped')")
    return json_object(
        id=ImportJob.id.expression,
        source=ImportJob.source.expression,
        title=ImportJob.title.expression,
        kind=ImportJob.kind.expression,
        status=ImportJob.status.expression,
        dry_run=ImportJob.is_trial.expression,
        choices=ImportJob.choices.expression,
        phase=ImportJob.phase.expression,
        total=ImportJob.total.expression,
        done=ImportJob.done.expression,
        counts=literal_column("import_jobs.counts - 'by_kind'"),
        by_kind=by_kind,
        error=ImportJob.error.expression,
        can_run=and_(ImportJob.file.is_not(None), is_over),
        asked_by=case(
            (ImportJob.asked_by.is_not(None), users.public_author(func.coalesce(ImportJob.asked_by.expression))),
            else_=null(),
        ),
        started_at=ImportJob.started_at.expression,
        finished_at=ImportJob.finished_at.expression,
    )


ONE = Query(select(_job_json()).where(ImportJob.id == bindparam("id")))
TOTAL = Query(select(func.count()).select_from(ImportJob))
EXISTS = Query(select(ImportJob.id).where(ImportJob.id == bindparam("id")))


@lru_cache(maxsize=256)
def page(limit: int, skip: int, *, after: bool) -> Query:
    """Up to `limit` + 1 jobs, newest first, as (item, started_at, id); values: `key`, `last_id` with `after`."""
    key: ColumnElement[Any] = bindparam("key", type_=ImportJob.started_at.type)
    last: ColumnElement[Any] = bindparam("last_id", type_=ImportJob.id.type)
    beyond = or_(ImportJob.started_at < key, and_(ImportJob.started_at == key, ImportJob.id < last))
    return Query(
        select(_job_json().label("item"), ImportJob.started_at, ImportJob.id)
        .where(beyond if after else true())
        .order_by(ImportJob.started_at.desc(), ImportJob.id.desc())
        .limit(literal_column(str(limit + 1)))
        .offset(literal_column(str(skip)))
    )


@lru_cache(maxsize=256)
def rows(limit: int, skip: int, *, after: bool, outcome: bool, kind: bool) -> Query:
    """Up to `limit` + 1 rows of a job in order, as (item, number)."""
    item = json_object(
        number=ImportRow.number.expression,
        kind=ImportRow.kind.expression,
        key=ImportRow.key.expression,
        outcome=ImportRow.outcome.expression,
        reason=ImportRow.reason.expression,
        title=ImportRow.title.expression,
        slug=ImportRow.slug.expression,
        warnings=ImportRow.warnings.expression,
    )
    return Query(
        select(item.label("item"), ImportRow.number)
        .where(
            _wanted(outcome=outcome, kind=kind),
            ImportRow.number > bindparam("number", type_=ImportRow.number.type) if after else true(),
        )
        .order_by(ImportRow.number)
        .limit(literal_column(str(limit + 1)))
        .offset(literal_column(str(skip)))
    )


@lru_cache(maxsize=8)
def total_rows(*, outcome: bool, kind: bool) -> Query:
    return Query(select(func.count()).select_from(ImportRow).where(_wanted(outcome=outcome, kind=kind)))


REPORT = Query(
    select(
        ImportRow.number, ImportRow.kind, ImportRow.key, ImportRow.outcome, ImportRow.reason, ImportRow.title,
        ImportRow.slug, ImportRow.warnings,
    )
    .where(ImportRow.job_id == bindparam("id"), ImportRow.number > bindparam("number", type_=ImportRow.number.type))
    .order_by(ImportRow.number)
    .limit(literal_column("1000"))
)  # fmt: skip


def _wanted(*, outcome: bool, kind: bool) -> ColumnElement[bool]:
    return and_(
        ImportRow.job_id == bindparam("id"),
        ImportRow.outcome == bindparam("outcome") if outcome else true(),
        ImportRow.kind == bindparam("kind") if kind else true(),
    )
