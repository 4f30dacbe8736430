"""What can go wrong with tags."""

from stoa.shared.errors import Conflict, NotFound


class TagNotFound(NotFound):
    title = "No such tag"

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is no tag '{slug}'. GET /api/v1/tags lists those there are.")


class TagExists(Conflict):
    title = "The tag is there already"

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is a tag '{slug}' already. Use it, or choose another slug.")


class CannotMerge(Conflict):
    title = "The tags cannot be merged"


class TagIsMerged(Conflict):
    title = "The tag was merged"

    def __init__(self, slug: str, into: str) -> None:
        super().__init__(
            f"'{slug}' was merged into '{into}', and its articles with it: that cannot be undone. "
            f"Make a new tag '{slug}' and give it to the articles that are to have it."
        )
