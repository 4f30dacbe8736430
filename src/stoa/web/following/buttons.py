"""The button that follows an author or a tag, as the pages of others carry it. Knows no request and no database."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlencode

_PLACES = {"author": "/authors", "tag": "/tags"}
_IN_API = {"author": "/api/v1/users", "tag": "/api/v1/tags"}


@dataclass(frozen=True, slots=True)
class FollowView:
    """What is followed by its name in addresses, how it reads, whether this reader follows it, and where they are."""

    kind: Literal["author", "tag"]
    name: str
    label: str
    back: str
    is_followed: bool = False

    @property
    def path(self) -> str:
        """Where the form goes."""
        return f"{_PLACES[self.kind]}/{quote(self.name, safe='')}/follow"

    @property
    def api_path(self) -> str:
        return f"{_IN_API[self.kind]}/{quote(self.name, safe='')}/follow"

    @property
    def sign_in_url(self) -> str:
        """For strangers; it leads back here."""
        return f"/sign-in?{urlencode({'next': self.back})}"
