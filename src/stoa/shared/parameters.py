"""Path parameters that many routes take, with their bounds."""

from typing import Annotated

from fastapi import Path

SlugPath = Annotated[str, Path(min_length=1, max_length=120, description="The name in the address.")]
Username = Annotated[str, Path(min_length=1, max_length=60, description="The username.")]
