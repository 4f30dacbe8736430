"""The API of the audit log: reading only."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.audit.schemas import AuditEventOut, AuditQuery
from stoa.modules.audit.service import AuditReads
from stoa.shared.answers import answers, private_json
from stoa.shared.database import reads_of
from stoa.shared.listing import list_parameters, query_of
from stoa.shared.pagination import Page, page_json
from stoa.shared.security import require

router = APIRouter(prefix="/admin/audit", tags=["admin"])


@router.get("", responses=answers(Page[AuditEventOut], 401, 403), **require("view:audit", list_parameters(AuditQuery)))
async def list_audit_events(request: Request) -> Response:
    """List what was done by whom, newest first."""
    query = query_of(request, AuditQuery)
    page = await AuditReads(reads_of(request)).page(query)
    return private_json(page_json(page, limit=query.limit, skip=query.skip))
