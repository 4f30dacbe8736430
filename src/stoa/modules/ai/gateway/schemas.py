"""The gateway on the wire, as far as this site knows it. Members that are not named here go to the provider as sent."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Open(BaseModel):
    model_config = ConfigDict(extra="allow")


class ChatIn(_Open):
    model: _Name = Field(description="`stoa-chat`, `provider/model`, or a name that `GET /v1/models` lists.")
    messages: Annotated[
        list[dict[str, Any]], Field(min_length=1, max_length=2000, description="Objects with `role` and `content`.")
    ]
    stream: bool | None = False


class ChatOut(_Open):
    id: str | None = None
    model: str | None = None
    choices: list[dict[str, Any]]
    usage: dict[str, Any] | None = None


class EmbeddingsIn(_Open):
    model: _Name
    input: str | list[Any] = Field(description="A text, or up to 2,048 of them.")


class EmbeddingsOut(_Open):
    data: list[dict[str, Any]]
    usage: dict[str, Any] | None = None


class GatewayModel(BaseModel):
    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class GatewayModelList(BaseModel):
    object: Literal["list"]
    data: list[GatewayModel]


class GatewayError(_Open):
    message: str
    type: str
    param: str | None
    code: str | None


class GatewayFault(BaseModel):
    error: GatewayError
