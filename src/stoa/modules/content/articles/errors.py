"""What can go wrong with articles."""

from stoa.shared.errors import NotFound


class ArticleNotFound(NotFound):
    title = "No such article"

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is no article '{slug}'. GET /api/v1/articles?search= finds articles by their words.")
