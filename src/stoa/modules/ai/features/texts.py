"""Where the texts of articles come from: whoever joins the parts hands it in."""

from typing import Protocol

from starlette.requests import Request

from stoa.shared.security import Actor


class Texts(Protocol):
    async def article(self, slug: str, viewer: Actor) -> str:
        """Its Markdown under its title, if this viewer may read it. Raises NotFound."""


def texts_of(request: Request) -> Texts:
    texts: Texts = request.app.state.article_texts
    return texts
