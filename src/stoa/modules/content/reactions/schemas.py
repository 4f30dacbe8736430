"""Reactions on the wire."""

from typing import Literal

from pydantic import BaseModel, Field

Kind = Literal["like", "love", "clap", "insight"]


class ReactionsOut(BaseModel):
    """How many reacted to an article, and how I did."""

    reactions: dict[Kind, int] = Field(description="By kind; a kind that nobody chose is left out.")
    mine: list[Kind]
