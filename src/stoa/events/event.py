"""What happened, in the past tense: frozen, typed, with ids and plain values only. Knows no table and no stream.

On the wire an event is a CloudEvent 1.0 in JSON; what was read and does not fit its class exactly is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from stoa.shared.clock import utc_now
from stoa.shared.ids import new_id

E = TypeVar("E", bound="Event")
STREAM_PREFIX = "stoa:events:"
_SOURCE = "/stoa"


class Event(BaseModel):
    """The base of all events. A subclass says its `type`, and in `about` the field that names its aggregate: `user_id`.

    `id` is the same in every repeat: whoever acts outside the database passes it on, so that a receiver can drop
    a second one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    type: ClassVar[str]
    schema_version: ClassVar[int] = 1
    about: ClassVar[str]

    id: UUID = Field(default_factory=new_id)
    at: AwareDatetime = Field(default_factory=utc_now)

    @property
    def aggregate(self) -> str:
        """What it is about: `user:0198...`."""
        return f"{self.about.removesuffix('_id')}:{getattr(self, self.about)}"

    @property
    def aggregate_version(self) -> int | None:
        """Its version after the change, where it has one: projections ignore what is older than what they know."""
        return None

    def data(self) -> bytes:
        """Its own fields as JSON."""
        return self.model_dump_json(exclude={"id", "at"}).encode()


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event as it is kept and sent: `data` is JSON that nobody has looked into yet."""

    id: UUID
    type: str
    schema_version: int
    aggregate: str
    aggregate_version: int | None
    at: datetime
    trace: str | None
    data: bytes

    @classmethod
    def of(cls, event: Event, trace: str | None) -> Self:
        return cls(
            event.id, event.type, event.schema_version, event.aggregate, event.aggregate_version, event.at, trace,
            event.data(),
        )  # fmt: skip

    @property
    def stream(self) -> str:
        return stream_of(self.type)

    def cloud_event(self) -> bytes:
        """CloudEvents 1.0, JSON format; extensions: `schemaversion`, `aggregateversion`, `trace`."""
        members: dict[str, Any] = {
            "specversion": "1.0",
            "id": str(self.id),
            "source": _SOURCE,
            "type": self.type,
            "subject": self.aggregate,
            "time": self.at.isoformat(),
            "datacontenttype": "application/json",
            "schemaversion": self.schema_version,
            "data": orjson.Fragment(self.data),
        }
        extra = {"aggregateversion": self.aggregate_version, "trace": self.trace}
        return orjson.dumps({**members, **{name: value for name, value in extra.items() if value is not None}})

    @classmethod
    def from_cloud_event(cls, text: bytes) -> Self:
        """Raises ValueError when that is no event of ours."""
        try:
            members: Mapping[str, Any] = orjson.loads(text)
            return cls(
                UUID(members["id"]), str(members["type"]), int(members["schemaversion"]), str(members["subject"]),
                members.get("aggregateversion"), datetime.fromisoformat(members["time"]), members.get("trace"),
                orjson.dumps(members["data"]),
            )  # fmt: skip
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not an event: {error!r}") from None


def decode(envelope: Envelope, kind: type[E]) -> E:
    """The event in it. Raises ValueError when it is not exactly one of `kind`."""
    if envelope.schema_version != kind.schema_version:
        raise ValueError(
            f"{envelope.type} is of schema {envelope.schema_version}, the handler reads {kind.schema_version}"
        )
    members = {**orjson.loads(envelope.data), "id": str(envelope.id), "at": envelope.at}
    return kind.model_validate_json(orjson.dumps(members))


def stream_of(event_type: str) -> str:
    """The stream an event goes to: one for each domain, `stoa:events:user`."""
    return STREAM_PREFIX + event_type.partition(".")[0]
