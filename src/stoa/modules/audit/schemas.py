"""The audit log on the wire."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from stoa.shared.pagination import PageQuery
from stoa.shared.text import Line

_YEARS = range(1970, 3000)


def _storable(moment: datetime) -> datetime:
    if moment.year not in _YEARS:
        raise ValueError(f"must lie between the years {_YEARS.start} and {_YEARS.stop}")
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_storable)]
Action = Annotated[str, Field(max_length=100, pattern=r"^[a-z_]+(\.[a-z_]+)*\.?$")]
SubjectType = Annotated[str, Field(max_length=100, pattern=r"^[a-z_]+$")]


class AuditEventOut(BaseModel):
    position: int = Field(description="1, 2, 3 ... without gaps.")
    id: UUID
    at: AwareDatetime
    action: str = Field(description="What was done, such as `user.banned`.")
    actor_id: UUID | None = Field(description="The account that did it.")
    actor_kind: str = Field(description="How it was signed in: `cookie`, `token`, `key`, `shell` or `nobody`.")
    subject_type: str | None
    subject_id: str | None
    address: str | None = Field(description="Network address.")
    details: dict[str, Any]


class AuditQuery(PageQuery):
    action: Annotated[Action | None, Field(description="`user.banned`, or `user.` for all that begin with it.")] = None
    actor: Annotated[UUID | None, Field(description="Id of the account that did it.")] = None
    subject_type: Annotated[SubjectType | None, Field(description="What it was done to: `user`, `role` ...")] = None
    subject_id: Annotated[Line | None, Field(description="Id of what it was done to.")] = None
    since: Annotated[Moment | None, Field(alias="from", description="This moment and later.")] = None
    until: Annotated[Moment | None, Field(alias="to", description="Before this moment.")] = None
