"""Uploads on the wire."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

LONGEST_NAME: int = 200


class UploadOut(BaseModel):
    """A picture that was brought; `width` and `height` are in pixels."""

    id: UUID
    url: str = Field(description="Its address, for texts and covers; it never shows anything else.")
    srcset: str = Field(description="Its smaller forms and itself, as the attribute `srcset` wants them; may be empty.")
    name: str = Field(description="What the file was called where it came from.")
    width: int
    height: int
    bytes: int = Field(description="Size of the file behind `url`.")
    created_at: AwareDatetime
