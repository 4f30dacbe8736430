"""The reading SQL of the audit log."""

from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import TIMESTAMP

from stoa.modules.audit.models import AuditEvent
from stoa.shared.queries import Query, json_object

_MOMENT = TIMESTAMP(timezone=True)
_FILTERS: dict[str, ColumnElement[bool]] = {
    "action": AuditEvent.action == bindparam("action"),
    "prefix": AuditEvent.action.startswith(bindparam("prefix")),  # its `_` may stand for any letter: never harmful
    "actor": AuditEvent.actor_id == bindparam("actor"),
    "subject_type": AuditEvent.subject_type == bindparam("subject_type"),
    "subject_id": AuditEvent.subject_id == bindparam("subject_id"),
    "since": AuditEvent.at >= bindparam("since", type_=_MOMENT),
    "until": AuditEvent.at < bindparam("until", type_=_MOMENT),
    "before": AuditEvent.position < bindparam("before", type_=BigInteger),
}

# The hash is made anew here, not by the database's function, which whoever changed rows may have changed as well. Rows
# and head are of one moment, because they are read by one statement.
BATCH = Query.text(
    """
    SELECT head.position AS head_position, head.hash AS head_hash,
      event.position, event.previous_hash, event.hash, event.digest
    FROM (SELECT) AS nothing
    LEFT JOIN audit.head ON true
    LEFT JOIN LATERAL (
      SELECT position, previous_hash, hash, sha256(previous_hash || convert_to(jsonb_build_array(
        position, id, (extract(epoch FROM at) * 1000000)::bigint, action, actor_id, actor_kind, subject_type,
        subject_id, address, request_id, details)::text, 'UTF8')) AS digest
      FROM audit.events WHERE $1::bigint IS NULL OR position > $1 ORDER BY position LIMIT $2
    ) AS event ON true
    ORDER BY event.position
    """,
    ("after", "limit"),
)
SEAL = Query.text(
    """
    SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS is_superuser,
      bool_or(pg_has_role(current_user, owner, 'MEMBER')) AS is_owner,
      has_table_privilege(current_user, 'audit.events', 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
        OR has_table_privilege(current_user, 'audit.head', 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
        OR has_schema_privilege(current_user, 'audit', 'CREATE') AS may_write
    FROM (
      SELECT nspowner AS owner FROM pg_namespace WHERE nspname = 'audit'
      UNION SELECT relowner FROM pg_class WHERE relnamespace = 'audit'::regnamespace
      UNION SELECT proowner FROM pg_proc WHERE pronamespace = 'audit'::regnamespace
    ) AS owners
    """
)


@lru_cache(maxsize=256)
def page(filters: frozenset[str], limit: int, skip: int) -> Query:
    """Up to `limit` + 1 rows of (item, position), newest first; values: one for each of `filters`."""
    statement = select(_event_json().label("item"), AuditEvent.position.label("position"))
    return Query(
        statement.where(*(_FILTERS[name] for name in sorted(filters)))
        .order_by(AuditEvent.position.desc())
        .limit(literal_column(str(limit + 1)))
        .offset(literal_column(str(skip)))
    )


@lru_cache(maxsize=64)
def total(filters: frozenset[str]) -> Query:
    return Query(
        select(func.count()).select_from(AuditEvent).where(*(_FILTERS[n] for n in sorted(filters - {"before"})))
    )


def _event_json() -> ColumnElement[Any]:
    return json_object(
        position=AuditEvent.position.expression,
        id=AuditEvent.id.expression,
        at=AuditEvent.at.expression,
        action=AuditEvent.action.expression,
        actor_id=AuditEvent.actor_id.expression,
        actor_kind=AuditEvent.actor_kind.expression,
        subject_type=AuditEvent.subject_type.expression,
        subject_id=AuditEvent.subject_id.expression,
        address=AuditEvent.address.expression,
        details=AuditEvent.details.expression,
    )
