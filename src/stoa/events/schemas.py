"""Events on the wire, for those who look after the site."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from stoa.shared.pagination import PageQuery


class HandlerWay(BaseModel):
    handler: str
    state: Literal["recorded", "sent", "handled", "retrying", "dead"]
    handled_at: AwareDatetime | None
    failures: int
    next_try_at: AwareDatetime | None
    error: str | None


class EventWay(BaseModel):
    """Where an event is now."""

    id: UUID
    type: str
    aggregate: str = Field(description="What it is about, `user:0198...`.")
    aggregate_version: int | None
    schema_version: int
    trace: str | None = Field(description="Id of the request that caused it.")
    recorded_at: AwareDatetime
    relayed_at: AwareDatetime | None = Field(description="Null while it waits for its stream.")
    relays: int = Field(description="How often it was sent.")
    data: dict[str, Any]
    handlers: list[HandlerWay]


class DeadLetter(BaseModel):
    """An event that one handler was given up on."""

    event_id: UUID
    handler: str
    type: str
    failures: int
    error: str
    given_up_at: AwareDatetime
    data: dict[str, Any]


class EventState(BaseModel):
    """How the engine is doing."""

    unrelayed: int
    oldest_unrelayed_seconds: float | None
    retrying: int
    dead: int
    tasks_waiting: int
    tasks_running: int


class Replay(BaseModel):
    model_config = ConfigDict(extra="forbid")

    handler: Annotated[
        str | None, Field(min_length=1, max_length=200, description="Default: every handler it is dead for.")
    ] = None


class Replayed(BaseModel):
    handlers: list[str]


class DeadQuery(PageQuery):
    """Newest first."""


class QueuedTaskOut(BaseModel):
    id: UUID
    task: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    progress: int = Field(description="Percent.")
    note: str
    error: str | None
    created_at: AwareDatetime
    run_at: AwareDatetime
    finished_at: AwareDatetime | None
