"""One act on several articles: each by itself, through the writing service, and told what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from stoa.modules.content.articles.writing import ArticleWriting
from stoa.shared.errors import InvalidInput, MalformedInput, StoaError
from stoa.shared.security import Actor
from stoa.shared.text import clean_line
from stoa.web.studio.list_contexts import BulkResult, Refusal

Act = Literal["publish", "unpublish", "archive", "delete", "restore", "tag"]
MOST: Final = 100
LONGEST_NAME: Final = 80
_ACTS: Final = get_args(Act)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many went well, which slugs did not and why."""

    done: int
    refused: tuple[tuple[str, StoaError], ...]

    @property
    def fault(self) -> StoaError | None:
        """Why nothing at all was done."""
        return None if self.done or not self.refused else self.refused[0][1]

    @property
    def refused_slugs(self) -> list[str]:
        return [slug for slug, _ in self.refused]

    @property
    def result(self) -> BulkResult:
        """As people read it: "4 done, 1 refused"."""
        told = tuple(Refusal(slug, fault.detail) for slug, fault in self.refused)
        return BulkResult(f"{self.done} done, {len(told)} refused:", told)


def act_of(sent: str) -> Act:
    if sent not in _ACTS:
        raise MalformedInput(f"What to do is one of {', '.join(_ACTS)}.")
    return cast(Act, sent)


def tag_of(act: Act, typed: str) -> str:
    """The topic to add. Raises InvalidInput for none, and for one that cannot be a name."""
    if act != "tag":
        return ""
    try:
        name = clean_line(typed)
    except ValueError as error:
        raise InvalidInput(f"The topic {error}.") from None
    if not name or len(name) > LONGEST_NAME or "," in name:
        raise InvalidInput(f"Name one topic to add, of 1 to {LONGEST_NAME} characters and without a comma.")
    return name


async def carry_out(writing: ArticleWriting, actor: Actor, act: Act, slugs: Sequence[str], tag: str) -> Outcome:
    """Do it to each. Raises InvalidInput when none or too many are chosen."""
    chosen = list(dict.fromkeys(slugs))
    if not 0 < len(chosen) <= MOST:
        raise InvalidInput(f"Choose 1 to {MOST} articles first.")
    refused: list[tuple[str, StoaError]] = []
    for slug in chosen:
        try:
            await _one(writing, actor, act, slug, tag)
        except StoaError as fault:
            refused.append((slug, fault))
    return Outcome(len(chosen) - len(refused), tuple(refused))


async def _one(writing: ArticleWriting, actor: Actor, act: Act, slug: str, tag: str) -> None:
    match act:
        case "publish":
            await writing.publish(actor, slug)
        case "unpublish":
            await writing.unpublish(actor, slug)
        case "archive":
            await writing.archive(actor, slug)
        case "delete":
            await writing.delete(actor, slug)
        case "restore":
            await writing.restore(actor, slug)
        case "tag":
            await writing.add_tags(actor, slug, [tag])
