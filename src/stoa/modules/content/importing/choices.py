"""What the person who imports decides."""

from dataclasses import dataclass
from typing import Literal

from .values import line_of


@dataclass(frozen=True, slots=True)
class Choices:
    """`author` is a username; without one the source's authors are made."""

    source: str
    author: str | None = None
    status: Literal["published", "draft"] = "published"
    default_author: str = "Stoa"
    language: str = "en"
    is_trial: bool = False

    @property
    def fingerprint(self) -> tuple[str | None, ...]:
        return self.author, self.status


def source_name(name: str) -> str:
    """A name that the database can hold."""
    return line_of(name, 200) or "import"
