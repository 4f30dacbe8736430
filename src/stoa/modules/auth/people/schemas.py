"""What is done to people's accounts, on the wire."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from stoa.modules.auth.roles.schemas import RoleName
from stoa.modules.users.schemas import Tier
from stoa.shared.clock import Moment
from stoa.shared.text import Line


class AccountChange(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    role: RoleName | None = None
    tier: Tier | None = None


class BanIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Line, Field(description="The person is told it.")]
    until: Annotated[Moment | None, Field(description="Null: for good.")] = None
