"""What can go wrong with articles."""

from datetime import datetime

from stoa.shared.errors import Conflict, FieldFault, NotFound, Stale


class ArticleNotFound(NotFound):
    title = "No such article"

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is no article '{slug}'. GET /api/v1/articles?search= finds articles by their words.")


class SlugTaken(Conflict):
    title = "The address is taken"

    def __init__(self, slug: str) -> None:
        fault = FieldFault("body.slug", "is taken; choose another, or leave it out")
        super().__init__(f"Another article is or was called '{slug}'. Choose another slug.", faults=(fault,))


class StaleArticle(Stale):
    """Carries the text that is there now, so that both are at hand: `extra["current"]`."""

    title = "The article was changed in between"

    def __init__(self, *, version: int, title: str, body: str, updated_at: datetime) -> None:
        super().__init__(
            f"The article has version {version} now, which is not the one you read. `current` holds its text: "
            f'bring the two together and save with `If-Match: "{version}"`.',
            extra={"current": {"version": version, "title": title, "body": body, "updated_at": updated_at}},
        )


class ChangedMeanwhile(Exception):
    """The article is not what it was when the change was prepared: prepare it again."""


class RevisionNotFound(NotFound):
    title = "No such revision"

    def __init__(self, slug: str, number: int) -> None:
        super().__init__(
            f"The article '{slug}' has no revision {number}. GET /api/v1/articles/{slug}/revisions lists them."
        )


class PreviewNotFound(NotFound):
    title = "No such preview"

    def __init__(self) -> None:
        super().__init__("This preview link is not known, was revoked or has expired. Ask its sender for a new one.")


class TooManyPreviewLinks(Conflict):
    title = "Too many preview links"

    def __init__(self, most: int) -> None:
        super().__init__(f"The article has {most} preview links already. Revoke them, or wait until one expires.")


class AlreadyOut(Conflict):
    title = "It is published already"

    def __init__(self) -> None:
        super().__init__("What is published cannot be scheduled. Unpublish it first.")


class NeverByItself(Conflict):
    title = "Published texts are not saved by themselves"

    def __init__(self, status: str) -> None:
        super().__init__(f"The article is {status}: only drafts and scheduled articles are autosaved. Save it by hand.")


class TagNotCarried(NotFound):
    title = "The article does not carry this tag"

    def __init__(self, slug: str) -> None:
        super().__init__(f"The article does not carry the tag '{slug}'. `tags` of the article lists those it carries.")
