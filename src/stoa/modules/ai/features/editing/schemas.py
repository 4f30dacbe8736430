"""What an author asks for while writing, and what is offered."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from stoa.modules.ai.features.schemas import Judged, Label, Language, MethodField, Model, Tone

Tool = Literal["draft", "continue", "shorten", "tone", "titles", "tags", "summary", "meta", "alt"]
LONGEST = 100_000


class EditIn(BaseModel):
    """`draft` and `alt` work from `instruction` (topic or outline; a file's name or a caption), others from `text`."""

    model_config = ConfigDict(extra="forbid")

    tool: Tool
    text: Annotated[str, Field(max_length=LONGEST, description="The selection, or all of it; Markdown.")] = ""
    title: Annotated[str, Field(max_length=300)] = ""
    instruction: Annotated[str, Field(max_length=4_000)] = ""
    tone: Annotated[Tone | None, Field(description="For the tool `tone`; others keep the text's own.")] = None
    language: Language = ""
    known_tags: Annotated[list[Label], Field(max_length=500, description="Preferred by the tool `tags`.")] = []
    model: Annotated[Model | None, Field(description="Else what the route of the tool leads to.")] = None
    method: MethodField = "auto"
    is_fresh: bool = Field(default=False, description="Ask the model also where the same was answered before.")

    @model_validator(mode="after")
    def _has_what_it_works_from(self) -> Self:
        name = "instruction" if self.tool in {"draft", "alt"} else "text"
        if not str(getattr(self, name)).strip():
            raise ValueError(f"The tool `{self.tool}` needs `{name}`.")
        if self.tool == "tone" and self.tone is None:
            raise ValueError("The tool `tone` needs `tone`.")
        return self


class Edited(Judged):
    """What is offered; nothing is changed by it."""

    tool: Tool
    text: str = Field(description="Markdown; for titles and tags all of them, one on each line.")
    choices: list[str] = Field(description="Of titles and tags; of the others the text alone.")
