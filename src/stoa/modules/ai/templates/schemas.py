"""Prompts on the wire."""

from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from stoa.modules.ai.templates.prompts import COMMON

MOST_PARAMETERS = 20
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
Parameter = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


class TemplateText(BaseModel):
    """A prompt in Jinja2: names, conditions and a few filters. The first parameter is the one it cannot do without."""

    model_config = ConfigDict(extra="forbid")

    about: Annotated[str, Field(max_length=200)] = ""
    instructions: Annotated[str, Field(max_length=4_000, description="How to answer.")] = ""
    body: Annotated[str, Field(min_length=1, max_length=20_000, description="What is asked.")]
    parameters: Annotated[list[Parameter], Field(max_length=MOST_PARAMETERS)] = []

    @model_validator(mode="after")
    def _names_are_free(self) -> Self:
        if len(set(self.parameters)) < len(self.parameters):
            raise ValueError("A parameter stands there twice.")
        taken = [name for name in self.parameters if name in COMMON]
        if taken:
            raise ValueError(f"'{taken[0]}' is there for every template; choose another name.")
        return self


class TemplateIn(TemplateText):
    name: Name


class TemplateOut(BaseModel):
    name: str
    version: int
    about: str
    instructions: str
    body: str
    parameters: list[str]
    is_built_in: bool
    created_at: AwareDatetime | None = Field(description="Null for those that come with Stoa.")


class TemplatesOut(BaseModel):
    items: list[TemplateOut]
