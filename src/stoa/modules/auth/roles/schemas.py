"""Roles and permissions on the wire."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from stoa.shared.text import Line

RoleName = Annotated[str, StringConstraints(min_length=2, max_length=40, pattern=r"^[a-z][a-z0-9-]*[a-z0-9]$")]
PermissionName = Annotated[str, StringConstraints(min_length=3, max_length=60)]
PermissionNames = Annotated[list[PermissionName], Field(max_length=200)]


class PermissionOut(BaseModel):
    name: str
    description: str


class RoleOut(BaseModel):
    name: str
    description: str
    is_builtin: bool = Field(description="Came with Stoa; cannot be deleted.")
    permissions: list[str]


class RoleList(BaseModel):
    items: list[RoleOut]


class PermissionList(BaseModel):
    items: list[PermissionOut]


class RoleIn(BaseModel):
    """A new role."""

    model_config = ConfigDict(extra="forbid")

    name: RoleName
    description: Line
    permissions: PermissionNames = []


class RoleChange(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    description: Line | None = None
    permissions: PermissionNames | None = None
