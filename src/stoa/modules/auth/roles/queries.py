"""The reading SQL of roles."""

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from stoa.modules.auth.roles.models import Permission, PermissionRevision, Role, RolePermission
from stoa.shared.queries import Query, json_object


def revision() -> ColumnElement[int]:
    return select(PermissionRevision.revision).scalar_subquery()


_granted = (
    select(
        func.coalesce(
            func.json_agg(aggregate_order_by(RolePermission.permission, RolePermission.permission)),
            literal_column("'[]'::json"),
        )
    )
    .where(RolePermission.role == Role.name)
    .scalar_subquery()
)
_role = json_object(
    name=Role.name.expression,
    description=Role.description.expression,
    is_builtin=Role.is_builtin.expression,
    permissions=_granted,
)
_permission = json_object(name=Permission.name.expression, description=Permission.description.expression)

MATRIX = Query(
    select(
        revision().label("revision"),
        select(func.json_object_agg(Role.name, _granted)).scalar_subquery().label("roles"),
    )
)
ROLES = Query(select(func.json_agg(aggregate_order_by(_role, Role.is_builtin.desc(), Role.created_at, Role.name))))
PERMISSIONS = Query(select(func.json_agg(aggregate_order_by(_permission, Permission.name))))
